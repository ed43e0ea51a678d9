"""Lists and good items from the columns of tables, as the metrics take them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from fewrec.data.arrays import Ints

Column = npt.NDArray[Any]
"""Ids of any one kind: numbers or strings."""

CLOSE = 8
"""Whole numbers are close together where their span is at most so many times their number."""


@dataclass(frozen=True)
class Asked:
    """Lists and good items of the B people who have a good item.

    Attributes:
        users: Their ids, sorted. Shape [B].
        items: Ids of the I items that stand anywhere, sorted. Shape [I].
        top: Item row numbers, best first, -1 for an empty place. Shape [B, longest list].
        relevant: 1 where an item is good for a person. Shape [B, I].
    """

    users: Column
    items: Column
    top: Ints
    relevant: sparse.csr_matrix


def from_columns(
    user: Column, item: Column, rank: Ints, good_user: Column, good_item: Column
) -> Asked:
    """Turn a table of lists and one of good items into what the metrics take.

    Args:
        user: Whose list a row belongs to. Shape [R].
        item: What stands there. Shape [R].
        rank: At which place, from 1; no place twice in a list. Shape [R].
        good_user: For whom something is good. Shape [G].
        good_item: What. Shape [G].

    Returns:
        One row for each person of ``good_user``, whose list is empty where there is none; lists
        of other people are left out.

    Raises:
        ValueError: A rank is below 1, or two items stand at one place.
    """
    if len(rank) and int(rank.min()) < 1:
        raise ValueError(f"ranks begin at 1, one is {int(rank.min())}")
    people, each = _numbered(np.concatenate([good_user, user]))
    asked = np.zeros(len(people), dtype=bool)
    asked[each[: len(good_user)]] = True
    row = (np.cumsum(asked) - 1)[each]
    mine = asked[each[len(good_user) :]]
    items, place = _numbered(np.concatenate([good_item, item]))
    users = people[asked]
    top = np.full((len(users), int(rank.max(initial=1))), -1, dtype=np.int64)
    top[row[len(good_user) :][mine], rank[mine] - 1] = place[len(good_item) :][mine]
    if int((top >= 0).sum()) < int(mine.sum()):
        raise ValueError("two items stand at the same place of a list")
    relevant = sparse.csr_matrix(
        (
            np.ones(len(good_item), dtype=np.float32),
            (row[: len(good_user)], place[: len(good_item)]),
        ),
        (len(users), len(items)),
    )
    return Asked(users, items, top, relevant)


def _numbered(ids: Column) -> tuple[Column, Ints]:
    """Different ids in order, and the place of each among them, as ``np.unique`` gives them.

    Whole numbers that lie close together are counted instead of sorted.
    """
    if len(ids) and np.issubdtype(ids.dtype, np.integer):
        least = int(ids.min())
        span = int(ids.max()) - least + 1
        if span <= CLOSE * len(ids):
            there = np.zeros(span, dtype=bool)
            there[ids - least] = True
            return np.flatnonzero(there) + least, (np.cumsum(there) - 1)[ids - least]
    different, place = np.unique(ids, return_inverse=True)
    return different, place
