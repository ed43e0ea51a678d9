"""DKN's Bing news: who clicked which headline, and the entities it names."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from fewrec.data.importers.plain import read_plain
from fewrec.data.importers.report import ImportReport
from fewrec.data.writing import write_folder
from fewrec.errors import BadValue, EmptyData

_COLUMNS = ("user", "title", "value", "entities")
_PARTS = ("train", "test")


def import_dkn(source: Path, target: Path) -> ImportReport:
    """Turn DKN's raw files into a data folder.

    A line is a person, the words of a headline, 1 or 0 (clicked or not) and entities as
    ``id:name;id:name``. A headline is an item, its words are the id; the entities of all its
    lines become a list. Which file a row comes from stands in ``session``.

    Args:
        source: The folder with raw_train.txt, raw_test.txt or both.
        target: The data folder to write; must not hold anything.

    Returns:
        What was written.

    Raises:
        EmptyData: Neither file is there.
        BadValue: A line has other cells, an answer other than 0 and 1, or an entity without a
            name; the message names file and line.
    """
    found = [source / f"raw_{part}.txt" for part in _PARTS]
    parts = [_rows(file) for file in found if file.is_file()]
    if not parts:
        raise EmptyData(
            "there is neither raw_train.txt nor raw_test.txt",
            file=source,
            fix="Give the folder of DKN's news data.",
        )
    rows = pl.concat(parts)
    items, merged = _headlines(rows)
    interactions = rows.select("user", pl.col("title").alias("item"), "value", "session")
    settings = {"like": "value == 1", "items": {"title": "title", "entities": "list"}}
    written = write_folder(
        target, {"interactions": interactions, "items": items}, settings=settings
    )
    notes = [
        "Headlines are the ids; which file a row is from stands in `session`. There are no times."
    ]
    missing = [file.name for file in found if not file.is_file()]
    notes += [f"There is no {name}." for name in missing]
    if merged:
        notes.append(f"{merged:,} headlines name other entities in other lines: they have all.")
    repeated = len(interactions) - interactions.n_unique()
    if repeated:
        notes.append(f"{repeated:,} rows repeat another row; exact repetitions count once.")
    return ImportReport(target, "DKN news", written, tuple(notes))


def _rows(file: Path) -> pl.DataFrame:
    frame = read_plain(file, "\t", _COLUMNS)
    for name in ("user", "title"):
        _refuse(frame, file, name, frame[name].is_null(), "the cell is empty")
    odd = ~frame["value"].is_in(["0", "1"]).fill_null(value=False)
    _refuse(frame, file, "value", odd, "the answer is neither 0 nor 1")
    nameless = frame["entities"].str.contains(r"(^|;)[^:;]*:?(;|$)").fill_null(value=False)
    _refuse(frame, file, "entities", nameless, "an entity has no name")
    part = file.stem.removeprefix("raw_")
    return frame.with_columns(pl.lit(part).alias("session"))


def _refuse(frame: pl.DataFrame, file: Path, column: str, odd: pl.Series, problem: str) -> None:
    places = odd.arg_true()
    if len(places):
        raise BadValue(
            problem,
            file=file,
            line=int(places[0]) + 1,
            column=column,
            value=frame[column][int(places[0])],
            fix="Correct the line, or download the file again.",
        )


def _headlines(rows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Each headline once with its entities' names; how many have other ones in other lines."""
    told = rows.select("title", "entities").unique(maintain_order=True)
    names = (
        told.with_columns(pl.col("entities").str.split(";"))
        .explode("entities")
        .with_columns(pl.col("entities").str.replace(r"^[^:]*:", "").str.strip_chars())
        .group_by("title", maintain_order=True)
        .agg(pl.col("entities").drop_nulls().unique(maintain_order=True))
    )
    lists = pl.when(pl.col("entities").list.len() > 0).then(pl.col("entities"))
    items = names.select(pl.col("title").alias("item"), "title", lists.alias("entities"))
    return items, len(told) - len(items)
