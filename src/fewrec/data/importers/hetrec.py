"""HetRec 2011's Last.fm: artists, play counts, tags people gave, and who is whose friend."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from fewrec.data.importers.plain import read_plain
from fewrec.data.importers.report import ImportReport
from fewrec.data.writing import write_folder
from fewrec.errors import EmptyData


def import_hetrec(source: Path, target: Path) -> ImportReport:
    """Turn HetRec's Last.fm files into a data folder.

    A row is how often a person played an artist; every row is a like. Friends become triples of
    the graph. Tags become a list of each artist where ``user_taggedartists.dat`` is there.

    Args:
        source: The folder with user_artists.dat and artists.dat.
        target: The data folder to write; must not hold anything.

    Returns:
        What was written.

    Raises:
        EmptyData: There is no user_artists.dat.
        BadValue: A file is damaged.
    """
    plays = source / "user_artists.dat"
    if not plays.is_file():
        raise EmptyData(
            "there is no user_artists.dat",
            file=source,
            fix="Give the folder of the unpacked HetRec 2011 Last.fm download.",
        )
    rows = _renamed(plays, {"userID": "user", "artistID": "item", "weight": "value"})
    tables, notes = {"interactions": rows}, ["Every row is a like; its value is a play count."]
    if (source / "artists.dat").is_file():
        tables["items"] = _artists(source)
    if (source / "user_friends.dat").is_file():
        tables["graph"] = _friends(source / "user_friends.dat")
        notes.append("Friends stand in the graph with the prefix `user:`.")
    if not (source / "user_taggedartists.dat").is_file():
        notes.append("There is no user_taggedartists.dat, so artists have no tags.")
    kinds = {"title": "title", "tags": "list"}
    settings = {"like": "every row is a like"}
    if "items" in tables:
        held = {name: kinds[name] for name in tables["items"].columns if name in kinds}
        written = write_folder(target, tables, settings={**settings, "items": held})
    else:
        written = write_folder(target, tables, settings=settings)
    return ImportReport(target, "HetRec 2011 Last.fm", written, tuple(notes))


def _renamed(path: Path, names: dict[str, str]) -> pl.DataFrame:
    return read_plain(path, "\t").select(pl.col(old).alias(new) for old, new in names.items())


def _friends(path: Path) -> pl.DataFrame:
    """Ids of people are numbers, like those of artists: a prefix tells them apart."""
    pairs = read_plain(path, "\t")
    return pairs.select(
        ("user:" + pl.col("userID")).alias("head"),
        pl.lit("friend").alias("relation"),
        ("user:" + pl.col("friendID")).alias("tail"),
    )


def _artists(source: Path) -> pl.DataFrame:
    artists = _renamed(source / "artists.dat", {"id": "item", "name": "title"})
    given = source / "user_taggedartists.dat"
    if not given.is_file() or not (source / "tags.dat").is_file():
        return artists
    names = _renamed(source / "tags.dat", {"tagID": "tag", "tagValue": "name"})
    tagged = _renamed(given, {"artistID": "item", "tagID": "tag"}).join(names, on="tag")
    counted = tagged.group_by("item", "name", maintain_order=True).len()
    ordered = counted.sort("len", descending=True, maintain_order=True)
    lists = ordered.group_by("item", maintain_order=True).agg(pl.col("name").alias("tags"))
    return artists.join(lists, on="item", how="left", maintain_order="left")
