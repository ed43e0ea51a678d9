"""How a metric of text vectors learns: a softmax over each like and what it stood against.

The equation stands in ``text_metric``; here are its loss, its slope, and how far weights may go.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy import optimize

from fewrec.data.arrays import Doubles, Floats, Ints

PULLS = tuple(product((3.0, 30.0, np.inf), (0.3, 1.0, np.inf)))
"""Ridge penalties on log w and on b that are tried; infinite: stay at 1, at 0."""

FOLDS = 4
"""Parts of the liked items, each left out once to choose the penalties."""


@dataclass(frozen=True)
class Lessons:
    """L likes: what the person had else, and what the like stood against. D directions.

    Attributes:
        had: Coordinates of the person's other items, 0 in empty places. Shape [L, H, D].
        share: Signed weight of each, 0 in empty places. Shape [L, H].
        shown: Coordinates of the like, then of M other items. Shape [L, 1 + M, D].
        rest: Likeness of both along directions that nothing is learned of. Shape [L, H, 1 + M].
        liked: Row of the like. Shape [L].
    """

    had: Floats
    share: Floats
    shown: Floats
    rest: Floats
    liked: Ints

    def __len__(self) -> int:
        return len(self.share)

    def where(self, rows: np.ndarray) -> Lessons:
        """Some of the lessons. ``rows``: mask of shape [L]."""
        return Lessons(**{name: value[rows] for name, value in vars(self).items()})


def chosen(lessons: Lessons, size: int, power: float) -> Doubles:
    """Weights log w, b and log t under the penalties that foretell likes of left-out items best.

    Items are left out with all their likes: what is learned must hold for items nobody met.

    Args:
        lessons: K of them.
        size: Directions.
        power: Sharpness of the likeness.

    Returns:
        Shape [2 size + 1]; log w = b = 0 where no penalty beats learning nothing by more than
        one standard error over the liked items, or with fewer of these than twice the folds.
    """
    nothing = np.zeros(2 * size + 1)
    if len(np.unique(lessons.liked)) < 2 * FOLDS:
        return nothing
    item = np.unique(lessons.liked, return_inverse=True)[1]
    fold = item % FOLDS
    lost = np.zeros((len(PULLS), len(lessons)))
    for n, pulls in enumerate(PULLS):
        for f in range(FOLDS):
            told = learned(lessons.where(fold != f), size, power, pulls)
            lost[n, fold == f] = _forward(told, lessons.where(fold == f), size, power).surprise
    best, least = int(lost.sum(axis=1).argmin()), len(PULLS) - 1
    gain = np.bincount(item, weights=lost[least] - lost[best])
    if gain.sum() <= np.sqrt(len(gain)) * gain.std():
        best = least
    return learned(lessons, size, power, PULLS[best])


def learned(lessons: Lessons, size: int, power: float, pulls: tuple[float, float]) -> Doubles:
    """Weights log w, b and log t of least penalised loss. Shape [2 size + 1].

    Args:
        lessons: To learn from.
        size: Directions.
        power: Sharpness of the likeness.
        pulls: Penalties on log w and on b, infinite for weights that stay 0.
    """
    start = np.zeros(2 * size + 1)
    start[-1] = 2.0
    pull = np.repeat([*pulls, 0.0], [size, size, 1])
    free = np.isfinite(pull)
    pull = np.where(free, pull, 0.0)

    def penalised(told: Doubles) -> tuple[float, Doubles]:
        value, slope = _loss(told, lessons, size, power)
        return value + 0.5 * float(pull @ told**2), np.where(free, slope + pull * told, 0.0)

    found = optimize.minimize(
        penalised, start, jac=True, method="L-BFGS-B", options={"maxiter": 30}
    )
    return np.asarray(found.x, dtype=np.float64)


@dataclass(frozen=True)
class _Forward:
    """What weights say of lessons: parts of the scores, odds [L, 1 + M], surprise [L]."""

    near: Floats
    alike: Floats
    odds: Floats
    surprise: Floats


def _parts(told: Doubles, size: int) -> tuple[Floats, Floats, np.float32]:
    """w, b and t of what is learned."""
    weights: Floats = np.exp(np.clip(told[:size], -8.0, 8.0)).astype(np.float32)
    return weights, told[size:-1].astype(np.float32), np.float32(np.exp(min(told[-1], 8.0)))


def _forward(told: Doubles, lessons: Lessons, size: int, power: float) -> _Forward:
    weights, promise, heat = _parts(told, size)
    shown = lessons.shown.transpose(0, 2, 1)
    near = np.maximum((lessons.had * weights) @ shown + lessons.rest, 0.0)  # [L, H, 1 + M]
    alike = heat * np.einsum("lh,lhm->lm", lessons.share, near**power)
    score = alike + lessons.shown @ promise
    odds = np.exp(score - score.max(axis=1, keepdims=True))
    odds /= odds.sum(axis=1, keepdims=True)
    return _Forward(near, alike, odds, -np.log(np.maximum(odds[:, 0], 1e-30)))


def _loss(told: Doubles, lessons: Lessons, size: int, power: float) -> tuple[float, Doubles]:
    """Minus log-probability of the likes, and its slope. The latter of shape [2 size + 1]."""
    weights, _, heat = _parts(told, size)
    found = _forward(told, lessons, size, power)
    odds = found.odds.copy()
    odds[:, 0] -= 1.0  # d loss / d score
    steep = (heat * power) * found.near ** (power - 1.0) * (found.near > 0)
    pull = lessons.share[:, :, None] * steep * odds[:, None, :]
    by_weight = np.einsum("lhd,lhd->d", lessons.had, pull @ lessons.shown)
    by_promise = np.einsum("lm,lmd->d", odds, lessons.shown)
    slope = np.concatenate([weights * by_weight, by_promise, [(odds * found.alike).sum()]])
    return float(found.surprise.sum(dtype=np.float64)), slope.astype(np.float64)
