"""Rows of the JSON contract: a cell, a metric, its mean with spread, or why there is none."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fewrec.data.arrays import Doubles

Row = dict[str, Any]

CELL_KEYS = ("task", "ranker", "data", "protocol", "n", "k", "shots", "segment", "diversity")
"""Keys that say which cell a row belongs to, in the order they are written."""


def metric_row(
    cell: Mapping[str, Any],
    metric: str,
    per_seed: Sequence[float],
    *,
    low: float = math.nan,
    high: float = math.nan,
    users: int = 0,
    reason: str = "",
) -> Row:
    """Make one row.

    Args:
        cell: The keys of the cell.
        metric: Name of the metric.
        per_seed: Its value with each seed, NaN where undefined.
        low: Lower end of the 95 % interval by user; NaN where there is none.
        high: Upper end.
        users: Different people with a value, over all seeds.
        reason: Why the metric is undefined, where it is.

    Returns:
        The cell's keys, then ``metric, mean, sd, per_seed, low, high, users``; undefined
        numbers are None, and an undefined mean has a ``reason``.
    """
    known = [float(v) for v in per_seed if not math.isnan(v)]
    row: Row = {key: cell[key] for key in CELL_KEYS if key in cell}
    row |= {key: value for key, value in cell.items() if key not in row}
    row |= {
        "metric": metric,
        "mean": float(np.mean(known)) if known else None,
        "sd": float(np.std(known, ddof=1)) if len(known) > 1 else None,
        "per_seed": [None if math.isnan(v) else float(v) for v in per_seed],
        "low": None if math.isnan(low) else low,
        "high": None if math.isnan(high) else high,
        "users": users,
    }
    if not known:
        row["reason"] = reason or "undefined on this data"
    return row


def cell_of(row: Mapping[str, Any], *without: str) -> tuple[tuple[str, Any], ...]:
    """The cell's keys of a row as something that can be compared and hashed."""
    return tuple((k, row[k]) for k in CELL_KEYS if k in row and k not in without)


def select(rows: Sequence[Row], **keys: object) -> list[Row]:
    """Rows whose keys have these values; a key that is None must be absent from the row."""
    return [row for row in rows if all(row.get(key) == value for key, value in keys.items())]


def mean_of_known(values: Doubles) -> float:
    """Mean of the values that are defined; NaN where none is."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else math.nan


def even_weights(each: Sequence[Doubles]) -> Doubles:
    """Weights under which every seed counts the same, however many values it has.

    Args:
        each: The values of each seed, NaN where undefined.

    Returns:
        One weight a value, all seeds one after the other.
    """
    return np.concatenate([np.full(len(v), 1.0 / max(int((~np.isnan(v)).sum()), 1)) for v in each])


def people_named(n: object) -> str:
    """Training users in words."""
    return "all training users" if n == "all" else f"{n} training users"


def size_order(n: object) -> float:
    """Key that sorts numbers of training users, ``all`` last and None first."""
    if n is None:
        return -1.0
    return float("inf") if n == "all" else float(str(n))
