"""What is liked at such a moment: at this time of day, on this device, in this place."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Floats, Ints
from fewrec.data.evidence import Fact
from fewrec.data.histories import Histories
from fewrec.data.visits import moment_words
from fewrec.protocols import Training

NAME = "moment"

RECOUNTED = 2_000
"""Up to so many rows likes are counted anew when events are taken in; above, at fits."""


@dataclass(frozen=True)
class Moment:
    """How much more an item is liked under what is said of the moment than it is at all.

    For each value v (``hour=20-23``, ``device=phone``) and item i
    ``log((likes_vi + s p_i) / (likes_v + s) / p_i)``, p_i the item's share of all likes; the
    score is the sum over the values of the moment, divided by the square root of their number.
    The same form as ``groups``, with rows in the place of people.

    Attributes:
        strength: s, likes of prior belief a value needs to outweigh, above 0.
    """

    strength: float = 200.0

    def fit(self, training: Training) -> FittedMoment:
        """Count likes by value; columns with one value only say nothing and are left out."""
        rows = training.interactions
        liked = np.flatnonzero(rows.label > 0)
        said = moment_words(rows, liked)
        names = telling({word for words in said for word in words})
        told = _matrix(said, names)
        size = len(rows.items)
        columns = (np.ones(len(liked), dtype=np.float32), (np.arange(len(liked)), rows.item[liked]))
        likes = sparse.csr_matrix(columns, (len(liked), size))
        total = np.asarray(likes.sum(axis=0), dtype=np.float64).ravel()
        share = (total + 0.5) / (total.sum() + 0.5 * max(size, 1))
        counted = np.asarray((told.T @ likes).todense(), dtype=np.float64)
        smoothed = counted + self.strength * share[None, :]
        rate = smoothed / (counted.sum(axis=1, keepdims=True) + self.strength)
        lift = np.log(rate / share[None, :]).astype(np.float32)
        return FittedMoment(tuple(names), lift, self.strength)


@dataclass(frozen=True)
class FittedMoment:
    """Lifts of V values.

    Attributes:
        names: ``column=value`` of each.
        lift: Log-lift of each item under each value. Shape [V, I].
        strength: Likes of prior belief, for counting again.
    """

    names: tuple[str, ...]
    lift: Floats
    strength: float

    def scores(self, people: Histories) -> Floats:
        """Summed log-lifts of what is said; 0 where nothing is. Shape [B, I]."""
        said = people.context or ((),) * len(people)
        told = _matrix(said, list(self.names))
        number = np.sqrt(np.maximum(np.asarray(told.sum(axis=1)), 1.0))
        scores: Floats = np.asarray(told @ self.lift / number, dtype=np.float32)
        return scores

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """A moment is no reason that a person would want to hear."""
        return [[] for _ in items]

    def extended(self, training: Training) -> FittedMoment:
        """Count again where there are few rows; else newcomers have no lift yet."""
        rows = training.interactions
        if len(rows) <= RECOUNTED:
            return Moment(self.strength).fit(training)
        more = len(rows.items) - self.lift.shape[1]
        return self if not more else replace(self, lift=np.pad(self.lift, ((0, 0), (0, more))))


def telling(words: set[str]) -> list[str]:
    """Values of columns with at least two of them, sorted."""
    column = [word.partition("=")[0] for word in sorted(words)]
    return [
        word for word, name in zip(sorted(words), column, strict=True) if column.count(name) > 1
    ]


def _matrix(said: tuple[tuple[str, ...], ...], names: list[str]) -> sparse.csr_matrix:
    """1 where row n says value v; values nobody counted are ignored. Shape [N, V]."""
    place = {name: v for v, name in enumerate(names)}
    pairs = [(n, place[word]) for n, words in enumerate(said) for word in words if word in place]
    rows, columns = (np.array([p[s] for p in pairs], dtype=np.int64) for s in (0, 1))
    ones = np.ones(len(pairs), dtype=np.float32)
    return sparse.csr_matrix((ones, (rows, columns)), (len(said), len(names)))
