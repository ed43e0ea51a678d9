"""Interactions: who met which item, when, and whether they liked it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.circumstances import Circumstances
from fewrec.data.counts import ItemCounts
from fewrec.data.histories import Histories
from fewrec.data.ids import IdMap

ROWS = ("user", "item", "label", "weight", "value", "timestamp")
"""Columns with a value a row."""

FEW = 2000
"""Up to so many further rows it is quicker to carry on what is known than to work it out anew."""


@dataclass(frozen=True)
class Interactions:
    """R labelled rows over U users and I items.

    Attributes:
        users: Ids of the U users.
        items: Ids of the I items.
        user: Row in ``users`` of each interaction. Shape [R].
        item: Row in ``items`` of each interaction. Shape [R].
        label: 1 liked, 0 not liked. Shape [R].
        weight: How much the label says, above 0 (a purchase more than a view). Shape [R].
        value: The value as given (a rating, a count); NaN where there is none. Shape [R].
        timestamp: Seconds since 1970; NaN where unknown. Shape [R].
        rule: The liked rule in force, in words.
        has_negatives: False where the data hold likes only.
        around: Visit, device and surface of each row; None where no table says anything.
        steps: Rows of other events than those that are ranked for, over the same id maps; None
            where all events are of one kind.
    """

    users: IdMap
    items: IdMap
    user: Ints
    item: Ints
    label: Floats
    weight: Floats
    value: Floats
    timestamp: Doubles
    rule: str = "every row is a like"
    has_negatives: bool = False
    around: Circumstances | None = None
    steps: Interactions | None = None

    def __post_init__(self) -> None:
        columns = (self.item, self.label, self.weight, self.value, self.timestamp)
        if any(len(column) != len(self.user) for column in columns):
            raise ValueError("Interactions: the columns differ in length")

    def __len__(self) -> int:
        return len(self.user)

    @property
    def timed(self) -> bool:
        """True where every row has a timestamp."""
        return len(self) > 0 and bool(np.isfinite(self.timestamp).all())

    def where(self, rows: Bools | Ints) -> Interactions:
        """The chosen rows, with the same id maps. ``rows``: mask [R] or row numbers [N]."""
        return replace(
            self,
            user=self.user[rows],
            item=self.item[rows],
            label=self.label[rows],
            weight=self.weight[rows],
            value=self.value[rows],
            timestamp=self.timestamp[rows],
            around=None if self.around is None else self.around.where(rows),
        )

    def without_users(self, users: Ints) -> Interactions:
        """All rows and steps but those of some users. ``users``: rows in ``users``, shape [N]."""
        left = self.where(~np.isin(self.user, users))
        if self.steps is None:
            return left
        return replace(left, steps=self.steps.where(~np.isin(self.steps.user, users)))

    def likes(self) -> sparse.csr_matrix:
        """Weights of the liked rows; repeated pairs keep their largest. Shape [U, I], float32.

        Made once: whoever wants to change it works on a copy.
        """
        return self._likes

    @cached_property
    def _likes(self) -> sparse.csr_matrix:
        return self._matrix(self.label > 0, self.weight)

    @cached_property
    def likes_differ(self) -> bool:
        """Whether some likes weigh more than others; a like that is repeated is no other like."""
        liked = self.weight[self.label > 0]
        return len(liked) > 0 and bool((liked != liked[0]).any())

    @cached_property
    def counts(self) -> ItemCounts:
        """What happened to each item."""
        return ItemCounts.of(self)

    def plus(self, more: Interactions) -> Interactions:
        """These rows, then others, over the others' id maps, which begin with the ids of these.

        What was worked out of the rows is carried on where the others are few.
        """
        joined = {name: np.concatenate([getattr(self, name), getattr(more, name)]) for name in ROWS}
        negatives = self.has_negatives or more.has_negatives
        whole = Interactions(
            more.users,
            more.items,
            **joined,
            rule=self.rule,
            has_negatives=negatives,
            around=self._around(more),
            steps=self._more_steps(more),
        )
        if len(more) <= FEW:
            self._carry(whole, more)
        return whole

    def _around(self, more: Interactions) -> Circumstances | None:
        if self.around is None and more.around is None:
            return None
        mine = self.around or Circumstances.unknown(len(self))
        return mine.plus(more.around or Circumstances.unknown(len(more)))

    def _more_steps(self, more: Interactions) -> Interactions | None:
        if self.steps is None or more.steps is None:
            kept = self.steps or more.steps
            return None if kept is None else replace(kept, users=more.users, items=more.items)
        return self.steps.plus(more.steps)

    def renumbered(
        self, users: IdMap, items: IdMap, user: Ints | None = None, item: Ints | None = None
    ) -> Interactions:
        """The rows over other id maps, without those whose user or item is in them no more.

        Args:
            users: The other users.
            items: The other items.
            user: New row of each old user, -1 where there is none; as before where None. [U].
            item: The same for items. Shape [I].
        """
        people = self.user if user is None else user[self.user]
        things = self.item if item is None else item[self.item]
        kept = (people >= 0) & (things >= 0)
        steps = None
        if self.steps is not None:
            steps = self.steps.renumbered(users, items, user, item)
        left = replace(self, user=people, item=things).where(kept)
        return replace(left, users=users, items=items, steps=steps)

    def _carry(self, whole: Interactions, more: Interactions) -> None:
        """Put into ``whole`` what this object has worked out, brought up to date."""
        mine = vars(self)
        if "_likes" in mine:
            old = sparse.csr_matrix(self._likes, copy=True)
            old.resize((len(more.users), len(more.items)))
            vars(whole)["_likes"] = sparse.csr_matrix(old.maximum(more.likes()))
        if "by_user" in mine:
            vars(whole)["by_user"] = self._inserted(whole, more)
        if "counts" in mine:
            known = np.unique(more.user[more.user < len(self.users)])
            start, rows = self.rows_of(known)
            owner = np.repeat(known, np.diff(start))
            liked = self.label[rows] > 0
            pairs = zip(owner[liked].tolist(), self.item[rows][liked].tolist(), strict=True)
            vars(whole)["counts"] = self.counts.plus(more, pairs)

    def _inserted(self, whole: Interactions, more: Interactions) -> tuple[Ints, Ints]:
        """``by_user`` of all rows, from that of the old ones."""
        order, bounds = self.by_user
        ends = np.pad(bounds, (0, len(more.users) - len(self.users)), mode="edge")
        ranked = np.lexsort((_sortable(more.timestamp), more.user))
        places = []
        for n in ranked:
            user = more.user[n]
            mine = _sortable(self.timestamp[order[ends[user] : ends[user + 1]]])
            place = np.searchsorted(mine, _sortable(more.timestamp[n : n + 1])[0], side="right")
            places.append(ends[user] + int(place))
        grown = np.insert(order, places, ranked + len(self))
        new = np.bincount(more.user, minlength=len(more.users))
        return grown, ends + np.concatenate([[0], np.cumsum(new)])

    def dislikes(self) -> sparse.csr_matrix:
        """Weights of the rows not liked; repeated pairs keep their largest. Shape [U, I]."""
        return self._matrix(self.label == 0, self.weight)

    def _matrix(self, rows: Bools, data: Floats) -> sparse.csr_matrix:
        shape = (len(self.users), len(self.items))
        user, item, weight = self.user[rows], self.item[rows], data[rows]
        order = np.lexsort((weight, item, user))
        user, item, weight = user[order], item[order], weight[order]
        last = np.ones(len(user), dtype=bool)
        last[:-1] = (user[1:] != user[:-1]) | (item[1:] != item[:-1])
        return sparse.csr_matrix((weight[last], (user[last], item[last])), shape, dtype=np.float32)

    def histories(self, users: Ints | None = None) -> Histories:
        """What each of some users did, oldest first where times are known.

        Args:
            users: Rows in ``users``, shape [B]; all U users where None.

        Returns:
            Histories of these B users, in this order.
        """
        users = np.arange(len(self.users)) if users is None else np.asarray(users)
        start, rows = self.rows_of(users)
        return Histories(
            start=start,
            item=self.item[rows],
            label=self.label[rows],
            weight=self.weight[rows],
            attributes=((),) * len(users),
            profile=("",) * len(users),
            steps=None if self.steps is None else self.steps.histories(users),
        )

    def rows_of(self, users: Ints) -> tuple[Ints, Ints]:
        """Row numbers of some users, user after user, oldest first where times are known.

        Args:
            users: Rows in ``users``. Shape [B].

        Returns:
            Where each user's rows begin, shape [B + 1], and the row numbers, shape [H].
        """
        order, bounds = self.by_user
        picked = [order[bounds[u] : bounds[u + 1]] for u in users]
        rows = np.concatenate(picked) if picked else np.zeros(0, dtype=np.int64)
        start = np.concatenate([[0], np.cumsum([len(p) for p in picked])]).astype(np.int64)
        return start, rows

    @cached_property
    def by_user(self) -> tuple[Ints, Ints]:
        """All row numbers, user after user, oldest first; rows without a time come first.

        Returns:
            The row numbers, shape [R], and where each user's begin among them, shape [U + 1].
        """
        order = np.lexsort((_sortable(self.timestamp), self.user))
        bounds = np.searchsorted(self.user[order], np.arange(len(self.users) + 1))
        return order.astype(np.int64), bounds.astype(np.int64)


def _sortable(timestamp: Doubles) -> Doubles:
    """Times with unknown ones before all others."""
    return np.nan_to_num(timestamp, nan=-np.inf)
