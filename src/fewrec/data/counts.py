"""What happened to each item so far, counted once and carried on as rows are added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fewrec.data.arrays import Doubles, Ints

if TYPE_CHECKING:
    from fewrec.data.events import Interactions


@dataclass(frozen=True)
class ItemCounts:
    """What happened to each item so far.

    Attributes:
        liked: Summed weights of likes. Shape [I].
        met: Summed weights of all rows. Shape [I].
        people: How many different people liked it. Shape [I].
        users: How many people there are who liked anything.
    """

    liked: Doubles
    met: Doubles
    people: Ints
    users: int

    @classmethod
    def of(cls, interactions: Interactions) -> ItemCounts:
        """Count over all rows; a pair that repeats counts once for ``people``."""
        size = len(interactions.items)
        weight = interactions.weight.astype(np.float64)
        likes = interactions.likes()
        return cls(
            liked=np.bincount(interactions.item, weight * interactions.label, size).astype(
                np.float64
            ),
            met=np.bincount(interactions.item, weight, size).astype(np.float64),
            people=np.bincount(likes.indices, minlength=size).astype(np.int64),
            users=int((np.diff(likes.indptr) > 0).sum()),
        )

    def plus(self, rows: Interactions, before: Iterable[tuple[int, int]]) -> ItemCounts:
        """The counts with more rows: the same numbers, bit by bit, as counting all again.

        Args:
            rows: What came on top, over at least as many items.
            before: (user, item) of all earlier likes of the users of these rows.
        """
        more = len(rows.items) - len(self.met)
        liked: Doubles = np.concatenate([self.liked, np.zeros(more)])
        met: Doubles = np.concatenate([self.met, np.zeros(more)])
        people: Ints = np.concatenate([self.people, np.zeros(more, dtype=np.int64)])
        weight = rows.weight.astype(np.float64)
        np.add.at(liked, rows.item, weight * rows.label)
        np.add.at(met, rows.item, weight)
        pairs = set(before)
        known = {user for user, _ in pairs}
        now = rows.label > 0
        fresh = set(zip(rows.user[now].tolist(), rows.item[now].tolist(), strict=True)) - pairs
        np.add.at(people, np.array([item for _, item in fresh], dtype=np.int64), 1)
        users = len({user for user, _ in fresh} - known)
        return ItemCounts(liked, met, people, self.users + users)

    @property
    def base_rate(self) -> float:
        """Share of likes among all rows; .5 before there are any."""
        total = float(self.met.sum())
        return float(self.liked.sum()) / total if total > 0 else 0.5

    def rate(self, strength: float = 5.0) -> Doubles:
        """Like-rate of each item, shrunk to the base rate as if by ``strength`` rows. Shape [I]."""
        return (self.liked + strength * self.base_rate) / (self.met + strength)
