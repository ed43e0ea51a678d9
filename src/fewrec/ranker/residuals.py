"""Would they like it, having met it: item-kNN on what item and person means leave of each label."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Floats, Ints
from fewrec.data.evidence import Fact
from fewrec.data.histories import Histories
from fewrec.protocols import Training
from fewrec.ranker.attribution import history_facts
from fewrec.ranker.baselines import FittedItemUserMean, ItemUserMean
from fewrec.ranker.item_item import filled, largest_of_rows, row_sum, summed_rows


@dataclass(frozen=True)
class ResidualKNN:
    """Items whose labels rise and fall together, beyond what their means and people's explain.

    Likes above expectation speak for similar items, dislikes below it against them; what a
    person has not met says nothing. Similarity is the correlation of residuals, shrunk by the
    number of people who met both; only positive ones count.

    Source: Koren (2008), "Factorization Meets the Neighborhood", equations 1 to 3.

    Attributes:
        shrink: People of prior belief in no correlation, at least 0.
        neighbours: How many neighbours of an item count, at least 1.
        prior: Added to the summed similarities, so that one weak neighbour says little.
    """

    shrink: float = 100.0
    neighbours: int = 300
    prior: float = 0.5

    def fit(self, training: Training) -> FittedResidualKNN:
        """Compute the neighbours of each item."""
        means = ItemUserMean().fit(training)
        residuals = _residuals(training.interactions.histories(), means)
        return FittedResidualKNN(
            weights=_correlations(residuals, self.shrink, self.neighbours),
            means=means,
            prior=self.prior,
            items=training.interactions.items.ids,
        )


def _correlations(residuals: sparse.csr_matrix, shrink: float, kept: int) -> sparse.csr_matrix:
    """Correlation times n / (n + shrink) where positive, the largest of each row. Shape [I, I]."""
    together = sparse.csr_matrix(residuals.T @ residuals)
    met = residuals.copy()
    met.data = np.ones_like(met.data)
    both = sparse.csr_matrix(met.T @ met)
    norm = np.sqrt(together.diagonal())
    rows = np.repeat(np.arange(together.shape[0]), np.diff(together.indptr))
    scale = np.maximum(norm[rows] * norm[together.indices], 1e-9)
    together.data = np.maximum(together.data / scale, 0.0)
    both.data = both.data / (both.data + shrink)
    weights = sparse.csr_matrix(together.multiply(both))
    weights.setdiag(0.0)
    weights.eliminate_zeros()
    return largest_of_rows(weights, kept)


def _residuals(people: Histories, means: FittedItemUserMean) -> sparse.csr_matrix:
    """What is left of each label, summed over a person's rows on an item. Shape [B, I]."""
    left = _left(people, means)
    return sparse.csr_matrix(
        (left, (people.person, people.item)), (len(people), len(means.mean)), dtype=np.float32
    )


def _left(people: Histories, means: FittedItemUserMean) -> Floats:
    """Weighted label minus item mean minus the person's leniency. Shape [H]."""
    expected = means.mean[people.item] + means.leniency(people)[people.person]
    left: Floats = ((people.label - expected) * people.weight).astype(np.float32)
    return left


@dataclass(frozen=True)
class FittedResidualKNN:
    """Neighbours of items by residuals.

    Attributes:
        weights: Similarity of item j to item i, at least 0. Shape [I, I].
        means: What the residuals are left from.
        prior: Added to the summed similarities.
        items: Ids of the items.
    """

    weights: sparse.csr_matrix
    means: FittedItemUserMean
    prior: float
    items: tuple[str, ...]

    def scores(self, people: Histories) -> Floats:
        """Expected residual of each item, a mean over neighbours met. Shape [B, I]."""
        scores = self._summed(people, _left(people, self.means))
        scores /= self._support(people)
        return scores

    def sums(self, person: Histories) -> Floats:
        """Sums of one person (B = 1) that residuals are made of. Shape [2, I].

        Similarities times what item means leave of each label, and similarities.
        """
        above = (person.label - self.means.mean[person.item]) * person.weight
        shares = (above.astype(np.float32), person.weight)
        return np.concatenate([self._summed(person, share) for share in shares])

    def of_sums(self, sums: Floats, person: Histories) -> Floats:
        """The same as ``scores``. Shape [I]."""
        above = sums[0] - np.float32(self.means.leniency(person)[0]) * sums[1]
        scores: Floats = above / (sums[1] + np.float32(self.prior))
        return scores

    def _support(self, people: Histories) -> Floats:
        """Summed similarity to each row of a person, by weight, plus the prior. Shape [B, I]."""
        support = self._summed(people, people.weight)
        support += np.float32(self.prior)
        return support

    def _summed(self, people: Histories, share: Floats) -> Floats:
        """Weighted sums of similarities over each person's history. Shape [B, I]."""
        if self._filled is not None:
            return summed_rows(people, share, self._filled)
        if len(people) == 1:
            return row_sum(self.weights, people.item, share)[None, :]
        met = people.weighed(share, len(self.items))
        return np.asarray((met @ self.weights).toarray(), dtype=np.float32)

    @cached_property
    def _filled(self) -> Floats | None:
        """The weights with their zeros where few are zero: faster. Shape [I, I]."""
        return filled(self.weights)

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Which liked item adds how much."""
        shares = self.weights[person.item][:, items].toarray() * _left(person, self.means)[:, None]
        shares = (shares / self._support(person)[:, items]).astype(np.float32)
        return history_facts("residual-knn", person, shares, items, self.items)

    def extended(self, training: Training) -> FittedResidualKNN:
        """Newcomers have no neighbours yet; means over all rows."""
        size, means = len(training.interactions.items), self.means.extended(training)
        if size == len(self.items):
            same = replace(self, means=means)
            vars(same).update({n: v for n, v in vars(self).items() if n == "_filled"})
            return same
        grown = sparse.csr_matrix(self.weights, copy=True)
        grown.resize((size, size))
        return FittedResidualKNN(grown, means, self.prior, training.interactions.items.ids)
