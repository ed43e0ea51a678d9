"""From a catalogue's columns to a knowledge graph, with a report on its quality."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from fewrec.data.catalog import Catalog
from fewrec.data.dataset import Dataset, Triple
from fewrec.data.faults import Inspector
from fewrec.data.readers import find_table
from fewrec.data.settings import DataSettings, read_settings
from fewrec.data.sources import load_tables
from fewrec.errors import EmptyData
from fewrec.knowledge.features import HUB_SHARE
from fewrec.knowledge.pairs import catalogue_pairs, number_bins

COLUMNS = ("head", "relation", "tail")
SOURCE = "source"
OURS = "catalogue"
USED_KINDS = ("category", "list", "person", "year", "number")


@dataclass(frozen=True)
class RelationReport:
    """What one relation says about the items, and where it says nothing.

    Attributes:
        relation: Its name.
        triples: How many triples it has.
        items: How many items have it.
        coverage: Their share of the catalogue, in [0, 1].
        values: How many different values it has.
        singletons: Values of a single item: they connect nothing.
        hubs: Values of more than half of the items: they tell nothing apart.
        top: The most frequent value.
        top_items: How many items have it.
    """

    relation: str
    triples: int
    items: int
    coverage: float
    values: int
    singletons: int
    hubs: int
    top: str
    top_items: int


@dataclass(frozen=True)
class GraphBuild:
    """What was written.

    Attributes:
        file: The graph's file.
        made: Triples made from the catalogue.
        kept: Triples from elsewhere that stay as they were.
        replaced: Triples of an earlier build that were taken out.
        relations: Report on the made triples, relation by relation.
        isolated: Items that no value shared with another item connects to the rest.
    """

    file: Path
    made: int
    kept: int
    replaced: int
    relations: tuple[RelationReport, ...]
    isolated: int


def catalogue_triples(
    catalog: Catalog, links: Mapping[str, str] | None = None, taken: Collection[str] = ()
) -> list[Triple]:
    """Triples (item, column, value) of all category, list, person, year and number columns.

    Args:
        catalog: I items.
        links: Entity of an item, where it goes by another name in the graph.
        taken: Names of other entities. A value that is one of them, or an item, carries its
            column's name ("genre Alien"), so that two different things never become one.

    Returns:
        Each triple once, in the order of items and columns.
    """
    links = links or {}
    entities = [links.get(item, item) for item in catalog.items.ids]
    reserved = {*entities, *catalog.items.ids, *taken}
    pairs = catalogue_pairs(catalog, number_bins(catalog))
    triples = [
        (entities[row], relation, f"{relation} {value}" if value in reserved else value)
        for row, relation, value in pairs.iter_rows()
    ]
    return list(dict.fromkeys(triples))


def relation_reports(triples: Sequence[Triple], items: int) -> tuple[RelationReport, ...]:
    """Describe each relation of triples whose heads are items.

    Args:
        triples: The triples.
        items: How many items the catalogue has.

    Returns:
        One report a relation, the one with most triples first.
    """
    frame = _frame(triples)
    held = frame.group_by("relation", "tail").len("items")
    held = held.sort(["relation", "items", "tail"], descending=[False, True, False])
    reports = []
    for (relation,), rows in held.group_by("relation", maintain_order=True):
        heads = frame.filter(pl.col("relation") == relation)["head"].n_unique()
        counts = rows["items"]
        reports.append(
            RelationReport(
                relation=str(relation),
                triples=int(counts.sum()),
                items=heads,
                coverage=heads / items,
                values=rows.height,
                singletons=int((counts == 1).sum()),
                hubs=int((counts > HUB_SHARE * items).sum()),
                top=rows["tail"][0],
                top_items=counts[0],
            )
        )
    return tuple(sorted(reports, key=lambda report: (-report.triples, report.relation)))


def build_graph(folder: Path, dataset: Dataset) -> GraphBuild:
    """Write the catalogue's triples into the graph of a data folder, whole or not at all.

    Triples that came from elsewhere stay; those of an earlier build (marked in the column
    ``source``) are replaced.

    Args:
        folder: The data folder.
        dataset: What was read from it.

    Returns:
        What was written.

    Raises:
        EmptyData: The catalogue has no column a triple could be made of.
        ConfigError: The folder holds the graph in several formats.
    """
    made = catalogue_triples(dataset.catalog, dataset.links, dataset.people.users.ids)
    if not made:
        raise EmptyData(
            "no triples can be made of this catalogue: it has no category, list, person, year "
            "or number column with values",
            file=folder,
            fix="Add such a column to items, or name its kind in fewrec.toml under [items].",
        )
    settings = read_settings(folder / "fewrec.toml")
    before = _present(folder, settings)
    foreign = before.filter(pl.col(SOURCE).fill_null("") != OURS)
    own = _frame(made).join(foreign.select(COLUMNS), on=COLUMNS, how="anti", maintain_order="left")
    graph = pl.concat([foreign, own.with_columns(pl.lit(OURS).alias(SOURCE))], how="diagonal")
    file = find_table(folder, "graph") or folder / "graph.csv"
    _write(graph, file, settings.separator)
    return GraphBuild(
        file=file,
        made=own.height,
        kept=foreign.height,
        replaced=before.height - foreign.height,
        relations=relation_reports(made, len(dataset.catalog)),
        isolated=_isolated(made, len(dataset.catalog)),
    )


def _isolated(triples: Sequence[Triple], items: int) -> int:
    """Items without any value that another item shares."""
    frame = _frame(triples)
    shared = (
        frame.group_by("tail").agg(pl.col("head").n_unique().alias("n")).filter(pl.col("n") > 1)
    )
    return items - frame.join(shared, on="tail", how="semi")["head"].n_unique()


def _present(folder: Path, settings: DataSettings) -> pl.DataFrame:
    """The graph as it stands in the folder, with a column ``source``."""
    tables = load_tables(folder, settings, Inspector(collect=True))
    if "graph" not in tables:
        return pl.DataFrame(schema=dict.fromkeys((*COLUMNS, SOURCE), pl.String))
    frame = tables["graph"].frame.with_columns(pl.col(COLUMNS).cast(pl.String))
    return (
        frame
        if SOURCE in frame.columns
        else frame.with_columns(pl.lit(None, pl.String).alias(SOURCE))
    )


def _write(graph: pl.DataFrame, file: Path, separator: str) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        if file.suffix == ".parquet":
            graph.write_parquet(draft)
        elif file.suffix == ".jsonl":
            graph.write_ndjson(draft)
        else:
            graph.write_csv(draft, separator=separator)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _frame(triples: Sequence[Triple]) -> pl.DataFrame:
    return pl.DataFrame(triples, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
