"""FilmTrust: ratings of films in half stars, and whose judgement people trust."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from fewrec.data.friends import PREFIX
from fewrec.data.importers.plain import read_plain
from fewrec.data.importers.report import ImportReport
from fewrec.data.writing import write_folder
from fewrec.errors import EmptyData


def import_filmtrust(source: Path, target: Path) -> ImportReport:
    """Turn FilmTrust's files into a data folder.

    Films have ids only. Trust becomes triples of the graph; people who trust or are trusted but
    rated nothing stand in the users table, so that they can be asked for.

    Args:
        source: The folder with ratings.txt and, for the links, trust.txt.
        target: The data folder to write; must not hold anything.

    Returns:
        What was written.

    Raises:
        EmptyData: There is no ratings.txt.
        BadValue: A line has another number of cells.
    """
    ratings = source / "ratings.txt"
    if not ratings.is_file():
        raise EmptyData(
            "there is no ratings.txt",
            file=source,
            fix="Give the folder of the unpacked FilmTrust download.",
        )
    rows = read_plain(ratings, " ", ("user", "item", "value"))
    tables, notes = {"interactions": rows}, ["Films have ids only; there are no times."]
    again = rows.height - rows.select("user", "item").n_unique()
    if again:
        notes.append(f"{again} ratings are of a film the same person rated before; all are kept.")
    if (source / "trust.txt").is_file():
        trust = read_plain(source / "trust.txt", " ", ("truster", "trusted", "value"))
        tables["graph"] = _triples(trust)
        tables["users"], silent = _people(rows, trust)
        notes.append(f"Trust stands in the graph as `trusts`, people with the prefix `{PREFIX}`.")
        notes.append(f"{silent} people have links of trust but no rating.")
    return ImportReport(
        target, "FilmTrust ratings and trust", write_folder(target, tables), tuple(notes)
    )


def _triples(trust: pl.DataFrame) -> pl.DataFrame:
    """Ids of people are numbers, like those of films: a prefix tells them apart."""
    return trust.select(
        (PREFIX + pl.col("truster")).alias("head"),
        pl.lit("trusts").alias("relation"),
        (PREFIX + pl.col("trusted")).alias("tail"),
    )


def _people(ratings: pl.DataFrame, trust: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Everybody, and how many of them rated nothing."""
    linked = pl.concat([trust["truster"], trust["trusted"]]).alias("user")
    everybody = pl.concat([ratings["user"], linked]).unique(maintain_order=True)
    return everybody.to_frame(), len(everybody) - ratings["user"].n_unique()
