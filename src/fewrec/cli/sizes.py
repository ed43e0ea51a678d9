"""Benchmarks that run at several sizes: how sizes are given, and the table of what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from fewrec.errors import ConfigError


def whole_sizes(words: str, what: str, least: int) -> list[int]:
    """Sizes from text such as "1000,10000".

    Args:
        words: Whole numbers, separated by commas.
        what: What they count, for the message.
        least: The smallest that makes sense.

    Raises:
        ConfigError: A part is no whole number, or below ``least``.
    """
    try:
        sizes = [int(word) for word in words.split(",")]
    except ValueError as error:
        raise ConfigError(
            f"--sizes: {words!r} are no whole numbers with commas. Write for example 1000,10000."
        ) from error
    if min(sizes) < least:
        raise ConfigError(f"--sizes: at least {least:,} {what}, not {min(sizes):,}.")
    return sizes


def size_table(title: str, what: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    """One line a size and measure.

    Args:
        title: Of the table.
        what: What sizes count.
        rows: With ``n``, ``metric`` and ``mean``.
    """
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column(what, justify="right")
    table.add_column("measure")
    table.add_column("mean", justify="right")
    for row in rows:
        table.add_row(f"{row['n']:,}", row["metric"], f"{row['mean']:,.3f}")
    return table
