"""Cells as text turned into what their column holds: numbers, years, lists, vectors."""

from __future__ import annotations

import json

import polars as pl

_NEVER = "\x00"
"""Stands in no cell: splitting at it makes each text a list of its own."""


def to_numbers(cells: pl.Series) -> pl.Series:
    """Cells as numbers; null where a cell is none, or not finite. Float64, shape [R]."""
    if cells.dtype == pl.String:
        cells = cells.str.strip_chars()
    numbers = cells.cast(pl.Float64, strict=False)
    return numbers.set(~numbers.is_finite().fill_null(False), None)


def to_years(cells: pl.Series) -> pl.Series:
    """The year of numbers, dates, or texts that hold four digits. Float64, shape [R]."""
    if cells.dtype.is_temporal():
        return cells.dt.year().cast(pl.Float64)
    if cells.dtype != pl.String:
        return to_numbers(cells)
    found = cells.str.extract(r"(?:^|\D)(\d{4})(?:\D|$)")
    return found.cast(pl.Float64, strict=False)


def to_lists(cells: pl.Series, separator: str) -> pl.Series:
    """Lists of stripped, non-empty, different texts."""
    if cells.dtype == pl.String and separator == "json":
        parts = pl.Series(cells.name, [_words(c) for c in cells], dtype=pl.List(pl.String))
    elif cells.dtype == pl.String:
        parts = cells.str.split(separator or _NEVER)
    elif cells.dtype.is_nested():
        parts = cells.cast(pl.List(pl.String))
    else:
        parts = cells.cast(pl.String).str.split(_NEVER)
    clean = pl.element().str.strip_chars()
    return parts.list.eval(clean.filter(clean != "")).list.unique(maintain_order=True)


def _words(cell: str | None) -> list[str] | None:
    if cell is None:
        return None
    try:
        return [str(word) for word in json.loads(cell)]
    except json.JSONDecodeError:
        return [part.strip().strip("'\"") for part in cell.strip().strip("[]").split(",")]


def to_vectors(cells: pl.Series) -> pl.Series:
    """Lists of numbers, from JSON where cells are text. List(Float64), shape [R]."""
    if cells.dtype == pl.String:
        return cells.str.json_decode(pl.List(pl.Float64))
    return cells.cast(pl.List(pl.Float64))


def as_kind(cells: pl.Series, kind: pl.DataType) -> pl.Series:
    """Cells as the kind a column has already; null where one cannot be read so.

    Lists become texts with commas between the parts, anything else a list of one.
    """
    nested = kind.is_nested()
    if cells.dtype.is_nested() and not nested:
        cells = cells.cast(pl.List(pl.String)).list.join(", ")
    elif nested and not cells.dtype.is_nested():
        single = cells.cast(pl.String).to_frame().select(pl.concat_list(cells.name)).to_series()
        cells = single.set(cells.is_null(), None)
    return cells.cast(kind, strict=False)
