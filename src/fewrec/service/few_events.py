"""A few events as labelled rows, without the tables that many of them are read with."""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from fewrec.data.catalog import Catalog
from fewrec.data.dataset import Dataset
from fewrec.data.events import Interactions
from fewrec.data.ids import IdMap
from fewrec.data.interactions import apart
from fewrec.data.liked import LikedRule
from fewrec.data.people import People

FEW = 100
"""Up to so many events are read this way."""

SECONDS = (1e9, 1e10)
"""Between these a time certainly counts seconds since 1970."""

Told = tuple[str, str, str, float | None, float | None]
"""User, item, event, value and time."""


def few_events(rows: list[Told], rule: LikedRule, users: list[str]) -> Dataset | None:
    """Events as a data set, just as ``dataset_from_tables`` makes one of them.

    Args:
        rows: The events, in order.
        rule: The liked rule; by weights of events.
        users: People who are named whether they stand in an event or not; they come first.

    Returns:
        None where the rows are too many, or where anything about them must be looked at more
        closely.
    """
    if len(rows) > FEW or not rule.weights or not all(_plain(row, rule) for row in rows):
        return None
    if rule.target and _both(rows, rule.target):
        return None
    once = list(dict.fromkeys(rows))
    kept = [row for row in once if rule.weights[row[2]] != 0.0]
    people = IdMap.of(users, (row[0] for row in kept))
    items = IdMap.of(row[1] for row in kept)
    label = np.array([_liked(row, rule) for row in kept], dtype=np.float32)
    whole = Interactions(
        users=people,
        items=items,
        user=people.rows(row[0] for row in kept),
        item=items.rows(row[1] for row in kept),
        label=label,
        weight=np.array([abs(rule.weights[row[2]]) for row in kept], dtype=np.float32),
        value=np.array([_number(row[3]) for row in kept], dtype=np.float32),
        timestamp=np.array([_number(row[4]) for row in kept], dtype=np.float64),
        rule=rule.words,
        has_negatives=bool((label == 0).any()),
    )
    aim = np.array([rule.target in ("", row[2]) for row in kept], dtype=bool)
    interactions = whole if not rule.target else apart(whole, aim)
    catalog = Catalog(items, pl.DataFrame(height=len(items)), {})
    return Dataset("news", interactions, catalog, People.unknown(people))


def _plain(row: Told, rule: LikedRule) -> bool:
    """Whether a row says by itself what it means."""
    user, item, event, value, time = row
    if not user.strip() or not item.strip() or event not in rule.weights:
        return False
    if event == "impression" or (value is not None and not math.isfinite(value)):
        return False  # what was answered later is no dislike
    if event == "rate" and value is None:
        return False
    return time is not None and SECONDS[0] <= time < SECONDS[1]


def _both(rows: list[Told], target: str) -> bool:
    """Whether anybody took a step and came to the target on one item: then their order matters."""
    came = {row[:2] for row in rows if row[2] == target}
    return any(row[:2] in came for row in rows if row[2] != target)


def _liked(row: Told, rule: LikedRule) -> bool:
    if row[2] == "rate" and rule.value is not None:
        return bool(rule.value.holds(np.array([row[3]]))[0])
    return rule.weights[row[2]] > 0


def _number(value: float | None) -> float:
    return math.nan if value is None else value
