"""People of whom it is known by now what they liked next: what a model can be judged on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewrec.data.events import Interactions
from fewrec.data.slate import Query
from fewrec.seeding import generator

LATEST = 0.2
"""Where nobody says since when, so large a share of the rows is looked back on."""

ENOUGH = 20
"""So few people say little; with fewer, rows are looked back on that the fit has seen."""


@dataclass(frozen=True)
class Hindsight:
    """Questions with their answers.

    Attributes:
        since: The time, in seconds since 1970, strictly before which everything was known.
        queries: Who asks.
        good: Ids of what each of them liked since then and had not met before.
    """

    since: float
    queries: tuple[Query, ...]
    good: tuple[frozenset[str], ...]


def latest_from(rows: Interactions, share: float = LATEST) -> float:
    """The time from which on a share of the timed rows came; NaN where no row has a time."""
    timed = np.sort(rows.timestamp[np.isfinite(rows.timestamp)])
    return float(timed[int((1 - share) * len(timed))]) if len(timed) else float("nan")


def hindsight(rows: Interactions, since: float, most: int, seed: int = 0) -> Hindsight:
    """What people liked since a time; rows without a time are older.

    Args:
        rows: All rows.
        since: Seconds since 1970.
        most: At most so many people, drawn by the seed.
        seed: Of the draw.
    """
    later = rows.timestamp >= since
    pair = rows.user * len(rows.items) + rows.item
    fresh = later & (rows.label > 0) & ~np.isin(pair, pair[~later])
    people = np.unique(rows.user[fresh])
    asked = generator(seed, "hindsight").permutation(people)[:most]
    order = np.argsort(rows.user[fresh], kind="stable")
    user, item = rows.user[fresh][order], rows.item[fresh][order]
    begin, end = np.searchsorted(user, asked), np.searchsorted(user, asked, side="right")
    names = rows.items.ids
    return Hindsight(
        since=since,
        queries=tuple(Query(user=rows.users.ids[u]) for u in asked),
        good=tuple(frozenset(names[i] for i in item[a:b]) for a, b in zip(begin, end, strict=True)),
    )
