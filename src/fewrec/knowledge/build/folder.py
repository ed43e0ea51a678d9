"""The graph file of a data folder: what was made for it beside what came from elsewhere."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from fewrec.data.dataset import Dataset, Triple
from fewrec.data.faults import Inspector
from fewrec.data.readers import find_table
from fewrec.data.settings import DataSettings, read_settings
from fewrec.data.sources import load_tables
from fewrec.errors import EmptyData
from fewrec.knowledge.build.columns import catalogue_triples
from fewrec.knowledge.build.relations import (
    COLUMNS,
    RelationReport,
    isolated_items,
    relation_reports,
    triple_frame,
)

SOURCE = "source"
OURS = "catalogue"
MADE = (OURS, "text", "history", "repair")
"""What triples made here say in the column ``source``."""

NO_TRIPLES: Mapping[str, Sequence[Triple]] = {}


@dataclass(frozen=True)
class GraphBuild:
    """What was written.

    Attributes:
        file: The graph's file.
        made: Triples made from the catalogue.
        more: Triples of other kinds that were added, by their source.
        kept: Triples from elsewhere that stay as they were.
        replaced: Triples of an earlier build that were taken out.
        relations: Report on the made triples, relation by relation.
        isolated: Items that no value shared with another item connects to the rest.
    """

    file: Path
    made: int
    more: Mapping[str, int]
    kept: int
    replaced: int
    relations: tuple[RelationReport, ...]
    isolated: int


def build_graph(
    folder: Path, dataset: Dataset, more: Mapping[str, Sequence[Triple]] = NO_TRIPLES
) -> GraphBuild:
    """Write what was made into the graph of a data folder, whole or not at all.

    Triples that came from elsewhere stay; those of an earlier build (marked in the column
    ``source``) are replaced where their kind is built again.

    Args:
        folder: The data folder.
        dataset: What was read from it.
        more: Triples beside the catalogue's, by their source, one of ``MADE``.

    Returns:
        What was written.

    Raises:
        EmptyData: The catalogue has no column a triple could be made of, and nothing else is
            to be written.
        ConfigError: The folder holds the graph in several formats.
    """
    made = catalogue_triples(dataset.catalog, dataset.links, dataset.people.users.ids)
    if not made and not any(more.values()):
        raise EmptyData(
            "no triples can be made of this catalogue: it has no category, list, person, year "
            "or number column with values",
            file=folder,
            fix="Add such a column to items, or name its kind in fewrec.toml under [items].",
        )
    settings = read_settings(folder / "fewrec.toml")
    before = present_graph(folder, settings)
    again = [OURS, *more]
    graph = before.filter(~pl.col(SOURCE).fill_null("").is_in(again))
    kept, counts = graph.height, {}
    for source, triples in {OURS: made, **more}.items():
        new = triple_frame(triples).unique(maintain_order=True)
        new = new.join(graph.select(COLUMNS), on=COLUMNS, how="anti", maintain_order="left")
        new = new.with_columns(pl.lit(source).alias(SOURCE))
        graph, counts[source] = pl.concat([graph, new], how="diagonal"), new.height
    file = find_table(folder, "graph") or folder / "graph.csv"
    _write(graph, file, settings.separator)
    return GraphBuild(
        file=file,
        made=counts.pop(OURS),
        more=counts,
        kept=kept,
        replaced=before.height - kept,
        relations=relation_reports(made, len(dataset.catalog)),
        isolated=isolated_items(made, len(dataset.catalog)),
    )


def given_triples(folder: Path) -> list[Triple]:
    """Triples of a folder's graph that came from elsewhere."""
    frame = present_graph(folder, read_settings(folder / "fewrec.toml"))
    foreign = frame.filter(~pl.col(SOURCE).fill_null("").is_in(MADE)).drop_nulls(list(COLUMNS))
    return [(head, relation, tail) for head, relation, tail in foreign.select(COLUMNS).iter_rows()]


def present_graph(folder: Path, settings: DataSettings) -> pl.DataFrame:
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
