"""What goes with the rows of a visit: item-item weights asked about the visit alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from fewrec.data.arrays import Floats, Ints
from fewrec.data.evidence import Fact
from fewrec.data.histories import Histories
from fewrec.protocols import Training
from fewrec.ranker.item_item import FittedItemItem, ItemKNN
from fewrec.ranker.sequence.chain import by_visit

Over = Literal["visits", "people"]

PARTS: dict[Over, str] = {"visits": "visit-knn", "people": "visit-taste"}
"""Name of the ranker by what the weights were counted over."""


@dataclass(frozen=True)
class Company:
    """Items liked in the same visits (or by the same people) as the rows of this visit.

    ``s(i) = sum_l decay^(l - 1) c(j_l, i)``, c the shrunk cosine of ``item-knn``, j_l the l-th
    last item of the visit. Counted over visits, it knows what is looked at together; over
    people, what the visit says of a taste.

    Source: item-based and session-based nearest neighbours as in Ludewig and Jannach (2018),
    "Evaluation of Session-based Recommendation Algorithms", sections 2.2 and 2.3.

    Attributes:
        over: Whose columns are compared, ``visits`` or ``people``.
        decay: Weight of a row against the one after it, above 0 and at most 1.
        shrink: Added to the norms.
        neighbours: How many neighbours of an item count.
    """

    over: Over = "visits"
    decay: float = 0.8
    shrink: float = 10.0
    neighbours: int = 200

    def fit(self, training: Training) -> FittedCompany:
        """Compute the neighbours of each item."""
        rows = training.interactions
        told = by_visit(rows) if self.over == "visits" else rows
        knn = ItemKNN(neighbours=self.neighbours, shrink=self.shrink)
        return FittedCompany(knn.fit(replace(training, interactions=told)), self.decay, self.over)


@dataclass(frozen=True)
class FittedCompany:
    """Neighbours, and how fast rows of a visit fade.

    Attributes:
        knn: Item-item weights.
        decay: Weight of a row against the one after it.
        over: What they were counted over.
    """

    knn: FittedItemItem
    decay: float
    over: Over

    def scores(self, people: Histories) -> Floats:
        """Sum over the liked rows of the visit; 0 for somebody in no visit. Shape [B, I]."""
        if people.session is None:
            return np.zeros((len(people), len(self.knn.items)), dtype=np.float32)
        return self.knn.scores(faded(people.session, self.decay))

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Which liked item of the visit adds how much."""
        if person.session is None:
            return [[] for _ in items]
        told = self.knn.facts(faded(person.session, self.decay), items)
        return [[replace(fact, part=PARTS[self.over]) for fact in facts] for facts in told]

    def extended(self, training: Training) -> FittedCompany:
        """Newcomers have no weights yet; what is known stays."""
        return replace(self, knn=self.knn.extended(training))


def faded(people: Histories, decay: float) -> Histories:
    """The same rows, each weighing ``decay`` times what the one after it weighs."""
    back = people.start[people.person + 1] - 1 - np.arange(len(people.item))
    weight = people.weight * decay ** back.astype(np.float64)
    return replace(people, weight=weight.astype(np.float32))
