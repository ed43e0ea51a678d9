"""What people like next within the same visit: a chain over the rows of the visit that goes on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fewrec.data.arrays import Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.evidence import Fact
from fewrec.data.histories import Histories
from fewrec.data.ids import IdMap
from fewrec.data.visits import visits
from fewrec.protocols import Training
from fewrec.ranker.following import FittedFollowing, Following

NAME = "visit-chain"

RECOUNTED = 5_000
"""Up to so many rows followers are counted anew when events are taken in; above, at fits."""


def by_visit(rows: Interactions) -> Interactions:
    """The same rows as if every visit were a person of its own."""
    number = visits(rows)
    users = IdMap(tuple(str(v) for v in range(int(number.max(initial=-1)) + 1)))
    return replace(rows, users=users, user=number, steps=None)


@dataclass(frozen=True)
class VisitChain:
    """``next-item`` counted within visits and asked about the visit alone.

    Whoever came back after a week does not go on where they stopped, so what follows across
    visits is not counted.

    Attributes:
        lags: Rows looked back, at least 1.
        decay: Weight of a row against the one after it, above 0 and at most 1.
        prior: Rows of prior belief in the item's popularity, above 0.
    """

    lags: int = 5
    decay: float = 0.6
    prior: float = 3.0

    def fit(self, training: Training) -> FittedVisitChain:
        """Count what followed within visits."""
        rows = by_visit(training.interactions)
        chain = Following(self.lags, self.decay, self.prior)
        return FittedVisitChain(chain.fit(replace(training, interactions=rows)))


@dataclass(frozen=True)
class FittedVisitChain:
    """Counted followers within visits."""

    chain: FittedFollowing

    def scores(self, people: Histories) -> Floats:
        """Logarithm of the mixed chain; 0 for somebody in no visit. Shape [B, I]."""
        if people.session is None:
            return np.zeros((len(people), len(self.chain.items)), dtype=np.float32)
        return self.chain.scores(people.session)

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Which liked items of the visit the candidate followed how often."""
        if person.session is None:
            return [[] for _ in items]
        told = self.chain.facts(person.session, items)
        return [[replace(fact, part=NAME) for fact in facts] for facts in told]

    def extended(self, training: Training) -> FittedVisitChain:
        """Count again, unless there are so many rows that a few more change little."""
        every = training.interactions
        if len(every) > RECOUNTED:
            return FittedVisitChain(self.chain.widened(every.items.ids))
        rows = by_visit(every)
        return FittedVisitChain(self.chain.extended(replace(training, interactions=rows)))
