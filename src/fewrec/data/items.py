"""The items table to a catalogue: typed columns, one row an item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl

from fewrec.data.catalog import Catalog, ColumnKind
from fewrec.data.cells import to_lists, to_numbers, to_vectors, to_years
from fewrec.data.columns import DATES, Column, infer_columns
from fewrec.data.faults import Inspector, identified
from fewrec.data.ids import IdMap
from fewrec.data.tables import Table, count
from fewrec.data.times import read_times
from fewrec.errors import ConfigError, nearest


def read_items(
    table: Table,
    inspector: Inspector,
    kinds: Mapping[str, ColumnKind] | None = None,
    alike: Mapping[str, ColumnKind] | None = None,
) -> tuple[Catalog, tuple[str, ...]]:
    """Read the items table.

    Args:
        table: Its rows, under standard names.
        inspector: What to do with rows without an id, or with an id that came before.
        kinds: Kinds of columns, where somebody stated them.
        alike: Kinds that columns of these names had in an earlier table.

    Returns:
        The catalogue, and what was decided, sentence by sentence.

    Raises:
        MissingColumn: There is no column ``item``.
        ConfigError: A kind is stated for a column that is not there.
        BadValue: An id is missing or stands twice, or a cell does not fit the stated kind.
    """
    table.require("item")
    stated = dict(kinds or {})
    for name in stated:
        if name not in table.frame.columns or name == "item":
            known = [c for c in table.frame.columns if c != "item"]
            raise ConfigError(
                f"[items] states a kind for the column {name!r}, which {table.file} does not "
                f"have. {nearest(name, known, 'columns')}"
            )
    table, notes = _unique(identified(table, "item", inspector), inspector)
    earlier = {n: k for n, k in (alike or {}).items() if n in table.frame.columns and n != "item"}
    columns = infer_columns(table.frame.drop("item"), {**earlier, **stated})
    table = _checked(table, columns, stated, inspector)
    ids = IdMap(tuple(table.frame["item"]))
    typed = [_typed(table.frame[name], column) for name, column in columns.items()]
    cells = pl.DataFrame(typed) if typed else pl.DataFrame(height=len(ids))
    catalog = Catalog(ids, cells, {n: c.kind for n, c in columns.items()})
    return catalog, (*notes, *_lost(table.frame, catalog), *_decided(columns))


def _unique(table: Table, inspector: Inspector) -> tuple[Table, list[str]]:
    """One row an item: repeated rows are kept once, rows that differ are a fault."""
    notes: list[str] = []
    again = table.repeated()
    if again.any():
        repeat = "repeats" if again.sum() == 1 else "repeat"
        rows = count(int(again.sum()), "row")
        left = "is" if again.sum() == 1 else "are"
        notes.append(f"items: {rows} {repeat} an earlier one exactly and {left} left out.")
        table = table.where(~again)
    ids = table.frame["item"]
    bad = ~ids.is_last_distinct().to_numpy() if inspector.collect else ~_first(ids)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        same = np.flatnonzero((ids == ids[row]).to_numpy())
        lines = " and ".join(str(table.lines[n]) for n in same)
        fix = f"{ids[row]!r} stands in lines {lines}: keep one, `--skip-bad` keeps the last."
        table = inspector.reject(table, bad, "item", "the item stands there twice", fix)
    return table, notes


def _first(ids: pl.Series) -> np.ndarray:
    return np.asarray(ids.is_first_distinct().to_numpy(), dtype=bool)


def _checked(
    table: Table,
    columns: Mapping[str, Column],
    stated: Mapping[str, ColumnKind],
    inspector: Inspector,
) -> Table:
    """Refuse rows whose cells do not fit what somebody stated, or that have an unclear date."""
    for name in columns:
        if name in DATES:
            table = read_times(table, name, inspector)
        elif stated.get(name) in ("number", "year") and table.frame[name].dtype == pl.String:
            typed = _typed(table.frame[name], columns[name])
            given = table.frame[name].fill_null("").str.strip_chars() != ""
            bad = (given & typed.is_null()).to_numpy()
            fix = f'Correct it, leave it empty, or state `{name} = "category"` in [items].'
            table = inspector.reject(table, bad, name, f"this is not a {stated[name]}", fix)
    return table


def _typed(cells: pl.Series, column: Column) -> pl.Series:
    """A column in the type of its kind; null where there is nothing."""
    if column.kind == "number":
        return to_numbers(cells)
    if column.kind == "year":
        return to_years(cells)
    if column.kind in ("list", "person"):
        return to_lists(cells, column.separator)
    if column.kind == "vector":
        return to_vectors(cells)
    if cells.dtype.is_nested() or cells.dtype.is_numeric() or cells.dtype == pl.Binary:
        return cells
    text = cells.cast(pl.String)
    return text.set(text.fill_null("").str.strip_chars() == "", None)


def _lost(frame: pl.DataFrame, catalog: Catalog) -> Iterable[str]:
    """Cells of number columns that are no numbers: missing from here on, and said so."""
    for name in catalog.of_kind("number", "year"):
        cells = frame[name]
        given = cells.is_not_null()
        if cells.dtype == pl.String:
            given &= cells.fill_null("").str.strip_chars() != ""
        lost = cells.filter(given & catalog.table[name].is_null())
        if len(lost):
            verbs = ("is", "counts") if len(lost) == 1 else ("are", "count")
            shown = ", ".join(repr(cell) for cell in lost.unique(maintain_order=True)[:3])
            yield (
                f"items: {count(len(lost), 'cell')} of column {name!r} {verbs[0]} no "
                f"{catalog.kinds[name]} and {verbs[1]} as missing ({shown})."
            )


def _decided(columns: Mapping[str, Column]) -> Iterable[str]:
    for name, column in columns.items():
        if column.kind == "skip" and name not in DATES:
            yield f"items: column {name!r} is not used ({column.why})."
    if columns:
        kinds = ", ".join(f"{n} {c.kind}" for n, c in columns.items() if c.kind != "skip")
        yield f"items: columns are read as {kinds or 'nothing'}."
