"""Rows of a batch as arrays of one width: an item, and the history it is compared with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Floats, Ints
from fewrec.data.histories import Histories


@dataclass(frozen=True)
class Rows:
    """N rows, each an item and at most H rows of its person's history.

    Attributes:
        item: The item asked about. Shape [N].
        history: Items met before; 0 where there is none. Shape [N, H].
        liked: Weight of each history row that was liked, 0 for all others. Shape [N, H].
        disliked: Weight of each history row that was not liked, 0 for others. Shape [N, H].
    """

    item: Ints
    history: Ints
    liked: Floats
    disliked: Floats

    @classmethod
    def of(cls, people: Histories, item: Ints, width: int) -> Rows:
        """The latest ``width`` rows of N people, and one item for each. ``item``: shape [N]."""
        count = people.count
        most = min(width, int(count.max(initial=0)))
        slot = np.arange(most)
        kept = np.minimum(count, most)
        there = slot < kept[:, None]
        source = np.where(there, (people.start[1:] - kept)[:, None] + slot, 0)
        if not len(people.item):
            empty = np.zeros((len(item), most), dtype=np.float32)
            return cls(np.asarray(item), np.zeros(empty.shape, dtype=np.int64), empty, empty)
        weight = np.where(there, people.weight[source], 0.0).astype(np.float32)
        label = people.label[source]
        return cls(
            item=np.asarray(item),
            history=np.where(there, people.item[source], 0),
            liked=weight * (label > 0),
            disliked=weight * (label <= 0),
        )

    def __len__(self) -> int:
        return len(self.item)

    @property
    def items(self) -> Ints:
        """All items these rows touch, sorted, each once."""
        touched = self.history[(self.liked + self.disliked) > 0]
        return np.unique(np.concatenate([self.item, touched]))

    @property
    def lenience(self) -> Floats:
        """log((likes + 1) / (dislikes + 1)) of each history. Shape [N]."""
        liked, disliked = self.liked.sum(axis=1), self.disliked.sum(axis=1)
        return np.asarray(np.log1p(liked) - np.log1p(disliked), dtype=np.float32)

    @property
    def bare(self) -> Rows:
        """The rows without their histories."""
        nothing = np.zeros((len(self), 0), dtype=np.float32)
        return Rows(self.item, nothing.astype(np.int64), nothing, nothing)

    def take(self, rows: Ints) -> Rows:
        """The chosen rows. ``rows``: shape [M]."""
        return Rows(self.item[rows], self.history[rows], self.liked[rows], self.disliked[rows])

    def thinned(self, width: int, random: np.random.Generator) -> Rows:
        """At most ``width`` rows of each history, drawn evenly."""
        if self.history.shape[1] <= width:
            return self
        lot = np.where(self.liked + self.disliked > 0, random.random(self.history.shape), 2.0)
        kept = np.argsort(lot, axis=1)[:, :width]
        return Rows(
            self.item,
            np.take_along_axis(self.history, kept, 1),
            np.take_along_axis(self.liked, kept, 1),
            np.take_along_axis(self.disliked, kept, 1),
        )

    def from_histories(self) -> tuple[Rows, Floats, Ints]:
        """Every history row asked about in turn, by the rest of its history.

        Returns:
            The rows, their labels (1 liked, 0 not), and which of the N rows each came from.
        """
        owner, slot = np.nonzero(self.liked + self.disliked)
        rest = self.take(owner)
        others = np.arange(self.history.shape[1]) != slot[:, None]
        asked = self.history[owner, slot]
        others &= rest.history != asked[:, None]  # the same item met twice tells its own answer
        label = (self.liked[owner, slot] > 0).astype(np.float32)
        return Rows(asked, rest.history, rest.liked * others, rest.disliked * others), label, owner

    def joined(self, other: Rows) -> Rows:
        """These rows, then the others, which must have the same width."""
        return Rows(
            np.concatenate([self.item, other.item]),
            np.concatenate([self.history, other.history]),
            np.concatenate([self.liked, other.liked]),
            np.concatenate([self.disliked, other.disliked]),
        )
