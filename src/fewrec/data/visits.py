"""Visits: rows of one person that follow each other without a long break."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fewrec.data.arrays import Bools, Doubles, Ints
from fewrec.data.circumstances import Circumstances, time_words
from fewrec.data.events import Interactions
from fewrec.data.histories import Histories

GAP = 1800.0
"""A break of more than so many seconds ends a visit."""

LATEST = 20
"""At most so many rows of a visit are looked at, the last ones."""


def visits(rows: Interactions, gap: float = GAP) -> Ints:
    """Number of the visit of each row.

    Where the data name visits (the column ``session``), they are believed. Else a visit ends
    where the next row comes more than ``gap`` seconds later. Without times the rows of a person
    are one visit, in the order in which they stand.

    Args:
        rows: R rows.
        gap: Seconds.

    Returns:
        Numbers from 0; visits of different people differ. Shape [R].
    """
    order, _ = rows.by_user
    user, time = rows.user[order], rows.timestamp[order]
    named = np.full(len(order), -1) if rows.around is None else rows.around.visit[order]
    begins = np.ones(len(order), dtype=bool)
    with np.errstate(invalid="ignore"):
        pause = np.diff(time) > gap
    both = (named[1:] >= 0) & (named[:-1] >= 0)
    other = np.where(both, named[1:] != named[:-1], pause)
    begins[1:] = (user[1:] != user[:-1]) | other
    found = np.empty(len(order), dtype=np.int64)
    found[order] = np.cumsum(begins) - 1
    return found


def ordered(rows: Interactions) -> bool:
    """Whether the order of the rows can be known: all have a time, or their visits are named.

    Times that are nearly all the same for a person (everything bought in one second) are none.
    """
    if not rows.timed:
        return False
    order, _ = rows.by_user
    same = rows.user[order][1:] == rows.user[order][:-1]
    moved = np.diff(rows.timestamp[order])[same] > 0
    return bool(len(moved)) and float(moved.mean()) >= MOVING


MOVING = 0.2
"""Share of neighbouring rows whose times must differ for there to be an order."""


def with_visits(
    people: Histories, ongoing: Bools, context: tuple[tuple[str, ...], ...] = ()
) -> Histories:
    """Histories of whom some rows are the visit that goes on.

    Args:
        people: B people with H rows.
        ongoing: Rows of the visit. Shape [H].
        context: What is said of each person's moment; nothing where empty. B tuples.
    """
    visit = replace(people.rows(ongoing), session=None, steps=None, context=())
    return replace(people, session=visit.latest(LATEST), context=context)


def moment_words(rows: Interactions, chosen: Ints) -> tuple[tuple[str, ...], ...]:
    """Time of day, day of the week, device and surface of N rows. N tuples."""
    around = rows.around or Circumstances.unknown(len(rows))
    times: Doubles = rows.timestamp[chosen]
    return tuple(
        (*said, *around.words(int(row)))
        for row, said in zip(chosen, time_words(times), strict=True)
    )
