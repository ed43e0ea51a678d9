"""Results in the terminal: rankers by metrics, rankers by cells, and who is ahead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

Row = Mapping[str, Any]
Key = tuple[Any, ...]

LIST_METRICS = ("ndcg@10", "recall@20", "coverage", "overlap", "gini", "ild", "novelty")
PAIR_METRICS = ("auc", "uauc", "logloss", "ece")
_CELL = ("n", "k", "shots", "segment")


def result_tables(rows: Sequence[Row]) -> list[Table]:
    """Tables that fit a screen: all metrics where there is one cell, else one grid a metric.

    Args:
        rows: Rows of the JSON contract.

    Returns:
        Accuracy with variety first, then labelled pairs; grids have a column a cell.
    """
    tables: list[Table] = []
    for metrics, shown in (
        (LIST_METRICS, ("ndcg@10", "coverage")),
        (PAIR_METRICS, ("auc", "uauc", "ece")),
    ):
        here = [r for r in rows if r["metric"] in metrics and "diversity" not in r]
        cells = list(dict.fromkeys(_cell(row) for row in here))
        whole = [cell for cell in cells if not any(v is not None for v in cell)]
        for cell in whole or cells[: len(cells) == 1]:
            tables.append(_metric_table([r for r in here if _cell(r) == cell], cell, metrics))
        if len(cells) > 1:
            tables += [_grid([r for r in here if r["metric"] == m], cells, m) for m in shown]
    return [table for table in tables if table.row_count]


def segment_table(rows: Sequence[Row], title: str) -> Table:
    """NDCG@10 of every ranker, segments across."""
    wanted = [row for row in rows if row["metric"] == "ndcg@10" and row["mean"] is not None]
    segments = list(dict.fromkeys(row["segment"] for row in wanted))
    table = Table(title=f"{title}: NDCG@10", title_justify="left", title_style="bold")
    for head in ("ranker", *segments):
        table.add_column(head, justify="left" if head == "ranker" else "right")
    for ranker in dict.fromkeys(row["ranker"] for row in wanted):
        found = {row["segment"]: row["mean"] for row in wanted if row["ranker"] == ranker}
        table.add_row(ranker, *(f"{found[s]:.4f}" if s in found else "" for s in segments))
    return table


def comparison_lines(comparisons: Sequence[Row], metric: str = "ndcg@10") -> list[Text]:
    """Sentences such as "hybrid - popularity: ndcg@10 +.031 [.021, .040] ahead", one a ranker.

    Args:
        comparisons: Of the JSON contract; where a ranker was compared in many cells, only the
            count of cells won, tied and lost is told.
        metric: Which comparisons.
    """
    here = [r for r in comparisons if r["metric"] == metric and r["low"] is not None]
    whole = [r for r in here if not any(v is not None for v in _cell(r))]
    lines = [_sentence(row) for row in whole]
    if not whole:
        for a, b in dict.fromkeys((r["a"], r["b"]) for r in here):
            won = [r["verdict_holm"] for r in here if (r["a"], r["b"]) == (a, b)]
            lines.append(
                Text(
                    f"{a} - {b}: {metric} ahead in {won.count('a')} cells, level in "
                    f"{won.count('tie')}, behind in {won.count('b')}"
                )
            )
    return lines


def _sentence(row: Row) -> Text:
    said, colour = {"a": ("ahead", "green"), "b": ("behind", "red"), "tie": ("level", "default")}[
        row["verdict"]
    ]
    return Text.assemble(
        f"{row['a']} - {row['b']}: {row['metric']} {row['difference']:+.3f} "
        f"[{row['low']:+.3f}, {row['high']:+.3f}] ",
        (said, colour),
    )


def _metric_table(rows: Sequence[Row], cell: Key, metrics: Sequence[str]) -> Table:
    people = max(row["users"] for row in rows)
    table = _empty(", ".join([*_words(cell), f"{people:,} people"]), metrics)
    found = _by_ranker(rows, lambda row: row["metric"])
    for ranker in sorted(found, key=lambda name: -_level(found[name].get(metrics[0]))):
        _add(table, ranker, [found[ranker].get(metric) for metric in metrics])
    return table


def _grid(rows: Sequence[Row], cells: Sequence[Key], metric: str) -> Table:
    apart = [cell for cell in cells if any(v is not None for v in cell)]
    table = _empty(metric, [", ".join(_words(cell)) for cell in apart])
    found = _by_ranker(rows, _cell)
    for ranker in sorted(found, key=lambda name: -_level(found[name].get(apart[-1]))):
        _add(table, ranker, [found[ranker].get(cell) for cell in apart])
    return table


def _empty(title: str, columns: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("ranker", no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right")
    return table


def _add(table: Table, ranker: str, rows: Sequence[Row | None]) -> None:
    style = "bold cyan" if ranker == "hybrid" else ""
    numbers = ["-" if r is None or r["mean"] is None else f"{r['mean']:.3f}" for r in rows]
    table.add_row(ranker, *numbers, style=style)


def _by_ranker(rows: Sequence[Row], key: Callable[[Row], Any]) -> dict[str, dict[Any, Row]]:
    found: dict[str, dict[Any, Row]] = {}
    for row in rows:
        found.setdefault(row["ranker"], {})[key(row)] = row
    return found


def _cell(row: Row) -> Key:
    return tuple(row.get(key) for key in _CELL)


def _words(cell: Key) -> list[str]:
    pairs = [(k, v) for k, v in zip(_CELL, cell, strict=True) if v is not None]
    if len(pairs) > 1:
        pairs = [pair for pair in pairs if pair != ("segment", "new_users")]
    return [str(v).replace("_", " ") if k == "segment" else f"{k} = {v}" for k, v in pairs]


def _level(row: Row | None) -> float:
    return -1.0 if row is None or row["mean"] is None else float(row["mean"])
