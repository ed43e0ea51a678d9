"""Factors of ratings: how much is liked, beyond whether, by alternating least squares.

    r_ui = mu + b_i + b_u + p_u' q_i

on the values as given (stars, not likes), with a fixed penalty.

Source: Koren, Bell, Volinsky (2009), "Matrix Factorization Techniques for Recommender Systems",
equation 5, solved alternately for people and items.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.histories import Histories
from fewrec.protocols import Training
from fewrec.seeding import generator

ROUNDS = 8
"""Times that people and items are solved for."""

BIAS_PENALTY = 4.0
"""Rows of belief that a person or an item is like the average."""

MOST_LEVELS = 20
"""Values with more levels are no ratings (prices, hours, counts): likes stand in for them."""


@dataclass(frozen=True)
class Factors:
    """Biases and factors; people and items without rows have zeros.

    Attributes:
        mean: mu.
        item: b_i, then q_i. Shape [I, 1 + F].
        user: b_u, then p_u. Shape [U, 1 + F].
    """

    mean: float
    item: Doubles
    user: Doubles

    def ratings(self, user: Ints, item: Ints) -> Doubles:
        """Expected rating of N pairs. Shape [N]."""
        one, two = self.user[user], self.item[item]
        expected: Doubles = self.mean + one[:, 0] + two[:, 0] + (one[:, 1:] * two[:, 1:]).sum(1)
        return expected


def ratings_of(rows: Interactions) -> Doubles:
    """Values where all rows have one and they look like ratings; labels elsewhere. Shape [R]."""
    rated = bool(np.isfinite(rows.value).all()) and len(np.unique(rows.value)) <= MOST_LEVELS
    return (rows.value if rated else rows.label).astype(np.float64)


def fit_factors(
    rows: Interactions, rating: Doubles, factors: int, penalty: float, seed: int
) -> Factors:
    """Alternate between people and items.

    Args:
        rows: What is learned from, at least one row.
        rating: Of each row. Shape [R].
        factors: F, at least 0.
        penalty: Of the factors, above 0.
        seed: Of the first factors of the items.
    """
    mean = float(rating.mean())
    left = rating - mean
    item = generator(seed, "rating-factors").normal(0.0, 0.1, (len(rows.items), 1 + factors))
    item[:, 0] = 0.0
    user = np.zeros((len(rows.users), 1 + factors))
    for _ in range(ROUNDS):
        user = solved(left, rows.user, item[rows.item], len(user), penalty)
        item = solved(left, rows.item, user[rows.user], len(item), penalty)
    return Factors(mean, item, user)


def solved(left: Doubles, owner: Ints, other: Doubles, size: int, penalty: float) -> Doubles:
    """Ridge regression of each owner's ratings on the other side's factors and a constant.

    Args:
        left: Ratings without the mean. Shape [R].
        owner: Whose row it is. Shape [R].
        other: Bias and factors of the other side. Shape [R, 1 + F].
        size: How many owners there are.
        penalty: Of the factors.

    Returns:
        Bias and factors of the owners, 0 where they have no row. Shape [size, 1 + F].
    """
    wide = other.shape[1]
    answer = np.zeros((size, wide))
    if not len(owner):
        return answer
    order = np.argsort(owner, kind="stable")
    known, start = np.unique(owner[order], return_index=True)
    design = other[order].copy()
    target = left[order] - design[:, 0]
    design[:, 0] = 1.0
    gram = np.empty((len(known), wide, wide))
    for a in range(wide):  # a column at a time: all products of ten million rows are 6 GB
        gram[:, a] = np.add.reduceat(design * design[:, a : a + 1], start, axis=0)
    gram[:, range(wide), range(wide)] += [BIAS_PENALTY, *[penalty] * (wide - 1)]
    side = np.add.reduceat(design * target[:, None], start, axis=0)
    answer[known] = np.linalg.solve(gram, side[:, :, None])[:, :, 0]
    return answer


@dataclass(frozen=True)
class RatingFactors:
    """Expected rating of somebody of whom only likes and dislikes are known.

    Items learn from the values; of a person each like counts as the mean value of all likes,
    each dislike as that of all others, so strangers fold in like everybody else.

    Attributes:
        factors: F, at least 0.
        penalty: Of the factors, in standardised ratings, above 0.
    """

    factors: int = 8
    penalty: float = 20.0

    def fit(self, training: Training) -> FittedRatingFactors:
        """Learn the items' biases and factors."""
        rows = training.interactions
        rating = ratings_of(rows)
        rating = (rating - rating.mean()) / max(float(rating.std()), 1e-9)
        found = fit_factors(rows, rating, self.factors, self.penalty, training.seed)
        means = [rating[rows.label == label] for label in (0, 1)]
        return FittedRatingFactors(
            item=found.item.astype(np.float32),
            worth=np.array([float(m.mean()) if len(m) else 0.0 for m in means]),
            penalty=self.penalty,
        )


@dataclass(frozen=True)
class FittedRatingFactors:
    """Items as ratings see them.

    Attributes:
        item: b_i, then q_i. Shape [I, 1 + F].
        worth: What a dislike and a like count as. Shape [2].
        penalty: Of a person's factors.
    """

    item: Floats
    worth: Doubles
    penalty: float

    def scores(self, people: Histories) -> Floats:
        """Expected deviation from the mean rating, in standard deviations. Shape [B, I]."""
        left = self.worth[(people.label > 0).astype(np.int64)]
        other = self.item[people.item].astype(np.float64)
        user = solved(left, people.person, other, len(people), self.penalty).astype(np.float32)
        return user[:, :1] + self.item[None, :, 0] + user[:, 1:] @ self.item[:, 1:].T

    def widened(self, size: int) -> FittedRatingFactors:
        """The same with zeros for newcomers. ``size``: number of items."""
        more = size - len(self.item)
        return replace(self, item=np.pad(self.item, ((0, more), (0, 0))))
