"""From a data folder, or from data frames, to a data set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl

from fewrec.data.catalog import Catalog
from fewrec.data.dataset import Dataset, Triple
from fewrec.data.faults import Inspector, identified
from fewrec.data.fingerprint import fingerprint
from fewrec.data.friends import with_friends
from fewrec.data.ids import IdMap
from fewrec.data.interactions import no_interactions, read_events, to_interactions
from fewrec.data.items import read_items
from fewrec.data.labels import Labelled
from fewrec.data.people import People
from fewrec.data.precedent import Precedent
from fewrec.data.quarantine import set_aside
from fewrec.data.readers import SUFFIXES, find_table, read_table
from fewrec.data.settings import STANDARD, TABLES, DataSettings, read_settings
from fewrec.data.tables import Table, count
from fewrec.data.triples import read_nt
from fewrec.data.users import column_kinds, people_from_table
from fewrec.errors import EmptyData, nearest

_WAY_OUT = (
    "Put at least interactions.csv (columns user, item) or items.csv (column item) there; "
    "`fewrec init` makes a data folder from your own files."
)


def read_folder(
    path: Path,
    *,
    skip_bad: bool = False,
    like: str | None = None,
    alike: Precedent | None = None,
) -> Dataset:
    """Read a data folder.

    Args:
        path: The folder: any of interactions, items, users, graph, links (.csv, .parquet,
            .jsonl), graph.nt and fewrec.toml.
        skip_bad: Move faulty rows to ``quarantine/`` inside the folder instead of raising.
        like: A liked rule that goes before the one in fewrec.toml.
        alike: How an earlier data set was read, so that this one is read alike.

    Returns:
        The data set; its ``notes`` say what was decided and set aside.

    Raises:
        EmptyData: The folder is not there, or holds nothing that could be recommended.
        MissingColumn: A required column is not in a file.
        BadValue: A cell cannot be read; the message names file, line, column, value and fix.
        ConfigError: fewrec.toml has an unknown key or a value that does not fit the tables.
    """
    settings = read_settings(path / "fewrec.toml")
    inspector = Inspector(collect=skip_bad)
    tables = load_tables(path, settings, inspector)
    name = settings.name or path.absolute().name
    dataset = assemble(tables, settings, inspector, like=like, alike=alike, name=name)
    return _with_notes(dataset, set_aside(inspector.faults, path / "quarantine"))


def dataset_from_tables(
    interactions: pl.DataFrame | None = None,
    items: pl.DataFrame | None = None,
    users: pl.DataFrame | None = None,
    graph: pl.DataFrame | None = None,
    links: pl.DataFrame | None = None,
    *,
    like: str | None = None,
    settings: DataSettings | None = None,
    name: str = "data",
    files: Mapping[str, str] | None = None,
    skip_bad: bool = False,
    alike: Precedent | None = None,
) -> Dataset:
    """Make a data set from data frames with the columns of the data folder.

    Args:
        interactions: Columns ``user``, ``item`` and optionally ``value``, ``event``,
            ``timestamp`` and others.
        items: Column ``item``, and any others.
        users: Column ``user``, and any others.
        graph: Columns ``head``, ``relation``, ``tail``.
        links: Columns ``item``, ``entity``.
        like: The liked rule; goes before the one of the settings.
        settings: Names of columns, event weights, kinds.
        name: What to call the data.
        files: What to call each table in messages.
        skip_bad: Leave faulty rows out (the notes say how many) instead of raising.
        alike: How an earlier data set was read, so that this one is read alike.

    Returns:
        The data set.

    Raises:
        EmptyData: No table holds anything that could be recommended.
        MissingColumn: A required column is not in a table.
        BadValue: A cell cannot be read; the message names row, column, value and fix.
        ConfigError: The settings do not fit the tables.
    """
    given = dict(zip(TABLES, (interactions, items, users, graph, links), strict=True))
    settings = settings or DataSettings()
    inspector = Inspector(collect=skip_bad)
    tables = {
        table: Table.of_frame(table, frame, (files or {}).get(table, table)).renamed(
            settings.names(table)
        )
        for table, frame in given.items()
        if frame is not None
    }
    dataset = assemble(tables, settings, inspector, like=like, alike=alike, name=name)
    return _with_notes(dataset, set_aside(inspector.faults, None))


def load_tables(path: Path, settings: DataSettings, inspector: Inspector) -> dict[str, Table]:
    """The tables of a data folder under standard names, not yet checked.

    Raises:
        EmptyData: There is no folder, or no table in it.
        BadValue: A file cannot be read.
        ConfigError: A table is there twice.
    """
    if not path.is_dir():
        raise EmptyData("there is no such folder", file=path, fix=_WAY_OUT)
    tables = {}
    for name in TABLES:
        table = load_table(path, name, settings, inspector)
        if table is not None:
            tables[name] = table
    if not tables:
        raise EmptyData("the folder holds none of the tables", file=path, fix=_nothing(path))
    return tables


def load_table(path: Path, name: str, settings: DataSettings, inspector: Inspector) -> Table | None:
    """One table of a data folder under standard names, not yet checked; None without a file.

    Raises:
        BadValue: The file cannot be read.
        EmptyData: The file is empty.
        ConfigError: The table is there twice, or two columns would have the same name.
    """
    found = find_table(path, name)
    if found is not None:
        table = read_table(found, name, inspector, separator=settings.separator)
        return table.renamed(settings.names(name))
    if name == "graph" and (path / "graph.nt").is_file():
        return read_nt(path / "graph.nt", inspector)
    return None


def _nothing(path: Path) -> str:
    expected = [f"{name}{suffix}" for name in TABLES for suffix in SUFFIXES]
    for file in sorted(path.iterdir()):
        if file.suffix in SUFFIXES:
            return f"{file.name!r} is not a known name. {nearest(file.name, expected, 'names')}"
    return _WAY_OUT


def assemble(
    tables: Mapping[str, Table],
    settings: DataSettings,
    inspector: Inspector,
    *,
    like: str | None = None,
    alike: Precedent | None = None,
    name: str,
) -> Dataset:
    """Check tables and put them over the same id maps.

    Raises:
        EmptyData: Nothing could be recommended.
        MissingColumn: A required column is not in a table.
        BadValue: A cell cannot be read, and faults are not collected.
        ConfigError: The settings do not fit the tables.
    """
    like = like or (alike.like if alike else None)
    if like:
        settings = settings.model_copy(update={"like": like})
    links, linked = _links(tables.get("links"), inspector)
    labelled, told = _events(tables.get("interactions"), inspector, settings)
    catalog, decided = _catalog(tables.get("items"), labelled, linked, inspector, settings, alike)
    people, known = _people(tables.get("users"), labelled, inspector, settings, alike)
    triples = _triples(tables.get("graph"), inspector)
    people = with_friends(people, triples, catalog.items)
    if labelled is None:
        interactions = no_interactions(people.users, catalog.items)
    else:
        interactions = to_interactions(labelled, people.users, catalog.items)
    events = None if labelled is None else labelled.table.frame
    return Dataset(
        name=name,
        interactions=interactions,
        catalog=catalog,
        people=people,
        triples=triples,
        links=links,
        fingerprint=fingerprint(events, catalog, people, triples, links),
        notes=(*told, *decided, *known),
    )


def _events(
    table: Table | None, inspector: Inspector, settings: DataSettings
) -> tuple[Labelled | None, tuple[str, ...]]:
    return (None, ()) if table is None else read_events(table, inspector, settings)


def _catalog(
    table: Table | None,
    labelled: Labelled | None,
    linked: list[str],
    inspector: Inspector,
    settings: DataSettings,
    alike: Precedent | None,
) -> tuple[Catalog, tuple[str, ...]]:
    """The catalogue: the items table first, then items that only stand elsewhere."""
    met = _met(labelled, "item")
    if table is None:
        ids = IdMap.of(met, linked)
        if not len(ids):
            raise EmptyData("there are no items, so nothing to recommend", fix=_WAY_OUT)
        return Catalog(ids, pl.DataFrame(height=len(ids)), {}), ()
    catalog, notes = read_items(table, inspector, settings.items, alike.kinds if alike else None)
    ids = catalog.items.extended(met)
    if not len(ids):
        raise EmptyData(
            "there are no items, so nothing to recommend", file=table.file, fix=_WAY_OUT
        )
    new = len(ids) - len(catalog)
    if new:
        verb, whose = ("is", "its id stands for its") if new == 1 else ("are", "ids stand for")
        title = "title" if new == 1 else "titles"
        unknown = f"{count(new, 'item')} of interactions {verb} not in items; {whose} {title}."
        notes = (*notes, unknown)
        catalog = Catalog(ids, _longer(catalog.table, new), catalog.kinds)
    return catalog, notes


def _longer(table: pl.DataFrame, rows: int) -> pl.DataFrame:
    """The table with rows appended in which every cell is missing."""
    if not table.width:
        return pl.DataFrame(height=table.height + rows)
    return pl.concat([table, table.clear(rows)])


def _people(
    table: Table | None,
    labelled: Labelled | None,
    inspector: Inspector,
    settings: DataSettings,
    alike: Precedent | None,
) -> tuple[People, tuple[str, ...]]:
    """People: the users table first, then users that only stand in interactions."""
    met = _met(labelled, "user")
    if table is None:
        return People.unknown(IdMap.of(met)), ()
    table.require("user")
    table = identified(table, "user", inspector)
    bad = ~table.frame["user"].is_last_distinct().to_numpy()
    table = inspector.reject(
        table, bad, "user", "the user stands there again further down", "Keep one row a user."
    )
    users = IdMap.of(table.frame["user"], met)
    bins = alike.bins if alike else None
    people = people_from_table(table.frame, users, bins, settings.users)
    kinds = column_kinds(table.frame, bins, settings.users)
    why = dict.fromkeys(settings.users, "as stated")
    notes = [
        f"users: column {name!r} is not used ({why.get(name, 'it tells persons, not groups')})."
        for name, kind in kinds.items()
        if kind == "skip"
    ]
    return people, tuple(notes)


def _met(labelled: Labelled | None, column: str) -> list[str]:
    """Ids of interactions, in order of first appearance."""
    if labelled is None:
        return []
    return labelled.table.frame[column].unique(maintain_order=True).to_list()


def _links(table: Table | None, inspector: Inspector) -> tuple[dict[str, str], list[str]]:
    if table is None:
        return {}, []
    table.require(*STANDARD["links"])
    for column in STANDARD["links"]:
        table = identified(table, column, inspector)
    table = table.where(~table.repeated())
    bad = ~table.frame["item"].is_first_distinct().to_numpy()
    table = inspector.reject(
        table, bad, "item", "the item is linked to another entity above", "Keep one link an item."
    )
    pairs = zip(table.frame["item"], table.frame["entity"], strict=True)
    return dict(pairs), table.frame["item"].to_list()


def _triples(table: Table | None, inspector: Inspector) -> tuple[Triple, ...]:
    if table is None:
        return ()
    table.require(*STANDARD["graph"])
    for column in STANDARD["graph"]:
        table = identified(table, column, inspector)
    return tuple(table.frame.select(STANDARD["graph"]).unique(maintain_order=True).iter_rows())


def _with_notes(dataset: Dataset, notes: tuple[str, ...]) -> Dataset:
    return replace(dataset, notes=dataset.notes + notes) if notes else dataset
