"""The living loop: events replayed from an empty store, a slate asked for before each like.

Before every like of an item that the person had not met, each contestant is asked for a slate;
the reward is 1 where the liked item is on it. Then the event is told. So everything that is
known at a moment is what happened before it. What is not tested: whether people would have liked
what was shown instead, so exploring can only cost here, never earn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.histories import Histories
from fewrec.evaluation.opening import Bench
from fewrec.seeding import generator

EARLY = (10, 20, 50, 100, 200, 500)
"""Events at which the experts of ``fewrec`` are fitted before the first regular fit."""


@dataclass(frozen=True)
class Loop:
    """How events are replayed.

    Attributes:
        slates: So many slates are asked for, at least 1.
        k: Length of a slate.
        refit: Events between two fits of factors and experts.
        fresh: Events between two countings of what all people did: a fiftieth of what is known,
            at most this; divides ``refit``.
        explore: Share of places that ``fewrec`` draws.
    """

    slates: int = 10_000
    k: int = 10
    refit: int = 1_000
    fresh: int = 100
    explore: float = 0.1

    def fits(self, known: int) -> bool:
        """Whether experts are fitted when so many events are known."""
        return known in EARLY or (known > 0 and known % self.refit == 0)

    def blocks(self, events: int) -> Iterator[tuple[int, int]]:
        """First and last event (exclusive) between two countings."""
        start = 0
        while start < events:
            size = min(max(start // 50, 1), self.fresh)
            regular = (start // self.refit + 1) * self.refit
            fit = min([e for e in EARLY if e > start] + [regular])
            stop = min(start + size, fit, events)
            yield start, stop
            start = stop


@dataclass(frozen=True)
class Question:
    """One moment at which a slate is asked for.

    Attributes:
        user: Who is asked for.
        liked: The item that this person liked next.
        met: Items the person met so far. Shape [K].
        history: What the person did so far (B = 1).
        popularity: Likes of each item so far. Shape [I].
    """

    user: int
    liked: int
    met: Ints
    history: Histories
    popularity: Floats


def event_order(rows: Interactions, seed: int) -> Ints:
    """Rows in the order of their times, those of the same moment in a seeded order. Shape [R].

    Where there are no times, all are in a seeded order.
    """
    drawn = generator(seed, "order of events").permutation(len(rows))
    if not rows.timed:
        return np.asarray(drawn, dtype=np.int64)
    order: Ints = drawn[np.argsort(rows.timestamp[drawn], kind="stable")]
    return order


Contestant = Callable[[Interactions, Sequence[Question]], Iterator[Ints]]
"""Told all events before a block and the questions of the block, gives a slate for each."""


class Store:
    """What each person did so far."""

    def __init__(self, bench: Bench) -> None:
        self._rows = bench.dataset.interactions
        self._attributes = bench.dataset.people.attributes
        self._done: dict[int, list[int]] = {}
        self._likes = np.zeros(len(self._rows.items), dtype=np.float32)

    def questions(self, block: Ints, most: int) -> list[Question]:
        """The slates to ask for in a block of events, each with what was known just before."""
        asked: list[Question] = []
        for row in block:
            user, item = int(self._rows.user[row]), int(self._rows.item[row])
            done = self._done.setdefault(user, [])
            met = self._rows.item[done]
            if self._rows.label[row] > 0 and item not in met and len(asked) < most:
                history = self._history(user, done)
                asked.append(Question(user, item, met, history, self._likes.copy()))
            done.append(int(row))
            self._likes[item] += self._rows.label[row]
        return asked

    def _history(self, user: int, done: list[int]) -> Histories:
        return Histories(
            start=np.array([0, len(done)]),
            item=self._rows.item[done],
            label=self._rows.label[done],
            weight=self._rows.weight[done],
            attributes=(self._attributes[user],),
            profile=("",),
        )
