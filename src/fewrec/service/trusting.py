"""Trust in the experts, learned from the likes that come in between two fits."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from fewrec.data.arrays import Doubles, Ints
from fewrec.data.slate import Query
from fewrec.ranker.stream_questions import Said
from fewrec.ranker.streaming import StreamTrust
from fewrec.recommender import Recommender
from fewrec.recommender.asking import asker, stacked
from fewrec.recommender.rankers import CONTENT
from fewrec.seeding import generator

AT_ONCE = 8
"""At most so many likes are watched each time the model follows the store."""

GROWTH = 1.2
"""Weights are learned again when so many times as many likes were watched ..."""

MOST = 500
"""... or so many more."""

Weights = tuple[Doubles, Doubles, Doubles | None]
"""Of known and of new items, as in ``FittedFusion``, and of visits, as in ``Present``."""


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
        known, new = self.trust.learned(*self.start[:2])
        present = self.start[2]
        if present is not None:
            present = self.trust.learned_of_visits(known, new, present)
        return known, new, present


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
        present = model.fusion.present
        visits = None if present is None else present.weights
        self._start = model.fusion.known, model.fusion.new, visits
        self._due = self._watched + 1

    def watch(self, before: Recommender, after: Recommender) -> None:
        """Note what the experts of a model said before it takes in more rows.

        Args:
            before: The model without them.
            after: The model with them, behind those it knew.
        """
        likes = _first_likes(before, after)
        if len(likes) == 0:
            return
        rows, ids = after.known.interactions, after.known.people.users.ids
        moments = rows.timestamp[likes].tolist()
        people = stacked(
            [
                asker(Query(user=ids[user], moment=moment), before.known).history
                for user, moment in zip(rows.user[likes], moments, strict=True)
            ]
        )
        said = Said.of(before.fusion, people)
        shown = said.scores(before.fusion.known, before.fusion.new)
        self._trust.watch(before.fusion, said, shown, rows.item[likes], self._random)
        self._watched += len(likes)

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
    known, new, visits = weights
    present = model.fusion.present
    if present is not None and visits is not None:
        present = replace(present, weights=visits)
    return replace(model, fusion=replace(model.fusion, known=known, new=new, present=present))


def _first_likes(before: Recommender, after: Recommender) -> Ints:
    """Rows of the first new like of each of a few people, of items that were there. Shape [N]."""
    rows = after.known.interactions
    fresh = np.arange(len(before.known.interactions), len(rows))
    fresh = fresh[(rows.label[fresh] > 0) & (rows.item[fresh] < len(before.known.catalog))]
    _, first = np.unique(rows.user[fresh], return_index=True)
    chosen: Ints = fresh[np.sort(first)][-AT_ONCE:]
    return chosen
