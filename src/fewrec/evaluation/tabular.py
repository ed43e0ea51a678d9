"""The Python interface of the evaluation: data frames in, tables of results out."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from fewrec.data.frames import Kind, kind_of, returned
from fewrec.data.sources import dataset_from_tables
from fewrec.evaluation.evaluate import evaluate as evaluate_bench
from fewrec.evaluation.opening import open_bench
from fewrec.evaluation.protocols import ABOUT, SEEDED
from fewrec.recommender.tabular import Frame, as_tables

CELL = ("n", "k", "shots", "segment", "diversity")
"""Columns that say which cell a row belongs to."""


@dataclass(frozen=True, repr=False)
class Evaluation:
    """How good every ranker is on what was held out.

    Attributes:
        rows: A row of the JSON contract for each ranker, cell and metric.
        comparisons: ``hybrid`` against the best single ranker and every trivial baseline.
        alarms: What should make a reader doubt the table.
        notes: What was held out, in words.
        frames: Which frames to answer with.
    """

    rows: list[dict[str, Any]]
    comparisons: list[dict[str, Any]]
    alarms: list[str]
    notes: list[str]
    frames: Kind = "polars"

    @property
    def table(self) -> Frame:
        """``ranker``, the keys of the cell, ``metric``, ``mean``, ``low``, ``high``, ``users``."""
        return returned(self._frame(), self.frames)

    def best(self, metric: str = "ndcg@10") -> Frame:
        """Rankers by cells for one metric, the best of the first cell at the top.

        Args:
            metric: Its name, such as ``ndcg@10``, ``auc``, ``coverage``.

        Returns:
            A frame with ``ranker`` and one column a cell.
        """
        return returned(self._pivot(metric), self.frames)

    def _frame(self) -> pl.DataFrame:
        kept = ("ranker", *CELL, "metric", "mean", "low", "high", "users")
        columns = {name: [row.get(name) for row in self.rows] for name in kept}
        frame = pl.DataFrame(columns, strict=False)
        return frame.select(n for n in kept if frame[n].null_count() < frame.height)

    def _pivot(self, metric: str) -> pl.DataFrame:
        rows = self._frame().filter(pl.col("metric") == metric)
        if "diversity" in rows.columns:
            rows = rows.filter(pl.col("diversity").is_null())
        keys = [name for name in CELL if name in rows.columns and rows[name].n_unique() > 1]
        cell = pl.concat_str([pl.format(f"{key} = {{}}", key) for key in keys], separator=", ")
        rows = rows.with_columns(cell=cell if keys else pl.lit(metric))
        wide = rows.pivot("cell", index="ranker", values="mean", aggregate_function="first")
        return wide.sort(wide.columns[1], descending=True, nulls_last=True)

    def __repr__(self) -> str:
        with pl.Config(tbl_rows=30, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True):
            shown = str(self._pivot(self._headline()))
        return "\n".join([*self.notes, shown, *(f"note: {alarm}" for alarm in self.alarms)])

    def _repr_html_(self) -> str:
        said = "".join(f"<li>{html.escape(alarm)}</li>" for alarm in self.alarms)
        notes = "<br>".join(html.escape(note) for note in self.notes)
        wide = self._pivot(self._headline())
        head = "".join(f"<th>{html.escape(name)}</th>" for name in wide.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{_shown(cell)}</td>" for cell in row) + "</tr>"
            for row in wide.iter_rows()
        )
        return f"<p>{notes}</p><table><tr>{head}</tr>{body}</table><ul>{said}</ul>"

    def _headline(self) -> str:
        metrics = [row["metric"] for row in self.rows]
        return "ndcg@10" if "ndcg@10" in metrics or not metrics else str(metrics[0])


def _shown(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:.3f}"
    return "" if cell is None else html.escape(str(cell))


def evaluate(
    interactions: Frame,
    items: Frame | None = None,
    users: Frame | None = None,
    graph: Frame | None = None,
    links: Frame | None = None,
    *,
    protocol: str = "time",
    seeds: Sequence[int] | int | None = None,
    like: str | None = None,
    name: str = "data",
) -> Evaluation:
    """Hold something out, fit every ranker on the rest, and say how good each one is.

    Args:
        interactions: Columns ``user``, ``item``; optionally ``value``, ``event``, ``timestamp``.
        items: Column ``item`` and any others.
        users: Column ``user`` and any others.
        graph: Columns ``head``, ``relation``, ``tail``.
        links: Columns ``item``, ``entity``.
        protocol: What is held out: time, user-time, random, new-users, new-items, few-shot.
        seeds: The seeds, or how many; 3 where None, and 1 where the split needs no draw.
        like: The liked rule; chosen from the columns where None.
        name: What to call the data.

    Returns:
        Tables and alarms, also in a notebook.

    Raises:
        DataError: A table, row, column or cell is at fault, or nothing can be held out.
        ConfigError: The protocol is unknown.
    """
    given = (interactions, items, users, graph, links)
    dataset = dataset_from_tables(*as_tables(*given), like=like, name=name)
    if seeds is None:
        seeds = 3 if protocol in SEEDED else 1
    drawn = list(range(seeds)) if isinstance(seeds, int) else list(seeds)
    found = evaluate_bench(open_bench(dataset), protocol, drawn)
    return Evaluation(
        rows=[dict(row) for row in found.rows],
        comparisons=[dict(row) for row in found.comparisons],
        alarms=found.alarms,
        notes=[ABOUT[protocol], *found.notes],
        frames=kind_of(*given),
    )
