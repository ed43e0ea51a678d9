"""Matrix factorisation of ratings with biases: the classic that pairs are held against.

    r_ui = mu + b_i + b_u + p_u' q_i

fitted by alternating least squares on the values as given (stars, not likes), settings chosen on
rows held out of the training part. The score becomes P(like) by a logistic curve of the same rows.

Source: Koren, Bell, Volinsky (2009), "Matrix Factorization Techniques for Recommender Systems",
equation 5; alternating least squares as in Zhou et al. (2008), with a fixed penalty.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.splits import Split
from fewrec.errors import EmptyData
from fewrec.metrics.preference import auc
from fewrec.ranker.preference import Pairs, fit_preference, sigmoid
from fewrec.seeding import generator

FACTORS = (0, 4, 8)
PENALTIES = (3.0, 8.0, 20.0)
"""Settings tried."""

ROUNDS = 8
BIAS_PENALTY = 4.0
"""Rows of belief that a person or an item is like the average."""


@dataclass(frozen=True)
class BiasALS:
    """Fitted biases and factors; people and items without rows have zeros.

    Attributes:
        mean: mu.
        item: b_i, then q_i. Shape [I, 1 + F].
        user: b_u, then p_u. Shape [U, 1 + F].
        curve: Slope and intercept of P(like) as a logistic curve of the score.
    """

    mean: float
    item: Doubles
    user: Doubles
    curve: tuple[float, float] = (1.0, 0.0)

    def ratings(self, user: Ints, item: Ints) -> Doubles:
        """Expected rating of N pairs. Shape [N]."""
        one, two = self.user[user], self.item[item]
        expected: Doubles = self.mean + one[:, 0] + two[:, 0] + (one[:, 1:] * two[:, 1:]).sum(1)
        return expected

    def probabilities(self, user: Ints, item: Ints) -> Floats:
        """P(like) of N pairs. Shape [N]."""
        slope, level = self.curve
        return sigmoid(slope * (self.ratings(user, item) - self.mean) + level).astype(np.float32)


def fit_als(rows: Interactions, factors: int, penalty: float, seed: int) -> BiasALS:
    """Alternate between people and items.

    Args:
        rows: What is learned from; likes stand in where rows have no value.
        factors: F, at least 0.
        penalty: Of the factors, above 0.
        seed: Of the first factors of the items.
    """
    rating = np.where(np.isfinite(rows.value), rows.value, rows.label).astype(np.float64)
    mean = float(rating.mean())
    left = rating - mean
    random = generator(seed, "bias-als")
    item = random.normal(0.0, 0.1, (len(rows.items), 1 + factors))
    user = np.zeros((len(rows.users), 1 + factors))
    item[:, 0] = 0.0
    for _ in range(ROUNDS):
        user = _solved(left, rows.user, item[rows.item], len(user), penalty)
        item = _solved(left, rows.item, user[rows.user], len(item), penalty)
    return BiasALS(mean, item, user)


def _solved(left: Doubles, owner: Ints, other: Doubles, size: int, penalty: float) -> Doubles:
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
    order = np.argsort(owner, kind="stable")
    known, start = np.unique(owner[order], return_index=True)
    design = other[order].copy()
    target = left[order] - design[:, 0]
    design[:, 0] = 1.0
    gram = np.add.reduceat(design[:, :, None] * design[:, None, :], start, axis=0)
    wide = design.shape[1]
    gram[:, range(wide), range(wide)] += [BIAS_PENALTY, *[penalty] * (wide - 1)]
    side = np.add.reduceat(design * target[:, None], start, axis=0)
    answer = np.zeros((size, wide))
    answer[known] = np.linalg.solve(gram, side[:, :, None])[:, :, 0]
    return answer


def tuned_als(
    rows: Interactions, hold_out: Callable[[Interactions], Split], seed: int
) -> tuple[BiasALS, str]:
    """Choose the settings and the curve on held-out training rows, then fit all of them.

    Args:
        rows: The training part.
        hold_out: Splits the training part as it was split off itself.
        seed: Of the fits.

    Returns:
        The model, and its settings in words.
    """
    try:
        inner = hold_out(rows)
    except EmptyData:
        return fit_als(rows, 0, PENALTIES[0], seed), "untuned"
    test, best = inner.test, (-1.0, 0, PENALTIES[0])
    for factors in FACTORS:
        for penalty in PENALTIES if factors else PENALTIES[:1]:
            score = fit_als(inner.train, factors, penalty, seed).ratings(test.user, test.item)
            best = max(best, (auc(score.astype(np.float32), test.label), factors, penalty))
    _, factors, penalty = best
    tried = fit_als(inner.train, factors, penalty, seed)
    signal = tried.ratings(test.user, test.item) - tried.mean
    pairs = Pairs(signal[:, None], test.label.astype(np.float64))
    slope, level = fit_preference({0: pairs}, (), 0.0, prior=np.array([1.0, 0.0]))[0]
    whole = fit_als(rows, factors, penalty, seed)
    curve = (float(slope), float(level))
    return BiasALS(whole.mean, whole.item, whole.user, curve), f"F = {factors}, lambda = {penalty}"
