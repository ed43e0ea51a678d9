"""Shots: the K labelled rows that few-shot ranking learns from, each with what came before it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fewrec.data.arrays import Bools, Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.histories import Histories
from fewrec.data.ids import IdMap
from fewrec.data.people import People
from fewrec.errors import BadValue


@dataclass(frozen=True)
class Shots:
    """N labelled rows. Row n: what a person had liked and disliked, an item, and their answer.

    The same type holds rows to learn from and rows to judge by; a fitted model looks at
    ``people`` and ``item`` alone. Two rows of one person are two people here: no row may learn
    from another one.

    Attributes:
        people: What was known before each row (B = N); may be nothing at all.
        item: Row of the item asked about. Shape [N].
        label: The answer, from 0 (not liked) to 1 (liked). Shape [N].
    """

    people: Histories
    item: Ints
    label: Floats

    def __post_init__(self) -> None:
        if not len(self.people) == len(self.item) == len(self.label):
            raise ValueError("Shots: people, items and labels differ in number")
        outside = ~((self.label >= 0) & (self.label <= 1))  # NaN is outside, too
        if outside.any():
            row = int(np.flatnonzero(outside)[0])
            raise BadValue(
                f"the label of row {row + 1} does not lie between 0 and 1",
                value=float(self.label[row]),
                fix="Give likes as 1 and dislikes as 0, or ratings scaled to [0, 1].",
            )

    @classmethod
    def of(cls, interactions: Interactions, rows: Ints, people: People | None = None) -> Shots:
        """Rows of a table as shots: each with what its person did strictly before it.

        Args:
            interactions: The table. Rows without a time have no order: nothing came before them,
                and they came before every row that has one.
            rows: Numbers of the rows to take. Shape [N].
            people: What is known of the users; nothing where None.

        Returns:
            N shots in the order of ``rows``. A person's earlier rows on the very item asked about
            are left out of the history, because they hold the answer.
        """
        user, item = interactions.user[rows], interactions.item[rows]
        start, source = interactions.rows_of(user)
        owner = np.repeat(np.arange(len(rows)), np.diff(start))
        time = np.nan_to_num(interactions.timestamp, nan=-np.inf)
        before = time[source] < time[rows][owner]
        before &= interactions.item[source] != item[owner]
        told = interactions.histories(user)
        if people is not None:
            told = told.knowing(
                [people.attributes[u] for u in user], [people.profile[u] for u in user]
            )
        return cls(told.rows(before), item, interactions.label[rows])

    def __len__(self) -> int:
        return len(self.item)

    def take(self, rows: Ints | Bools) -> Shots:
        """The chosen rows, in the given order. ``rows``: numbers [M] or a mask [N]."""
        chosen: Ints = np.arange(len(self))[rows]
        return Shots(self.people.take(chosen), self.item[chosen], self.label[chosen])

    def labelled(self, label: Floats) -> Shots:
        """The same rows with other labels. ``label``: shape [N]."""
        return replace(self, label=np.asarray(label, dtype=np.float32))

    def echoed(self) -> tuple[Shots, Bools]:
        """Every row of every history as a question of its own, after the shots themselves.

        A row of a history is asked about; the rest of the history and the answer are what is
        known. Labels of the question never stand among what is known of it.

        Returns:
            N + H shots, the N own ones first, and which of them are echoes. Shape [N + H].
        """
        people, counts = self.people, self.people.count
        owner = people.person
        size = counts[owner]  # rows known of each echo: the history without one, and the answer
        start = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
        place = np.arange(int(start[-1])) - np.repeat(start[:-1], size)
        source = np.repeat(people.start[owner], size) + place
        asked = np.repeat(np.arange(len(people.item)), size)
        answer = source == asked  # the place of the row asked about is taken by the answer
        shot = np.repeat(owner, size)
        known = Histories(
            start=start,
            item=np.where(answer, self.item[shot], people.item[source]),
            label=np.where(answer, self.label[shot], people.label[source]).astype(np.float32),
            weight=people.weight[source],
            attributes=tuple(people.attributes[n] for n in owner),
            profile=tuple(people.profile[n] for n in owner),
        )
        whole = Shots(
            joined(people, known),
            np.concatenate([self.item, people.item]),
            np.concatenate([self.label, people.label]).astype(np.float32),
        )
        return whole, np.repeat([False, True], [len(self), len(people.item)])

    def rows(self, items: IdMap) -> Interactions:
        """The labelled rows of histories and answers, as if every shot were a person.

        Args:
            items: Ids of all I items.
        """
        user = np.concatenate([self.people.person, np.arange(len(self))])
        size = len(user)
        return Interactions(
            users=IdMap(tuple(f"shot-{n + 1}" for n in range(len(self)))),
            items=items,
            user=user,
            item=np.concatenate([self.people.item, self.item]),
            label=np.concatenate([self.people.label, self.label]).astype(np.float32),
            weight=np.concatenate([self.people.weight, np.ones(len(self), dtype=np.float32)]),
            value=np.full(size, np.nan, dtype=np.float32),
            timestamp=np.full(size, np.nan),
            has_negatives=True,
        )


def joined(one: Histories, other: Histories) -> Histories:
    """The people of both, one after the other."""
    return Histories(
        start=np.concatenate([one.start, other.start[1:] + one.start[-1]]),
        item=np.concatenate([one.item, other.item]),
        label=np.concatenate([one.label, other.label]),
        weight=np.concatenate([one.weight, other.weight]),
        attributes=(*one.attributes, *other.attributes),
        profile=(*one.profile, *other.profile),
    )
