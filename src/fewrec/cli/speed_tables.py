"""Tables of the terminal: milliseconds beside other libraries, and what they find."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fewrec.evaluation.rows import Row, select

if TYPE_CHECKING:
    from rich.console import RenderableType


def speed_tables(rows: Sequence[Row]) -> list[RenderableType]:
    """One table of times, one of the numbers that libraries find on the same lists.

    Args:
        rows: Of ``speed_peers``.
    """
    from rich.table import Table

    times = Table(title="One thread; ms of the processor", title_justify="left")
    for name in ("task", "library", "ms", "ours is so many times as fast", "on the clock"):
        times.add_column(name, justify="left" if name in ("task", "library") else "right")
    for row in select(rows, metric="cpu_ms"):
        cell = {"task": row["task"], "library": row["library"]}
        ratios = [_first(rows, metric, cell) for metric in ("times_as_fast", "times_as_fast_wall")]
        times.add_row(row["task"], row["library"], f"{row['mean']:,.3f}", *ratios)
    numbers = Table(title="Found on the same lists", title_justify="left")
    for name in ("library", "options", "metric", "value", "off ours", "off its definition"):
        numbers.add_column(name)
    for row in select(rows, task="what is found"):
        off = [f"{row[name]:.1e}" if name in row else "" for name in ("off", "off_defined")]
        value = "none" if row["mean"] is None else f"{row['mean']:.6f}"
        numbers.add_row(row["library"], row["options"], row["metric"], value, *off)
    return [times, numbers]


def _first(rows: Sequence[Row], metric: str, cell: dict[str, str]) -> str:
    found = select(rows, metric=metric, **cell)
    return f"{found[0]['mean']:.1f}" if found else ""
