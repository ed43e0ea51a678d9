"""Text vectors tuned with K labelled rows: which directions of meaning tell what people like.

A frozen encoder weighs every direction of its space alike. Here the score of item i is

    s(u, i) = t sum_h a_h max(0, sum_d w_d v_hd v_id)^power + sum_d b_d v_id,

h the items that a person has with signed shares a_h, v coordinates along the principal directions
of the catalogue's vectors. The weights w, b and t are learned from K likes, each by the softmax
over the like and items that the person has not met. With w = 1 and b = 0 this is ``TextKNN``.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy import linalg, optimize

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.histories import Histories
from fewrec.protocols import Training
from fewrec.ranker.content import FittedTextKNN, averaging, centred
from fewrec.ranker.feature_space import mean_vector
from fewrec.seeding import generator

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


@dataclass(frozen=True)
class TextMetric:
    """A text nearest-neighbour ranker whose metric is learned from K likes.

    How far weights may leave those of ``TextKNN`` is settled by cross-validation among the likes.

    Attributes:
        shots: K, likes to learn from; all (at most ``most``) where None.
        directions: Weights are learned of so many principal directions.
        against: Items that each like stands against.
        had: At most so many of a person's other items.
        most: At most so many likes.
        power: As in ``TextKNN``.
        dislike: As in ``TextKNN``.
    """

    shots: int | None = None
    directions: int = 96
    against: int = 50
    had: int = 20
    most: int = 1000
    power: float = 2.0
    dislike: float = 0.3

    def fit(self, training: Training) -> FittedTextMetric:
        """Draw K likes, choose the penalties by cross-validation, learn the weights."""
        vectors = training.features.vectors
        mean = mean_vector(vectors)
        middle = centred(vectors, mean)
        basis = principal(middle)
        turned: Floats = middle @ basis
        size = min(self.directions, basis.shape[1])
        told = chosen(self._lessons(training, turned, size), size, self.power)
        stretch = np.ones(basis.shape[1], dtype=np.float32)
        stretch[:size] = np.exp(0.5 * told[:size])
        knn = FittedTextKNN(
            vectors=turned * stretch,
            mean=mean,
            power=self.power,
            dislike=self.dislike,
            items=training.interactions.items.ids,
        )
        promise = turned[:, :size] @ told[size:-1].astype(np.float32)
        return FittedTextMetric(knn, promise, float(np.exp(told[-1])), told)

    def _lessons(self, training: Training, turned: Floats, size: int) -> Lessons:
        rows = training.interactions
        random = generator(training.seed, "text-metric")
        met = np.unique(rows.item)
        against = min(self.against, max(len(met) // 3, 1))
        wanted = min(self.most, self.shots or self.most)
        found: list[tuple[Histories, Ints]] = []
        for row in random.permutation(np.flatnonzero(rows.label > 0)):
            if len(found) == wanted:
                break
            liked = int(rows.item[row])
            person = rows.histories(rows.user[row : row + 1])
            other = person.rows(person.item != liked)
            open_ = random.permutation(np.setdiff1d(met, person.item))[:against]
            if len(other.item) and len(open_) == against:
                found.append((other.latest(self.had), np.concatenate([[liked], open_])))
        return _stacked(found, turned, size, self.had, 1 + against, self.dislike)


def _stacked(
    found: list[tuple[Histories, Ints]],
    turned: Floats,
    size: int,
    most: int,
    shown: int,
    dislike: float,
) -> Lessons:
    """Lessons side by side, histories filled up with empty places."""
    had = np.zeros((len(found), most, turned.shape[1]), dtype=np.float32)
    share = np.zeros((len(found), most), dtype=np.float32)
    against = np.zeros((len(found), shown, turned.shape[1]), dtype=np.float32)
    for n, (other, items) in enumerate(found):
        had[n, : len(other.item)] = turned[other.item]
        share[n, : len(other.item)] = averaging(other, dislike)
        against[n] = turned[items]
    rest = had[:, :, size:] @ against[:, :, size:].transpose(0, 2, 1)
    liked = np.array([items[0] for _, items in found], dtype=np.int64)
    return Lessons(had[:, :, :size], share, against[:, :, :size], rest, liked)


@dataclass(frozen=True)
class FittedTextMetric:
    """The ranker with its learned metric.

    Attributes:
        knn: Neighbours in the learned metric.
        promise: What an item's text promises to anybody. Shape [I].
        heat: t, weight of the neighbours beside the promise.
        told: log w, b and log t. Shape [2 directions + 1].
    """

    knn: FittedTextKNN
    promise: Floats
    heat: float
    told: Doubles

    def scores(self, people: Histories) -> Floats:
        """s(u, i) of all items. Shape [B, I]."""
        scores: Floats = np.float32(self.heat) * self.knn.scores(people) + self.promise[None, :]
        return scores


def principal(vectors: Floats) -> Floats:
    """All principal directions of some vectors, the largest first. Shape [D, D]."""
    _, directions = linalg.eigh((vectors.T @ vectors).astype(np.float64))
    turned: Floats = directions[:, ::-1].astype(np.float32)
    return turned


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
