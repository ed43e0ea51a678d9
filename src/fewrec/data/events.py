"""Interactions: who met which item, when, and whether they liked it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.histories import Histories
from fewrec.data.ids import IdMap


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
        )

    def likes(self) -> sparse.csr_matrix:
        """Weights of the liked rows; repeated pairs keep their largest. Shape [U, I], float32."""
        return self._matrix(self.label > 0, self.weight)

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
        order = np.lexsort((np.nan_to_num(self.timestamp, nan=-np.inf), self.user))
        bounds = np.searchsorted(self.user[order], np.arange(len(self.users) + 1))
        return order.astype(np.int64), bounds.astype(np.int64)
