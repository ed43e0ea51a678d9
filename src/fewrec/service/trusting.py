"""Trust in the experts, learned from the likes that come in between two fits."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from fewrec.data.arrays import Doubles, Ints
from fewrec.ranker.streaming import Said, StreamTrust
from fewrec.recommender import Recommender
from fewrec.recommender.rankers import CONTENT
from fewrec.seeding import generator

AT_ONCE = 8
"""At most so many likes are watched each time the model follows the store."""

GROWTH = 1.2
"""Weights are learned again when so many times as many likes were watched ..."""

MOST = 500
"""... or so many more."""

Weights = tuple[Doubles, Doubles]
"""Of known and of new items, as in ``FittedFusion``."""


@dataclass(frozen=True)
class Lesson:
    """What a thread of its own may learn from, while the service goes on.

    Attributes:
        trust: The questions so far.
        start: Weights of the fit.
    """

    trust: StreamTrust
    start: Weights

    def learned(self) -> Weights:
        """The weights."""
        return self.trust.learned(*self.start)


class Trusting:
    """Watches likes before a model takes them in, and says when there is something to learn.

    Not safe for threads: whoever holds it sees to that. What was watched is lost when the
    process ends; a fit rehearses anew anyway.
    """

    def __init__(self) -> None:
        self._trust = StreamTrust(CONTENT)
        self._random = generator(0, "watching")
        self._start: Weights | None = None
        self._watched, self._due = 0, self._trust.least

    def adopted(self, model: Recommender) -> None:
        """Start from the weights of another fit; questions stay while experts are the same."""
        self._start = model.fusion.known, model.fusion.new
        self._due = self._watched + 1

    def watch(self, before: Recommender, after: Recommender) -> None:
        """Note what the experts of a model said before it takes in more rows.

        Args:
            before: The model without them.
            after: The model with them, behind those it knew.
        """
        users, items = _first_likes(before, after)
        if len(users) == 0:
            return
        ids = after.known.people.users.ids
        people = before.histories([ids[user] for user in users])
        said = Said.of(before.fusion, people)
        shown = said.scores(before.fusion.known, before.fusion.new)
        self._trust.watch(before.fusion, said, shown, items, self._random)
        self._watched += len(users)

    @property
    def due(self) -> bool:
        """Whether it is time to learn."""
        return self._start is not None and self._watched >= self._due

    def lesson(self) -> Lesson | None:
        """What to learn from, where it is time to."""
        if self._start is None or not self.due:
            return None
        self._due = min(int(self._watched * GROWTH) + 1, self._watched + MOST)
        kept = replace(self._trust, questions=deque(self._trust.questions))
        return Lesson(kept, self._start)

    def holds(self, lesson: Lesson) -> bool:
        """Whether a lesson is about the fit that answers."""
        return self._start is lesson.start


def trusting(model: Recommender, weights: Weights) -> Recommender:
    """The model with other weights."""
    return replace(model, fusion=replace(model.fusion, known=weights[0], new=weights[1]))


def _first_likes(before: Recommender, after: Recommender) -> tuple[Ints, Ints]:
    """First new like of each of a few people, of items that were there. Two of shape [N]."""
    rows = after.known.interactions
    fresh = np.arange(len(before.known.interactions), len(rows))
    fresh = fresh[(rows.label[fresh] > 0) & (rows.item[fresh] < len(before.known.catalog))]
    _, first = np.unique(rows.user[fresh], return_index=True)
    chosen = fresh[np.sort(first)][-AT_ONCE:]
    return rows.user[chosen], rows.item[chosen]
