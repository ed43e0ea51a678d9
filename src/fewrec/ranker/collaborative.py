"""Rankers that learn from who liked what together: item-kNN, EASE, implicit ALS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.evidence import Fact
from fewrec.data.histories import Histories
from fewrec.protocols import Training
from fewrec.ranker.attribution import history_facts

EASE_ITEMS = 8000
"""EASE inverts a dense matrix; more than so many items would take minutes and gigabytes."""


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
            weights=_cosine(met, likes, self.shrink, self.neighbours),
            dislike=self.exposure,
            items=training.interactions.items.ids,
        )


@dataclass(frozen=True)
class EASE:
    """Shallow linear autoencoder with zero diagonal, in closed form.

    Source: Steck (2019), "Embarrassingly Shallow Autoencoders for Sparse Data", equation 8.
    Catalogues above ``max_items`` items: the most liked ones only; the others get no evidence.

    Attributes:
        regularisation: lambda of the paper, above 0.
        max_items: Largest dense matrix to invert.
        kept: Weights kept of each row, by absolute value, to keep the model small.
        exposure: How much a dislike counts as a sign of what a person meets, from 0 to 1.
            Above 0 the autoencoder becomes a regression of likes on what was met.
    """

    regularisation: float = 1000.0
    max_items: int = EASE_ITEMS
    kept: int = 1000
    exposure: float = 0.0

    def fit(self, training: Training) -> FittedItemItem:
        """Solve for the item-item weights."""
        likes = training.interactions.likes()
        popular = np.argsort(-np.diff(likes.tocsc().indptr), kind="stable")[: self.max_items]
        popular = np.sort(popular)
        block, met = likes[:, popular], _met(training, self.exposure)[:, popular]
        dense = ease_weights(_dense(met.T @ met), _dense(met.T @ block), self.regularisation)
        return FittedItemItem(
            part="exposure-ease" if self.exposure else "ease",
            weights=_spread(dense, popular, likes.shape[1], self.kept),
            dislike=self.exposure,
            items=training.interactions.items.ids,
        )


def ease_weights(gram: Doubles, cross: Doubles, regularisation: float) -> Doubles:
    """Item-item weights B that minimise |Y - XB|^2 + lambda |B|^2 with zero diagonal.

    With Y = X this is EASE.

    Args:
        gram: X'X, shape [I, I].
        cross: X'Y, shape [I, I].
        regularisation: lambda, above 0.

    Returns:
        B. Shape [I, I].
    """
    # P = (X'X + lambda I)^-1 ; B = P X'Y - P diagMat(diag(P X'Y) / diag(P))   (Steck 2019, eq. 7)
    inverse = linalg.inv(gram + regularisation * np.eye(len(gram)), check_finite=False)
    free = inverse @ cross
    weights: Doubles = free - inverse * (np.diag(free) / np.diag(inverse))[None, :]
    np.fill_diagonal(weights, 0.0)
    return weights


def _met(training: Training, exposure: float) -> sparse.csr_matrix:
    """Likes, plus dislikes with weight ``exposure``. Shape [U, I]."""
    likes = training.interactions.likes()
    if not exposure:
        return likes
    return sparse.csr_matrix(likes + training.interactions.dislikes() * exposure)


def _dense(matrix: sparse.spmatrix) -> Doubles:
    return np.asarray(matrix.todense(), dtype=np.float64)


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
        size = len(self.items)
        met = people.likes(size) + people.dislikes(size) * self.dislike
        dense: Floats = np.asarray((met @ self.weights).todense(), dtype=np.float32)
        return dense

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Which liked item adds how much."""
        share = (person.weight * (person.label > 0))[:, None]
        shares = self.weights[person.item][:, items].toarray() * share
        return history_facts(self.part, person, shares, self.items)

    def extended(self, training: Training) -> FittedItemItem:
        """Newcomers have no weights yet; what is known stays."""
        size = len(training.interactions.items)
        grown = sparse.csr_matrix(self.weights, copy=True)
        grown.resize((size, size))
        return FittedItemItem(self.part, grown, self.dislike, training.interactions.items.ids)


@dataclass(frozen=True)
class IALS:
    """Implicit alternating least squares, fitted by the ``implicit`` library.

    Source: Hu, Koren, Volinsky (2008), "Collaborative Filtering for Implicit Feedback Datasets".

    Attributes:
        factors: F, length of a factor vector, at least 1.
        regularisation: lambda, above 0.
        alpha: Confidence of a like is 1 + alpha * weight, of everything else 1; above 0.
        iterations: Alternations, at least 1.
    """

    factors: int = 64
    regularisation: float = 20.0
    alpha: float = 4.0
    iterations: int = 12

    def fit(self, training: Training) -> FittedIALS:
        """Factorise the likes with one thread (identical results for a seed)."""
        from implicit.cpu.als import AlternatingLeastSquares

        likes = training.interactions.likes()
        model = AlternatingLeastSquares(
            factors=min(self.factors, max(2, likes.shape[0])),
            regularization=self.regularisation,
            alpha=1.0,
            iterations=self.iterations,
            num_threads=1,
            random_state=training.seed,
        )
        confidence = likes.copy()
        confidence.data = 1.0 + self.alpha * confidence.data
        model.fit(confidence, show_progress=False)
        factors = np.asarray(model.item_factors, dtype=np.float32)
        wide = factors.astype(np.float64)
        system = wide.T @ wide + self.regularisation * np.eye(wide.shape[1])
        return FittedIALS(
            factors=factors,
            inverse=np.asarray(linalg.inv(system), dtype=np.float64),
            alpha=self.alpha,
            items=training.interactions.items.ids,
        )


@dataclass(frozen=True)
class FittedIALS:
    """Item factors; people are folded in by one least-squares step.

    Attributes:
        factors: Y. Shape [I, F].
        inverse: (Y'Y + lambda I)^-1. Shape [F, F].
        alpha: Confidence of a like is 1 + alpha * weight.
        items: Ids of the items.
    """

    factors: Floats
    inverse: Doubles
    alpha: float
    items: tuple[str, ...]

    def scores(self, people: Histories) -> Floats:
        """x_u y_i with x_u folded in. Shape [B, I]."""
        scores: Floats = self.tastes(people) @ self.factors.T
        return scores

    def tastes(self, people: Histories) -> Floats:
        """Factors x_u of each person, by one least-squares step. Shape [B, F]."""
        tastes = np.zeros((len(people), self.factors.shape[1]), dtype=np.float32)
        for b in range(len(people)):
            rows = slice(people.start[b], people.start[b + 1])
            liked = people.label[rows] > 0
            if liked.any():
                shares = self._solve(people.item[rows][liked], people.weight[rows][liked])
                tastes[b] = shares.sum(axis=0)
        return tastes

    def taste_shares(self, person: Histories) -> Floats:
        """What each history row adds to the person's factors; 0 for dislikes. Shape [H, F]."""
        shares = np.zeros((len(person.item), self.factors.shape[1]), dtype=np.float32)
        liked = person.label > 0
        shares[liked] = self._solve(person.item[liked], person.weight[liked])
        return shares

    def _solve(self, items: Ints, weight: Floats) -> Floats:
        """Summands of x_u = (Y'C_uY + lambda I)^-1 Y'C_u p_u, one a liked item. Shape [N, F].

        Hu et al. (2008), equation 4. With (Y'Y + lambda I)^-1 = A and N liked items, the
        Woodbury identity needs a system of size N instead of F where N is smaller.
        """
        mine = self.factors[items].astype(np.float64)
        system = self.inverse @ mine.T  # A M', shape [F, N]
        extra = self.alpha * weight.astype(np.float64)
        small = np.diag(1.0 / extra) + mine @ system
        solved = system - system @ np.linalg.solve(small, mine @ system)
        shares: Floats = (solved * (1.0 + extra)).T.astype(np.float32)
        return shares

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Which liked item adds how much: the fold-in is a sum over liked items."""
        shares = self.taste_shares(person) @ self.factors[items].T
        return history_facts("ials", person, shares, self.items)

    def extended(self, training: Training) -> FittedIALS:
        """Newcomers get zero factors: no evidence yet."""
        size = len(training.interactions.items)
        grown = np.zeros((size, self.factors.shape[1]), dtype=np.float32)
        grown[: len(self.factors)] = self.factors
        return FittedIALS(grown, self.inverse, self.alpha, training.interactions.items.ids)


def _cosine(
    met: sparse.csr_matrix, likes: sparse.csr_matrix, shrink: float, neighbours: int
) -> sparse.csr_matrix:
    """Shrunk cosine of what was met with what was liked. Shape [I, I].

    Each row is cut to its largest ``neighbours``.
    """
    together = (met.T @ likes).tocsr()
    left = np.sqrt(np.asarray(met.multiply(met).sum(axis=0)).ravel())
    right = np.sqrt(np.asarray(likes.multiply(likes).sum(axis=0)).ravel())
    rows = np.repeat(np.arange(together.shape[0]), np.diff(together.indptr))
    together.data = together.data / (left[rows] * right[together.indices] + shrink)
    together.setdiag(0.0)
    together.eliminate_zeros()
    return largest_of_rows(together, neighbours)


def largest_of_rows(matrix: sparse.csr_matrix, kept: int) -> sparse.csr_matrix:
    """Keep the ``kept`` largest absolute values of each row. Shape as given, float32."""
    matrix = matrix.tocsr()
    counts = np.diff(matrix.indptr)
    if len(counts) == 0 or counts.max(initial=0) <= kept:
        return sparse.csr_matrix(matrix, dtype=np.float32)
    rows = np.repeat(np.arange(matrix.shape[0]), counts)
    order = np.lexsort((-np.abs(matrix.data), rows))
    place = np.arange(len(order)) - matrix.indptr[rows]
    chosen = order[place < kept]
    cut = sparse.csr_matrix(
        (matrix.data[chosen], (rows[chosen], matrix.indices[chosen])), matrix.shape
    )
    return sparse.csr_matrix(cut, dtype=np.float32)


def _spread(dense: np.ndarray, items: Ints, size: int, kept: int) -> sparse.csr_matrix:
    """A dense block over some items as sparse weights over all of them. Shape [size, size]."""
    block = largest_of_rows(sparse.csr_matrix(dense.astype(np.float32)), kept).tocoo()
    return sparse.csr_matrix(
        (block.data, (items[block.row], items[block.col])), (size, size), dtype=np.float32
    )
