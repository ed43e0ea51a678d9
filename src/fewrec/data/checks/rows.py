"""Checks of the interactions: labels that teach nothing, odd times, ids that look alike."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import polars as pl

from fewrec.data.checks.findings import Finding
from fewrec.data.dataset import Dataset
from fewrec.data.tables import Table, count

_DAY = 86400.0
_FIRST = 631152000.0  # 1990: before it, nobody kept logs of clicks


def about_interactions(
    dataset: Dataset, table: Table | None, now: float | None = None
) -> Iterator[Finding]:
    """What is doubtful about the interactions of a data set.

    Args:
        dataset: The data set.
        table: The table as read, for lines; None where there is none.
        now: Seconds since 1970.
    """
    if not len(dataset.interactions) or table is None:
        return
    yield from _labels(dataset)
    yield from _coverage(dataset)
    yield from _times(dataset, table, time.time() if now is None else now)
    for column in ("user", "item"):
        yield from _alike(table, column)


def _labels(dataset: Dataset) -> Iterator[Finding]:
    rows = dataset.interactions
    likes = int((rows.label > 0).sum())
    if likes == 0:
        yield Finding(
            "warning",
            "interactions",
            f"No row is a like under the rule `{rows.rule}`",
            fix='State another rule in fewrec.toml, such as like = "value >= 4".',
        )
    elif likes == len(rows):
        yield Finding(
            "warning" if "value" in rows.rule else "note",
            "interactions",
            f"All rows are likes under the rule `{rows.rule}`: scores rank, but are no "
            "calibrated probabilities",
            fix="Add dislikes, ratings or impressions where you have them.",
        )
    liked = np.bincount(rows.user[rows.label > 0], minlength=len(rows.users))
    met = np.bincount(rows.user, minlength=len(rows.users))
    without = int(((met > 0) & (liked == 0)).sum())
    if likes and without:
        problem = f"{count(without, 'user')} with interactions but without a like"
        yield Finding("note", "interactions", problem)


def _coverage(dataset: Dataset) -> Iterator[Finding]:
    rows = dataset.interactions
    users = len(np.unique(rows.user))
    for number, what in ((users, "user"), (len(np.unique(rows.item)), "item")):
        if number == 1:
            yield Finding(
                "warning",
                "interactions",
                f"There is one {what} only: nothing can be learned from comparing",
            )
    unmet = len(rows.items) - len(np.unique(rows.item))
    if unmet:
        yield Finding(
            "note",
            "items",
            f"{count(unmet, 'item')} of {len(rows.items):,} without interactions; text and "
            "attributes alone recommend them",
        )


def _times(dataset: Dataset, table: Table, now: float) -> Iterator[Finding]:
    times = dataset.interactions.timestamp
    known = times[np.isfinite(times)]
    if not len(known):
        return
    ahead = int((known > now + _DAY).sum())
    if ahead:
        latest = np.datetime64(int(known.max()), "s")
        yield Finding(
            "warning",
            "interactions",
            f"{count(ahead, 'timestamp')} in the future",
            file=table.file,
            column="timestamp",
            value=str(latest),
            fix="Check the unit and the clock they were taken from.",
        )
    early = int((known < _FIRST).sum())
    if early == len(known):
        yield Finding(
            "note",
            "interactions",
            "The timestamps are before 1990: they are taken as an order, not as dates",
            column="timestamp",
        )
    elif early:
        yield Finding(
            "warning",
            "interactions",
            f"{count(early, 'timestamp')} before 1990",
            file=table.file,
            column="timestamp",
            fix="Leave unknown times empty instead of 0.",
        )


def _alike(table: Table, column: str) -> Iterator[Finding]:
    """Ids that differ in case and spaces only: often one person or thing written in two ways."""
    if column not in table.frame.columns:
        return
    ids = table.frame[column].cast(pl.String, strict=False).drop_nulls().unique().to_frame("id")
    loose = pl.col("id").str.strip_chars().str.to_lowercase().alias("loose")
    groups = ids.group_by(loose).agg(pl.col("id").sort()).filter(pl.col("id").list.len() > 1)
    if groups.height:
        example = groups.sort("loose")["id"][0].to_list()
        yield Finding(
            "warning",
            "interactions",
            f"{count(groups.height, f'{column} id')} written in several ways (case, spaces); they "
            "count as different",
            file=table.file,
            column=column,
            value=", ".join(map(repr, example[:3])),
            fix="Write one id in one way.",
        )
