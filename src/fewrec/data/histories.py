"""Histories: what is known about each person of a batch, known users and strangers alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Floats, Ints


@dataclass(frozen=True)
class Histories:
    """B people, each with a list of labelled items (H rows in all), attributes and a profile.

    Rankers see people only through this type, so somebody who joined a second ago and somebody
    who was in the training data are the same kind of input. The k of a person is the number of
    their rows.

    Attributes:
        start: Person b owns the rows ``start[b]:start[b + 1]``. Shape [B + 1].
        item: Item row numbers. Shape [H].
        label: 1 liked, 0 not liked. Shape [H].
        weight: How much each row says, above 0. Shape [H].
        attributes: For each person, strings such as ``occupation=student``. B tuples.
        profile: For each person, free text about themselves, or "". B strings.
        session: Rows of the visit that goes on, oldest first, of the same B people; None where
            nothing is known of visits.
        steps: Rows of other events than those that are ranked for (views, carts), of the same
            B people; None where all events are of one kind.
        context: For each person, what is said of the moment, such as ``device=phone``; empty
            where nothing is. B tuples.
    """

    start: Ints
    item: Ints
    label: Floats
    weight: Floats
    attributes: tuple[tuple[str, ...], ...]
    profile: tuple[str, ...]
    session: Histories | None = None
    steps: Histories | None = None
    context: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def single(
        cls,
        likes: Sequence[int] = (),
        dislikes: Sequence[int] = (),
        attributes: tuple[str, ...] = (),
        profile: str = "",
    ) -> Histories:
        """One person (B = 1), from row numbers of items."""
        return cls(
            start=np.array([0, len(likes) + len(dislikes)]),
            item=np.array([*likes, *dislikes], dtype=np.int64),
            label=np.array([1.0] * len(likes) + [0.0] * len(dislikes), dtype=np.float32),
            weight=np.ones(len(likes) + len(dislikes), dtype=np.float32),
            attributes=(attributes,),
            profile=(profile,),
        )

    def __len__(self) -> int:
        return len(self.start) - 1

    @property
    def count(self) -> Ints:
        """Rows of each person, the k of few-shot ranking. Shape [B]."""
        return np.diff(self.start)

    @property
    def person(self) -> Ints:
        """Which person each row belongs to. Shape [H]."""
        return np.repeat(np.arange(len(self)), self.count)

    def likes(self, items: int) -> sparse.csr_matrix:
        """Weights of liked rows. Shape [B, I], float32. ``items``: I."""
        return self._matrix(self.label > 0, self.weight, items)

    def dislikes(self, items: int) -> sparse.csr_matrix:
        """Weights of rows not liked. Shape [B, I], float32. ``items``: I."""
        return self._matrix(self.label == 0, self.weight, items)

    def weighed(self, share: Floats, items: int) -> sparse.csr_matrix:
        """Any weights of all rows, to be multiplied with: an item may stand twice in a row.

        Args:
            share: Shape [H].
            items: I.

        Returns:
            Shape [B, I], float32.
        """
        made = (share.astype(np.float32, copy=False), self.item, self.start)
        return sparse.csr_matrix(made, (len(self), items))

    def ruled_out(self) -> Ints:
        """Items that are no candidates for a single person (B = 1), each once. Shape [N]."""
        return np.unique(self.item)

    def seen(self, items: int) -> sparse.csr_matrix:
        """1 where a person has a row on an item, liked or not. Shape [B, I], float32."""
        return self._matrix(np.ones(len(self.item), dtype=bool), np.ones_like(self.weight), items)

    def _matrix(self, rows: np.ndarray, data: Floats, items: int) -> sparse.csr_matrix:
        matrix = sparse.csr_matrix(
            (data[rows], (self.person[rows], self.item[rows])),
            (len(self), items),
            dtype=np.float32,
        )
        matrix.sum_duplicates()
        return matrix

    def take(self, people: Ints) -> Histories:
        """The chosen people, in the given order. ``people``: shape [N]."""
        rows = [np.arange(self.start[b], self.start[b + 1]) for b in people]
        kept = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
        return Histories(
            start=np.concatenate([[0], np.cumsum([len(r) for r in rows])]).astype(np.int64),
            item=self.item[kept],
            label=self.label[kept],
            weight=self.weight[kept],
            attributes=tuple(self.attributes[b] for b in people),
            profile=tuple(self.profile[b] for b in people),
            session=None if self.session is None else self.session.take(people),
            steps=None if self.steps is None else self.steps.take(people),
            context=tuple(self.context[b] for b in people) if self.context else (),
        )

    def rows(self, kept: np.ndarray) -> Histories:
        """The same people with only some of their rows. ``kept``: mask, shape [H]."""
        counts = np.bincount(self.person[kept], minlength=len(self))
        return replace(
            self,
            start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            item=self.item[kept],
            label=self.label[kept],
            weight=self.weight[kept],
        )

    def after(self, item: int, liked: bool = True, weight: float = 1.0) -> Histories:
        """The same person (B = 1) after one more event, which replaces older ones on the item.

        Args:
            item: Item row number.
            liked: What the event says.
            weight: How much it says, above 0.
        """
        if np.count_nonzero(self.item == item):
            return self.rows(self.item != item).after(item, liked, weight)
        size = len(self.item)
        items = np.empty(size + 1, dtype=np.int64)
        said = np.empty((2, size + 1), dtype=np.float32)
        items[:size], items[size] = self.item, item
        label, weights = said
        label[:size], label[size] = self.label, liked
        weights[:size], weights[size] = self.weight, weight
        return type(self)(
            np.array((0, size + 1)), items, label, weights, self.attributes, self.profile,
            self.session, self.steps, self.context,
        )  # fmt: skip

    def latest(self, most: int) -> Histories:
        """The same people with at most so many rows, the last ones of each."""
        left = np.repeat(self.start[1:], self.count) - np.arange(len(self.item))
        return self.rows(left <= most)

    def knowing(
        self, attributes: Sequence[tuple[str, ...]], profile: Sequence[str] | None = None
    ) -> Histories:
        """The same histories with attributes (and profiles) of the B people filled in."""
        said = self.profile if profile is None else tuple(profile)
        return replace(self, attributes=tuple(attributes), profile=said)


class Room:
    """The rows of one person (B = 1) with room for more, so that an event writes one row.

    Args:
        history: The rows so far.
    """

    def __init__(self, history: Histories) -> None:
        used = len(history.item)
        self._used, size = used, 2 * used + 16
        self._item = np.empty(size, dtype=np.int64)
        self._label, self._weight = np.empty((2, size), dtype=np.float32)
        self._item[:used], self._label[:used] = history.item, history.label
        self._weight[:used] = history.weight
        self._there = set(history.item.tolist())

    def after(self, history: Histories, item: int, liked: bool) -> Histories | None:
        """A history of this room after one more event, as ``Histories.after`` gives it.

        Args:
            history: What was known before.
            item: Item row number.
            liked: What the event says.

        Returns:
            The history; None where it has to be made otherwise: an event on the item is there
            already, the room is full, or it went another way after this history.
        """
        used = len(history.item)
        if used != self._used or used == len(self._item) or item in self._there:
            return None
        self._item[used], self._label[used], self._weight[used] = item, liked, 1.0
        self._used = end = used + 1
        self._there.add(item)
        return type(history)(
            np.array((0, end)), self._item[:end], self._label[:end], self._weight[:end],
            history.attributes, history.profile, history.session, history.steps, history.context,
        )  # fmt: skip
