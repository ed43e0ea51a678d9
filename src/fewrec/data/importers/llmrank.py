"""LLMRank's Amazon data: what people bought one after the other, and the titles."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from fewrec.data.importers.plain import read_plain
from fewrec.data.importers.report import ImportReport
from fewrec.data.writing import write_folder
from fewrec.errors import BadValue, EmptyData, MissingColumn

_USER, _LIST, _LAST = "user_id:token", "item_id_list:token_seq", "item_id:token"
_ITEM, _TITLE = "item_id:token", "title:token_seq"


def import_llmrank(source: Path, target: Path) -> ImportReport:
    """Turn sequences (``*.test.inter``) and titles (``*.item``) into a data folder.

    Each line of the sequences is a person: what they met in order, and what came last. The
    timestamp of a row is its place in the person's sequence, from 1. Every row is a like. The
    validation file holds the same sequences without their ends; it is only compared.

    Args:
        source: The folder, with one file ``*.test.inter``.
        target: The data folder to write; must not hold anything.

    Returns:
        What was written, with notes of everything that does not fit.

    Raises:
        EmptyData: There are no sequences.
        BadValue: A file is damaged, or there are several files of sequences.
        MissingColumn: A file has other columns.
    """
    sequences = _one(source, "*.test.inter")
    people = _columns(sequences, (_USER, _LIST, _LAST))
    rows, notes = _in_order(people), ["The timestamp is the place in a person's sequence, no time."]
    notes += _prefixes(sequences, people)
    tables = {"interactions": rows}
    settings: dict[str, object] = {"like": "every row is a like"}
    titles = _titles_of(sequences)
    if titles is None:
        notes.append("There is no *.item, so items have ids only.")
    else:
        items = _columns(titles, (_ITEM, _TITLE))
        tables["items"] = items.select(pl.col(_ITEM).alias("item"), pl.col(_TITLE).alias("title"))
        settings["items"] = {"title": "title"}
        notes += _untitled(rows, tables["items"], titles)
    notes.append("Lists of candidates are not read.")
    written = write_folder(target, tables, settings=settings)
    return ImportReport(target, "LLMRank sequences", written, tuple(notes))


def _one(source: Path, pattern: str) -> Path:
    found = sorted(source.glob(pattern))
    if not found:
        raise EmptyData(
            f"there is no {pattern}",
            file=source,
            fix="Give LLMRank's folder of one data set, such as Games.",
        )
    if len(found) > 1:
        raise BadValue(
            f"there are {len(found)} files {pattern}",
            file=source,
            value=", ".join(file.name for file in found),
            fix="Leave one of them in the folder.",
        )
    return found[0]


def _columns(file: Path, names: tuple[str, ...]) -> pl.DataFrame:
    frame = read_plain(file, "\t")
    for name in names:
        if name not in frame.columns:
            raise MissingColumn(
                f"the header has {', '.join(frame.columns)}",
                file=file,
                column=name,
                fix="Give the files as LLMRank publishes them.",
            )
        gap = frame[name].is_null().arg_true()
        if len(gap) and name != _LIST:
            raise BadValue(
                "the cell is empty", file=file, line=int(gap[0]) + 2, column=name, fix="Fill it."
            )
    return frame.select(names)


def _in_order(people: pl.DataFrame) -> pl.DataFrame:
    """One row for each thing met, with its place."""
    whole = people.select(
        pl.col(_USER).alias("user"),
        pl.concat_str(_LIST, _LAST, separator=" ", ignore_nulls=True).str.split(" ").alias("item"),
    )
    whole = whole.with_columns(pl.col("item").list.eval(pl.element().filter(pl.element() != "")))
    places = pl.int_ranges(1, pl.col("item").list.len() + 1).alias("timestamp")
    return whole.with_columns(places).explode("item", "timestamp")


def _prefixes(sequences: Path, people: pl.DataFrame) -> list[str]:
    """A note where the validation file is there and says something else."""
    other = sequences.with_name(sequences.name.replace(".test.", ".valid."))
    if not other.is_file():
        return []
    valid = _columns(other, (_USER, _LIST, _LAST)).select(
        _USER, pl.concat_str(_LIST, _LAST, separator=" ", ignore_nulls=True).alias("told")
    )
    both = valid.join(people, on=_USER, how="left")
    odd = both.filter(~pl.col("told").eq_missing(pl.col(_LIST))).height
    if not odd:
        return [f"{other.name} holds the same sequences without their ends."]
    return [f"{odd:,} lines of {other.name} say something else and are not used."]


def _titles_of(sequences: Path) -> Path | None:
    """The titles of a file of sequences: the same name, with or without what follows a dash."""
    name = sequences.name.removesuffix(".test.inter")
    for stem in (name, name.partition("-")[0]):
        if (sequences.parent / f"{stem}.item").is_file():
            return sequences.parent / f"{stem}.item"
    return None


def _untitled(rows: pl.DataFrame, items: pl.DataFrame, file: Path) -> list[str]:
    missing = rows.join(items, on="item", how="anti")["item"].n_unique()
    return [f"{missing:,} items of the sequences are not in {file.name}."] if missing else []
