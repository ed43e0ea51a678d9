"""Shares, means and counts, as plain numbers and as words."""

from __future__ import annotations

import polars as pl


def share(where: pl.Series) -> float:
    """Share of true cells, in [0, 1]; missing ones are not true. 0 of nothing."""
    return float(where.fill_null(False).to_numpy().mean()) if len(where) else 0.0


def counted(number: int, thing: str = "row") -> str:
    """A number with its noun: ``1 row``, ``2,000 rows``."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def mean(numbers: pl.Series) -> float:
    """Mean of the numbers that are there; 0 of nothing."""
    known = numbers.drop_nulls()
    return float(known.to_numpy().mean()) if len(known) else 0.0
