"""DBpedia beside a recommender's data set: a file a relation, a map of items, and splits."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import polars as pl

from fewrec.data.importers.plain import read_plain
from fewrec.data.importers.report import ImportReport
from fewrec.data.title_match import title_key
from fewrec.data.writing import write_folder
from fewrec.errors import BadValue, EmptyData

ONTOLOGY = "http://dbpedia.org/ontology/"
"""Before the name of a relation."""

_MAP = "map.txt"
_PARTS = ("train", "val", "test")
_COLUMNS = ("user", "item", "value", "timestamp")


def import_dbpedia(source: Path, target: Path) -> ImportReport:
    """Turn a DBpedia graph with published splits into a data folder.

    Items are DBpedia's entities: where several items of the source are one entity, their rows
    are one already. The part a row was published in stands in the column ``split``.

    Args:
        source: The folder with map.txt, a file for each relation, and train.dat.txt,
            val.dat.txt, test.dat.txt.
        target: The data folder to write; must not hold anything.

    Returns:
        What was written.

    Raises:
        EmptyData: There is no map.txt, no relation or no split; without splits, the graph can
            be added to a data folder that has interactions.
        BadValue: A file is damaged.
    """
    rows = _splits(source)
    items, shared = _items(dbpedia_map(source))
    tables = {"interactions": rows, "items": items, "graph": dbpedia_triples(source)}
    settings = {"like": "every row is a like", "items": {"title": "title"}}
    notes = (
        "Every row is a like; there are no times. The column `split` of the interactions says "
        "which published part a row is of.",
        f"{shared:,} items stand for several of the map, which are one entity.",
    )
    written = write_folder(target, tables, settings=settings)
    return ImportReport(target, "DBpedia graph with published splits", written, notes)


def dbpedia_triples(source: Path) -> pl.DataFrame:
    """The graph: columns ``head``, ``relation``, ``tail``; each file is a relation.

    Raises:
        EmptyData: There is no file of a relation.
        BadValue: A line is not two addresses.
    """
    files = [
        file
        for file in sorted(source.glob("*.txt"))
        if file.name != _MAP and not file.name.endswith(".dat.txt")
    ]
    if not files:
        raise EmptyData(
            "there is no file of a relation (director.txt, genre.txt, ...)",
            file=source,
            fix="Give the folder with map.txt and a .txt file for each relation.",
        )
    return pl.concat(_relation(file) for file in files)


def dbpedia_map(source: Path) -> pl.DataFrame:
    """Which item is which entity: columns ``item``, ``title``, ``entity``.

    Raises:
        EmptyData: There is no map.txt.
        BadValue: A line has not three cells.
    """
    file = source / _MAP
    if not file.is_file():
        raise EmptyData(
            f"there is no {_MAP}", file=source, fix="Give the folder that maps items to entities."
        )
    return read_plain(file, "\t", ("item", "title", "entity"))


def local_name(address: str) -> str:
    """A resource's name as words: ``http://dbpedia.org/resource/AC/DC`` is "AC/DC"."""
    return unquote(address.partition("/resource/")[2] or address).replace("_", " ")


def _relation(file: Path) -> pl.DataFrame:
    pairs = read_plain(file, " ", ("head", "tail"))
    odd = (~pairs["head"].str.contains("://")).arg_true()
    if len(odd):
        raise BadValue(
            "the line does not begin with an address",
            file=file,
            line=odd[0] + 1,
            value=pairs["head"][odd[0]],
            fix="Keep only files of relations beside map.txt: two addresses a line.",
        )
    return pairs.select("head", pl.lit(ONTOLOGY + file.stem).alias("relation"), "tail")


def _splits(source: Path) -> pl.DataFrame:
    files = {part: source / f"{part}.dat.txt" for part in _PARTS}
    found = {part: file for part, file in files.items() if file.is_file()}
    if not found:
        raise EmptyData(
            "there are no interactions (train.dat.txt, val.dat.txt, test.dat.txt)",
            file=source,
            fix="To add this graph to a data folder: fewrec graph import dbpedia SRC DIR.",
        )
    parts = [
        read_plain(file, " ", _COLUMNS).select("user", "item", pl.lit(part).alias("split"))
        for part, file in found.items()
    ]
    return pl.concat(parts)


def _items(mapped: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """An item an entity, and how many entities had several.

    Of several titles the one that reads like the entity's address is taken, else the first.
    """
    keys = pl.Series([title_key(title or "") for title in mapped["title"]])
    names = pl.Series([title_key(local_name(entity)) for entity in mapped["entity"]])
    ordered = mapped.with_columns((keys != names).alias("other")).sort("other", maintain_order=True)
    first = ordered.unique("entity", keep="first", maintain_order=True)
    titled = mapped.select(item="entity").unique(maintain_order=True)
    titled = titled.join(
        first.select("title", item="entity"), on="item", how="left", maintain_order="left"
    )
    shared = mapped.group_by("entity").len().filter(pl.col("len") > 1).height
    return titled, shared
