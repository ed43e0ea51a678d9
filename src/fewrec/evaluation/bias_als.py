"""Matrix factorisation of ratings with biases: the classic that pairs are held against.

Settings are chosen on rows held out of the training part; the score becomes P(like) by a logistic
curve of the same rows. The factorisation itself: ``ranker/rating_factors.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.splits import Split
from fewrec.errors import EmptyData
from fewrec.metrics.preference import auc
from fewrec.ranker.preference import Pairs, fit_preference, sigmoid
from fewrec.ranker.rating_factors import Factors, fit_factors, ratings_of

FACTORS = (0, 4, 8)
PENALTIES = (3.0, 8.0, 20.0)
"""Settings tried."""


@dataclass(frozen=True)
class BiasALS:
    """Fitted biases and factors, and how a rating becomes a probability.

    Attributes:
        fitted: Of people and items.
        curve: Slope and intercept of P(like) as a logistic curve of the rating.
    """

    fitted: Factors
    curve: tuple[float, float]

    def probabilities(self, user: Ints, item: Ints) -> Floats:
        """P(like) of N pairs. Shape [N]."""
        slope, level = self.curve
        rating = self.fitted.ratings(user, item) - self.fitted.mean
        return sigmoid(slope * rating + level).astype(np.float32)


def fit_als(rows: Interactions, factors: int, penalty: float, seed: int) -> Factors:
    """Factorise the ratings of some rows. Arguments as in ``fit_factors``."""
    return fit_factors(rows, ratings_of(rows), factors, penalty, seed)


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
        return BiasALS(fit_als(rows, 0, PENALTIES[0], seed), (1.0, 0.0)), "untuned"
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
    told = f"F = {factors}, lambda = {penalty:g}"
    return BiasALS(whole, (float(slope), float(level))), told
