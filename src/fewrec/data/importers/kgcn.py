"""KGCN's Last.fm: a graph of numbered entities, which item is which, and what people played."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from fewrec.data.importers.plain import read_plain
from fewrec.data.importers.report import ImportReport
from fewrec.data.writing import write_folder
from fewrec.errors import EmptyData

NAMELESS = "_:"
"""Before numbers of entities: they tell a person nothing, and item ids are numbers too."""

_GRAPH, _ITEMS, _PLAYS = "kg.txt", "item_index2entity_id.txt", "user_artists.dat"


def import_kgcn(source: Path, target: Path) -> ImportReport:
    """Turn KGCN's files for Last.fm into a data folder.

    As published, only plays of items that have an entity count, and every one is a like. The
    negatives that KGCN draws belong to its benchmark, not to the data.

    Args:
        source: The folder with kg.txt, item_index2entity_id.txt and user_artists.dat, or the one
            around its folder ``kgcn``. An artists.dat (HetRec) in either gives titles.
        target: The data folder to write; must not hold anything.

    Returns:
        What was written.

    Raises:
        EmptyData: A file is not there.
        BadValue: A line has another number of cells.
    """
    folder = kgcn_folder(source)
    plays = read_plain(_required(folder / _PLAYS), "\t").rename(
        {"userID": "user", "artistID": "item", "weight": "value"}
    )
    links = kgcn_links(folder)
    kept = plays.join(links, on="item", how="semi", maintain_order="left")
    tables = {"interactions": kept, "graph": kgcn_triples(folder), "links": links}
    notes = [
        f"{plays.height - kept.height:,} of {plays.height:,} plays are left out, as published: "
        "their artists have no entity.",
        "Every row is a like; its value is a play count. Nothing stands in for dislikes.",
        f"Entities have numbers, not names; here they begin with `{NAMELESS}`.",
    ]
    settings: dict[str, object] = {"like": "every row is a like"}
    names = [place / "artists.dat" for place in (folder, source)]
    named = next((file for file in names if file.is_file()), None)
    if named is not None:
        artists = read_plain(named, "\t").select(item="id", title="name")
        tables["items"] = links.select("item").join(
            artists, on="item", how="left", maintain_order="left"
        )
        settings["items"] = {"title": "title"}
    rows = write_folder(target, tables, settings=settings)
    return ImportReport(target, "KGCN's Last.fm graph and plays", rows, tuple(notes))


def kgcn_folder(source: Path) -> Path:
    """The folder that holds kg.txt: the given one, or ``kgcn`` in it."""
    inside = source / "kgcn"
    return inside if not (source / _GRAPH).is_file() and inside.is_dir() else source


def kgcn_triples(folder: Path) -> pl.DataFrame:
    """The graph: columns ``head``, ``relation``, ``tail``."""
    triples = read_plain(_required(folder / _GRAPH), "\t", ("head", "relation", "tail"))
    return triples.with_columns(
        pl.format(f"{NAMELESS}{{}}", pl.col(end)).alias(end) for end in ("head", "tail")
    )


def kgcn_links(folder: Path) -> pl.DataFrame:
    """Which item is which entity: columns ``item``, ``entity``."""
    links = read_plain(_required(folder / _ITEMS), "\t", ("item", "entity"))
    return links.with_columns(pl.format(f"{NAMELESS}{{}}", pl.col("entity")).alias("entity"))


def _required(file: Path) -> Path:
    if not file.is_file():
        raise EmptyData(
            f"there is no {file.name}",
            file=file.parent,
            fix=f"Give the folder with {_GRAPH}, {_ITEMS} and {_PLAYS}.",
        )
    return file
