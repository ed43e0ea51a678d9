"""Columns from another catalogue, joined to items by their titles."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from fewrec.data.faults import Inspector
from fewrec.data.readers import SUFFIXES, read_table
from fewrec.data.title_match import match_titles
from fewrec.errors import BadValue, EmptyData, MissingColumn


def described(items: pl.DataFrame, catalogue: Path) -> tuple[pl.DataFrame, int]:
    """Items with the columns of a catalogue beside their own.

    Args:
        items: Columns ``item``, ``title`` and any more, which stay as they are.
        catalogue: A .csv, .parquet or .jsonl table, or .json holding a list of objects, with a
            column ``title``; a column ``year`` tells namesakes apart.

    Returns:
        The items in their order, cells empty where the catalogue does not know the title; and
        how many it knows.

    Raises:
        EmptyData: There is no such file.
        BadValue: The file cannot be read.
        MissingColumn: It has no column ``title``.
    """
    table = _read(catalogue)
    if "title" not in table.columns:
        raise MissingColumn(
            "the catalogue has no column of titles",
            file=catalogue,
            column="title",
            fix="Name its column of titles `title`.",
        )
    titles = table["title"].cast(pl.String).fill_null("").to_list()
    years = _years(table["year"]) if "year" in table.columns else None
    rows = match_titles(items["title"].to_list(), titles, years)
    known = rows >= 0
    place = pl.Series(rows).set(pl.Series(~known), None)
    more = table.drop(name for name in table.columns if name in items.columns)
    found = pl.DataFrame([more[name].gather(place) for name in more.columns])
    return pl.concat([items, found], how="horizontal"), int(known.sum())


def _years(column: pl.Series) -> list[str | None]:
    """Years as they stand in titles: 1995, where a column with gaps says 1995.0."""
    return column.cast(pl.String).str.replace(r"\.0+$", "").to_list()


def _read(file: Path) -> pl.DataFrame:
    if not file.is_file():
        raise EmptyData("there is no such file", file=file, fix="Name the catalogue's file.")
    if file.suffix in SUFFIXES:
        return read_table(file, "catalogue", Inspector()).frame
    try:
        return pl.read_json(file, infer_schema_length=None)
    except pl.exceptions.PolarsError as fault:
        raise BadValue(
            f"this is neither a table nor a JSON list of objects ({fault})",
            file=file,
            fix=f"Give {', '.join(SUFFIXES)} or .json.",
        ) from fault
