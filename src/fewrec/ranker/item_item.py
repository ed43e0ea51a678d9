"""Rankers that learn item-item weights from who liked what together: item-kNN and EASE."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import linalg, sparse

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.evidence import Fact
from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.protocols import Training
from fewrec.ranker.attribution import history_facts
from fewrec.ranker.feature_space import FeatureSpace

EASE_ITEMS = 5000
"""EASE inverts a dense matrix; more than so many items would take minutes and gigabytes."""


CROWDED, SMALL = 0.1, 3000
"""Share of filled weights above which a dense matrix is kept; of so few items, a third of it."""

GATHERED = 100
"""The rows of one person's history are copied side by side where there are at most so many."""


@dataclass(frozen=True)
class ItemKNN:
    """Items liked by the same people: cosine of their columns, shrunk, the nearest kept.

    Source: Sarwar et al. (2001); shrinkage as in Bell and Koren (2007), equation 3.

    Attributes:
        neighbours: How many neighbours of an item count, at least 1.
        shrink: Added to the norms, so that two people are less sure than two hundred.
        exposure: How much a dislike counts as a sign of what a person meets, from 0 to 1.
            People who met the same things, liked or not, go on to like the same things.
    """

    neighbours: int = 200
    shrink: float = 30.0
    exposure: float = 0.0

    def fit(self, training: Training) -> FittedItemItem:
        """Compute the neighbours of each item."""
        likes = training.interactions.likes()
        met = _met(training, self.exposure)
        return FittedItemItem(
            part="exposure-knn" if self.exposure else "item-knn",
            weights=cosine(met, likes, self.shrink, self.neighbours),
            dislike=self.exposure,
            items=training.interactions.items.ids,
        )


@dataclass(frozen=True)
class EASE:
    """Shallow linear autoencoder with zero diagonal, in closed form.

    Source: Steck (2019), "Embarrassingly Shallow Autoencoders for Sparse Data", equation 8. What
    items are takes part as further people, one a direction of text and attributes (Jeunen, Van
    Balen, Goethals 2020, "Closed-Form Models for Collaborative Filtering with
    Side-Information", CEASE). Where few people speak, similar items are expected to be liked
    together; where many do, they decide.
    Catalogues above ``max_items`` items: the most liked ones only; the others get no evidence.

    Attributes:
        regularisation: lambda of the paper, above 0.
        max_items: Largest dense matrix to invert.
        kept: Weights kept of each row, by absolute value, to keep the model small.
        exposure: How much a dislike counts as a sign of what a person meets, from 0 to 1.
            Above 0 the autoencoder becomes a regression of likes on what was met.
        described: How many people's likes, of the usual weight, an item's description is worth,
            at least 0.
    """

    regularisation: float = 1000.0
    max_items: int = EASE_ITEMS
    kept: int = 1000
    exposure: float = 0.0
    described: float = 1.0

    def fit(self, training: Training) -> FittedItemItem:
        """Solve for the item-item weights."""
        likes = training.interactions.likes()
        popular = np.argsort(-np.diff(likes.tocsc().indptr), kind="stable")[: self.max_items]
        popular = np.sort(popular)
        met = _met(training, self.exposure)[:, popular]
        # people without rows change nothing
        people = np.flatnonzero(np.diff(met.indptr))
        whole = likes.shape[1] <= self.max_items
        kept = np.arange(len(popular)) if whole else np.unique(met.indices)
        met, popular = met[people][:, kept], popular[kept]
        told = self._told(training.features, popular) * _usual(likes)
        dense = ease_weights(met, likes[people][:, popular], self.regularisation, told)
        return FittedItemItem(
            part="exposure-ease" if self.exposure else "ease",
            weights=_spread(dense, popular, likes.shape[1], self.kept),
            dislike=self.exposure,
            items=training.interactions.items.ids,
        )

    def _told(self, features: ItemFeatures, items: Ints) -> Floats:
        """What descriptions of N items say, as rows of likes. Shape [D, N]; D = 0 for nothing."""
        if not self.described:
            return np.zeros((0, len(items)), dtype=np.float32)
        rows = FeatureSpace.of(features).by_direction(features.where(items))
        return np.float32(np.sqrt(self.described)) * rows


def ease_weights(
    met: sparse.csr_matrix,
    liked: sparse.csr_matrix,
    regularisation: float,
    told: Floats | None = None,
) -> Floats:
    """Item-item weights B that minimise |Y - XB|^2 + lambda |B|^2 with zero diagonal.

    With Y = X this is EASE. Where there are fewer people than items, everything is solved in
    the space of people: (X'X + lambda I)^-1 X' = X' (XX' + lambda I)^-1.

    Args:
        met: X. Shape [U, I].
        liked: Y. Shape [U, I].
        regularisation: lambda, above 0.
        told: Further rows of both X and Y, filled everywhere. Shape [D, I].

    Returns:
        B. Shape [I, I].
    """
    if told is None:
        told = np.zeros((0, met.shape[1]), dtype=np.float32)
    # P = (X'X + lambda I)^-1 ; B = P X'Y - P diagMat(diag(P X'Y) / diag(P))   (Steck 2019, eq. 7)
    solve = _by_people if met.shape[0] + len(told) < met.shape[1] else _by_items
    free, precision = solve(met, liked, told, regularisation)
    ratio = np.divide(np.diag(free), np.diag(precision), dtype=np.float32)
    weights: Floats = free - precision * ratio[None, :]
    np.fill_diagonal(weights, 0.0)
    return weights


def _by_people(
    met: sparse.csr_matrix, liked: sparse.csr_matrix, told: Floats, regularisation: float
) -> tuple[Floats, Floats]:
    """P X'Y and P through the inverse of XX' + lambda I. Two of shape [I, I]."""
    users, items = met.shape
    across = np.asarray(met @ told.T)
    own = sparse.csr_matrix(met @ met.T).toarray()
    kernel = np.block([[own, across], [across.T, told @ told.T]]).astype(np.float64)
    kernel[np.diag_indices(len(kernel))] += regularisation
    inverse: Doubles = linalg.inv(kernel, overwrite_a=True)
    del kernel
    # X'K in two parts, of people and of what is told: shapes [I, U] and [I, D]
    left, right = (
        (np.asarray(met.T @ part[:users]) + told.T @ part[users:]).astype(np.float32)
        for part in (inverse[:, :users], inverse[:, users:])
    )
    shared = right @ told
    precision = -np.asarray(left @ met, dtype=np.float32) - shared
    precision[np.diag_indices(items)] += 1.0
    precision /= np.float32(regularisation)
    shared += np.asarray(left @ liked, dtype=np.float32)
    return shared, precision


def _by_items(
    met: sparse.csr_matrix, liked: sparse.csr_matrix, told: Floats, regularisation: float
) -> tuple[Floats, Floats]:
    """P X'Y and P through the inverse of X'X + lambda I. Two of shape [I, I]."""
    gram = sparse.csr_matrix(met.T @ met).toarray().astype(np.float64)
    if len(told):
        gram += told.T @ told
    gram[np.diag_indices(len(gram))] += regularisation
    inverse: Doubles = linalg.inv(gram, overwrite_a=True)
    del gram
    precision = inverse.astype(np.float32)
    del inverse
    free = np.asarray(precision @ (met.T @ liked), dtype=np.float32)
    if len(told):
        free += (precision @ told.T) @ told
    return free, precision


def _usual(likes: sparse.csr_matrix) -> np.float32:
    """Weight of a usual like: the root of the mean square; 1 where there are none."""
    return np.float32(np.sqrt(np.mean(likes.data**2)) if likes.nnz else 1.0)


def _met(training: Training, exposure: float) -> sparse.csr_matrix:
    """Likes, plus dislikes with weight ``exposure``. Shape [U, I]."""
    likes = training.interactions.likes()
    if not exposure:
        return likes
    return sparse.csr_matrix(likes + training.interactions.dislikes() * exposure)


@dataclass(frozen=True)
class FittedItemItem:
    """Scores are sums of item-item weights over what a person liked (or met).

    Attributes:
        part: Name of the ranker it came from.
        weights: What liking item j adds to the score of item i. Shape [I, I].
        dislike: Weight of a disliked item in the sum, as a sign of what the person meets.
        items: Ids of the items.
    """

    part: str
    weights: sparse.csr_matrix
    dislike: float
    items: tuple[str, ...]

    def scores(self, people: Histories) -> Floats:
        """Sum over history rows. Shape [B, I]."""
        size, dislike = len(self.items), np.float32(self.dislike)
        share = people.weight * np.where(people.label > 0, np.float32(1.0), dislike)
        if self._filled is not None:
            return summed_rows(people, share, self._filled)
        if len(people) == 1:
            return row_sum(self.weights, people.item, share)[None, :]
        met = people.weighed(share, size)
        return np.asarray((met @ self.weights).toarray(), dtype=np.float32)

    def sums(self, person: Histories) -> Floats:
        """Scores of one person (B = 1), as they add up row by row. Shape [1, I]."""
        return self.scores(person)

    def of_sums(self, sums: Floats, person: Histories) -> Floats:
        """The sums. Shape [I]."""
        scores: Floats = sums[0]
        return scores

    @cached_property
    def _filled(self) -> Floats | None:
        """The weights with their zeros where few are zero: faster. Shape [I, I]."""
        return filled(self.weights)

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Which liked item adds how much."""
        share = (person.weight * (person.label > 0))[:, None]
        shares = self.weights[person.item][:, items].toarray() * share
        return history_facts(self.part, person, shares, items, self.items)

    def extended(self, training: Training) -> FittedItemItem:
        """Newcomers have no weights yet; what is known stays."""
        size = len(training.interactions.items)
        if size == len(self.items):
            return self
        grown = sparse.csr_matrix(self.weights, copy=True)
        grown.resize((size, size))
        return FittedItemItem(self.part, grown, self.dislike, training.interactions.items.ids)


def cosine(
    met: sparse.csr_matrix, likes: sparse.csr_matrix, shrink: float, neighbours: int
) -> sparse.csr_matrix:
    """Shrunk cosine of what was met with what was liked. Shape [I, I].

    Each row is cut to its largest ``neighbours``.

    Args:
        met: Weights of what people met. Shape [U, I].
        likes: Weights of what they liked. Shape [U, I].
        shrink: Added to the norms.
        neighbours: How many entries of a row stay.
    """
    together = (met.T @ likes).tocsr()
    left = np.sqrt(np.asarray(met.multiply(met).sum(axis=0)).ravel())
    right = np.sqrt(np.asarray(likes.multiply(likes).sum(axis=0)).ravel())
    rows = np.repeat(np.arange(together.shape[0]), np.diff(together.indptr))
    together.data = together.data / (left[rows] * right[together.indices] + shrink)
    together.data[rows == together.indices] = 0.0
    together.eliminate_zeros()
    return largest_of_rows(together, neighbours)


def filled(weights: sparse.csr_matrix) -> Floats | None:
    """A square matrix with its zeros, where that is the faster one and finds room."""
    size = weights.shape[0]
    least = CROWDED * size * size / (3 if size <= SMALL else 1)
    if weights.nnz <= least or size > EASE_ITEMS:
        return None
    return np.asarray(weights.toarray(), dtype=np.float32)


def summed_rows(people: Histories, share: Floats, matrix: Floats) -> Floats:
    """Weighted sums of the rows of a dense matrix over each person's history. Shape [B, I].

    Args:
        people: B people.
        share: Weight of each history row. Shape [H].
        matrix: One row an item. Shape [I, I].
    """
    if len(people) == 1 and len(share) <= GATHERED:
        return (share @ matrix[people.item])[None, :]
    return np.asarray(people.weighed(share, len(matrix)) @ matrix, dtype=np.float32)


def row_sum(matrix: sparse.csr_matrix, rows: Ints, share: Floats) -> Floats:
    """Weighted sum of some rows of a matrix [N, I], without a sparse product. Shape [I].

    Args:
        matrix: The rows.
        rows: Which ones; one may stand there twice. Shape [H].
        share: Their weights. Shape [H].
    """
    begins, ends = matrix.indptr[rows], matrix.indptr[rows + 1]
    spans = [slice(a, b) for a, b in zip(begins.tolist(), ends.tolist(), strict=True)]
    if not spans:
        return np.zeros(matrix.shape[1], dtype=np.float32)
    places = np.concatenate([matrix.indices[span] for span in spans])
    amounts = np.concatenate([matrix.data[span] for span in spans])
    amounts = amounts * np.repeat(share, ends - begins)
    total: Floats = np.bincount(places, amounts, matrix.shape[1]).astype(np.float32)
    return total


def largest_of_rows(matrix: sparse.csr_matrix, kept: int) -> sparse.csr_matrix:
    """Keep the ``kept`` largest absolute values of each row. Shape as given, float32.

    Of equal values those that are stored first.
    """
    matrix = matrix.tocsr()
    counts = np.diff(matrix.indptr)
    long = np.flatnonzero(counts > kept)
    if len(long) == 0:
        return sparse.csr_matrix(matrix, dtype=np.float32)
    stays = np.ones(len(matrix.data), dtype=bool)
    for row in long:
        span = slice(matrix.indptr[row], matrix.indptr[row + 1])
        size = np.abs(matrix.data[span])
        least = np.partition(size, len(size) - kept)[len(size) - kept]
        above = size > least
        above[np.flatnonzero(size == least)[: kept - int(above.sum())]] = True
        stays[span] = above
    cut = np.concatenate([[0], np.cumsum(np.minimum(counts, kept))])
    parts = (matrix.data[stays].astype(np.float32), matrix.indices[stays], cut)
    return sparse.csr_matrix(parts, matrix.shape)


def _spread(dense: Floats, items: Ints, size: int, kept: int) -> sparse.csr_matrix:
    """A dense block over some items as sparse weights over all of them. Shape [size, size]."""
    number = len(items)
    if number > kept:
        weak = np.argpartition(-np.abs(dense), kept - 1, axis=1)[:, kept:]
        np.put_along_axis(dense, weak, 0.0, axis=1)
    rows, columns = np.nonzero(dense)
    return sparse.csr_matrix(
        (dense[rows, columns], (items[rows], items[columns])), (size, size), dtype=np.float32
    )
