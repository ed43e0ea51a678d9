"""Text vectors tuned with K labelled rows: which directions of meaning tell what people like.

A frozen encoder weighs every direction of its space alike. Here the score of item i is

    s(u, i) = t sum_h a_h max(0, sum_d w_d v_hd v_id)^power + sum_d b_d v_id,

h the items that a person has with signed shares a_h, v coordinates along the principal directions
of the catalogue's vectors. The weights w, b and t are learned from K likes, each by the softmax
over the like and items that the person has not met. With w = 1 and b = 0 this is ``TextKNN``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import linalg

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.evidence import Fact
from fewrec.data.histories import Histories
from fewrec.protocols import Training
from fewrec.ranker.content import FittedTextKNN, averaging, centred
from fewrec.ranker.feature_space import mean_vector
from fewrec.ranker.text_lessons import Lessons, chosen
from fewrec.seeding import generator

PART = "tuned-text"
"""Name of the expert in the fusion."""


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
        silent: Whether a metric that learned nothing gives all items the same score, because
            ``TextKNN`` stands beside it and says the same.
    """

    shots: int | None = None
    directions: int = 96
    against: int = 50
    had: int = 20
    most: int = 1000
    power: float = 2.0
    dislike: float = 0.3
    silent: bool = False

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
        turn, taste = basis * stretch, basis[:, :size] @ told[size:-1].astype(np.float32)
        items = training.interactions.items.ids
        heat = 0.0 if self.silent and not told[:-1].any() else float(np.exp(told[-1]))
        knn = FittedTextKNN(middle @ turn, mean, self.power, self.dislike, items)
        return FittedTextMetric(knn, middle @ taste, heat, told, turn, taste)

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
        heat: t, weight of the neighbours beside the promise; 0 where it is to be silent.
        told: log w, b and log t. Shape [2 directions + 1].
        turn: From centred vectors to the learned metric. Shape [D, D].
        taste: From centred vectors to the promise. Shape [D].
    """

    knn: FittedTextKNN
    promise: Floats
    heat: float
    told: Doubles
    turn: Floats
    taste: Floats

    def scores(self, people: Histories) -> Floats:
        """s(u, i) of all items. Shape [B, I]."""
        if self.heat == 0.0:
            return np.zeros((len(people), len(self.promise)), dtype=np.float32)
        scores: Floats = np.float32(self.heat) * self.knn.scores(people) + self.promise[None, :]
        return scores

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Which liked item is how alike in the learned metric; none where it is silent."""
        if self.heat == 0.0:
            return [[] for _ in items]
        return [
            [replace(fact, part=PART, amount=self.heat * fact.amount) for fact in about]
            for about in self.knn.facts(person, items)
        ]

    def extended(self, training: Training) -> FittedTextMetric:
        """Newcomers are centred on the same mean and turned the same way."""
        known = len(self.promise)
        if known == len(training.interactions.items):
            return self
        added = centred(training.features.vectors[known:], self.knn.mean)
        vectors = np.concatenate([self.knn.vectors, added @ self.turn])
        knn = replace(self.knn, vectors=vectors, items=training.interactions.items.ids)
        return replace(self, knn=knn, promise=np.concatenate([self.promise, added @ self.taste]))


def principal(vectors: Floats) -> Floats:
    """All principal directions of some vectors, the largest first. Shape [D, D]."""
    if vectors.shape[1] == 0:
        return np.zeros((0, 0), dtype=np.float32)
    _, directions = linalg.eigh((vectors.T @ vectors).astype(np.float64))
    turned: Floats = directions[:, ::-1].astype(np.float32)
    return turned
