"""Results in the terminal: rankers by metrics, and who is ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

Row = Mapping[str, Any]

LIST_METRICS = ("ndcg@10", "recall@20", "coverage", "overlap", "gini", "ild", "novelty")
PAIR_METRICS = ("auc", "uauc", "logloss", "ece")
_CELL = ("n", "k", "shots", "segment")


def metric_tables(rows: Sequence[Row], metrics: Sequence[str]) -> list[Table]:
    """One table a cell, best ranker first, ``hybrid`` set off.

    Args:
        rows: Rows of the JSON contract.
        metrics: Columns, the first of which gives the order.
    """
    cells: dict[tuple[Any, ...], dict[str, dict[str, Row]]] = {}
    for row in rows:
        if row["metric"] in metrics and "ranker" in row and "diversity" not in row:
            cell = tuple(row.get(key) for key in _CELL)
            cells.setdefault(cell, {}).setdefault(row["ranker"], {})[row["metric"]] = row
    return [_table(cell, rankers, metrics) for cell, rankers in cells.items()]


def comparison_lines(comparisons: Sequence[Row], metric: str = "ndcg@10") -> list[Text]:
    """Sentences "hybrid - popularity: +.031 [.021, .040] ahead", one a comparison."""
    words = {"a": ("ahead", "green"), "b": ("behind", "red"), "tie": ("level", "default")}
    lines = []
    for row in comparisons:
        if row["metric"] != metric or row["difference"] is None or row["low"] is None:
            continue
        said, colour = words[row["verdict"]]
        where = _cell_words(tuple(row.get(key) for key in _CELL))
        lines.append(
            Text.assemble(
                f"{row['a']} - {row['b']}{f' ({where})' if where else ''}: {metric} "
                f"{row['difference']:+.3f} [{row['low']:+.3f}, {row['high']:+.3f}] ",
                (said, colour),
            )
        )
    return lines


def _table(
    cell: tuple[Any, ...], rankers: Mapping[str, Mapping[str, Row]], metrics: Sequence[str]
) -> Table:
    people = max(row["users"] for found in rankers.values() for row in found.values())
    title = ", ".join(part for part in (_cell_words(cell), f"{people:,} people") if part)
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("ranker")
    for metric in metrics:
        table.add_column(metric, justify="right")
    for ranker, found in sorted(rankers.items(), key=lambda pair: -_level(pair[1], metrics[0])):
        style = "bold cyan" if ranker == "hybrid" else ""
        table.add_row(ranker, *(_number(found.get(metric)) for metric in metrics), style=style)
    return table


def _cell_words(cell: tuple[Any, ...]) -> str:
    pairs = zip(_CELL, cell, strict=True)
    return ", ".join(
        str(v).replace("_", " ") if key == "segment" else f"{key} = {v}"
        for key, v in pairs
        if v is not None
    )


def _level(found: Mapping[str, Row], metric: str) -> float:
    row = found.get(metric)
    return -1.0 if row is None or row["mean"] is None else float(row["mean"])


def _number(row: Row | None) -> str:
    return "-" if row is None or row["mean"] is None else f"{row['mean']:.3f}"
