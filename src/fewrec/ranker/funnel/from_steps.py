"""What others came to who took the same steps: item-item weights from steps to targets."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.evidence import Fact
from fewrec.data.histories import Histories
from fewrec.protocols import Training
from fewrec.ranker.baselines import FittedPopularity, Popularity
from fewrec.ranker.ials import IALS, FittedIALS
from fewrec.ranker.item_item import FittedItemItem, cosine


def joined(rows: Interactions) -> Interactions:
    """Targets and steps as one kind of rows; what was not liked stays so."""
    if rows.steps is None:
        return rows
    steps, alone = replace(rows.steps, around=None), replace(rows, steps=None, around=None)
    return replace(alone.plus(steps), has_negatives=False)


def all_rows(people: Histories) -> Histories:
    """What people did in all: steps, then targets, as one history of each."""
    steps = people.steps
    if steps is None:
        return people
    owner = np.concatenate([steps.person, people.person])
    order = np.argsort(owner, kind="stable")
    return replace(
        people,
        start=steps.start + people.start,
        item=np.concatenate([steps.item, people.item])[order],
        label=np.concatenate([steps.label, people.label])[order],
        weight=np.concatenate([steps.weight, people.weight])[order],
        steps=None,
    )


@dataclass(frozen=True)
class StepsKNN:
    """Targets of people who took the same steps: the shrunk cosine of step and target columns.

    The weights of a purchase by those who viewed or carted another item, and the same item seen
    from purchases, are one matrix: X counts steps and targets, Y targets alone.

    Source: as ``item-knn`` (Sarwar et al. 2001), with other rows on the left.

    Attributes:
        neighbours: How many neighbours of an item count, at least 1.
        shrink: Added to the norms.
    """

    neighbours: int = 200
    shrink: float = 10.0

    def fit(self, training: Training) -> FittedStepsKNN:
        """Compute the neighbours of each item."""
        rows = training.interactions
        likes = rows.likes().copy()
        likes.data = np.ones_like(likes.data)
        met = _tamed(joined(rows).likes())
        weights = cosine(met, likes, self.shrink, self.neighbours)
        return FittedStepsKNN(FittedItemItem("steps-knn", weights, 0.0, rows.items.ids))


def _tamed(likes: sparse.csr_matrix) -> sparse.csr_matrix:
    """Square roots of weights, so that ten views are not a purchase."""
    tamed = likes.copy()
    tamed.data = np.sqrt(tamed.data)
    return tamed


@dataclass(frozen=True)
class FittedStepsKNN:
    """Weights from what was met to what was come to."""

    knn: FittedItemItem

    def scores(self, people: Histories) -> Floats:
        """Sum over all rows of each person. Shape [B, I]."""
        return self.knn.scores(_unit(all_rows(people)))

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Steps are no likes, so nothing is told."""
        return [[] for _ in items]

    def extended(self, training: Training) -> FittedStepsKNN:
        """Newcomers have no weights yet; what is known stays."""
        return FittedStepsKNN(self.knn.extended(training))


def _unit(people: Histories) -> Histories:
    return replace(people, weight=np.sqrt(people.weight))


@dataclass(frozen=True)
class StepsIALS:
    """``ials`` over targets and steps alike, each with its weight as confidence."""

    def fit(self, training: Training) -> FittedStepsIALS:
        """Factorise everything that happened."""
        rows = joined(training.interactions)
        return FittedStepsIALS(
            IALS(regularisation=20.0, least=1.0).fit(replace(training, interactions=rows))
        )


@dataclass(frozen=True)
class FittedStepsIALS:
    """Factors of everything that happened."""

    crowd: FittedIALS

    def scores(self, people: Histories) -> Floats:
        """Fold-in of all rows of each person. Shape [B, I]."""
        return self.crowd.scores(all_rows(people))

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Steps are no likes, so nothing is told."""
        return [[] for _ in items]

    def extended(self, training: Training) -> FittedStepsIALS:
        """As ``ials`` extends."""
        rows = joined(training.interactions)
        return FittedStepsIALS(self.crowd.extended(replace(training, interactions=rows)))


@dataclass(frozen=True)
class StepsPopularity:
    """Items by how many steps were taken on them: much is known of views before any purchase."""

    def fit(self, training: Training) -> FittedStepsPopularity:
        """Count."""
        rows = joined(training.interactions)
        return FittedStepsPopularity(Popularity().fit(replace(training, interactions=rows)))


@dataclass(frozen=True)
class FittedStepsPopularity:
    """Counts of everything that happened."""

    level: FittedPopularity

    def scores(self, people: Histories) -> Floats:
        """The same for everybody. Shape [B, I]."""
        return self.level.scores(people)

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Steps are no likes, so nothing is told."""
        return [[] for _ in items]

    def extended(self, training: Training) -> FittedStepsPopularity:
        """Count again."""
        return StepsPopularity().fit(training)
