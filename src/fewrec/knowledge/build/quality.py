"""Questions to ask of a finished graph: what it covers, what stands twice, what leads nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from scipy import sparse
from scipy.sparse import csgraph

from fewrec.data.dataset import Dataset
from fewrec.data.settings import read_settings
from fewrec.errors import EmptyData
from fewrec.knowledge.build.aliases import label, words_of
from fewrec.knowledge.build.folder import SOURCE, present_graph
from fewrec.knowledge.build.relations import COLUMNS
from fewrec.knowledge.graph.of_dataset import graph_of, item_entities
from fewrec.knowledge.graph.statistics import Statistics, statistics
from fewrec.knowledge.graph.store import Graph

SHOWN = 20


@dataclass(frozen=True)
class Coverage:
    """What one relation says about the items.

    Attributes:
        relation: Its name.
        triples: How many it has.
        items: How many items have it, in either direction.
        coverage: Their share of the catalogue, in [0, 1].
        most: Most triples of one item.
    """

    relation: str
    triples: int
    items: int
    coverage: float
    most: int


@dataclass(frozen=True)
class Quality:
    """Report on a graph.

    Attributes:
        statistics: Sizes, degrees, hubs.
        coverage: Of each relation, the widest first.
        sources: Where triples came from -> how many; "elsewhere" where nothing is said.
        duplicates: Triples that stand in the file more than once, counted beyond the first.
        alike: Groups of entities whose names differ only in case, accents or brackets; the
            first ``SHOWN``.
        alike_groups: How many such groups there are.
        dangling: Links to entities that the graph does not have.
        dangling_examples: (item, entity) of the first ``SHOWN``.
        absent: Items that the graph says nothing about.
        absent_examples: Ids of the first ``SHOWN``.
        parts: Parts that no edge connects.
        largest: Share of the entities in the largest part.
    """

    statistics: Statistics
    coverage: tuple[Coverage, ...]
    sources: Mapping[str, int]
    duplicates: int
    alike: tuple[tuple[str, ...], ...]
    alike_groups: int
    dangling: int
    dangling_examples: tuple[tuple[str, str], ...]
    absent: int
    absent_examples: tuple[str, ...]
    parts: int
    largest: float


def graph_quality(folder: Path, dataset: Dataset) -> Quality:
    """Look at the graph of a data folder.

    Args:
        folder: The data folder.
        dataset: What was read from it.

    Raises:
        EmptyData: The folder has no graph, or an empty one.
    """
    graph = graph_of(dataset, users=True)
    if not graph.edges:
        raise EmptyData(
            "there is no graph to report on",
            file=folder,
            fix="Make one with `fewrec graph build` or `fewrec graph import`.",
        )
    frame = present_graph(folder, read_settings(folder / "fewrec.toml"))
    sources = frame[SOURCE].fill_null("elsewhere").value_counts(sort=True).iter_rows()
    rows, ids = item_entities(graph, dataset), dataset.catalog.items.ids
    absent = [ids[at] for at in np.flatnonzero(rows < 0).tolist()]
    known = graph.rows(list(dataset.links.values())) if dataset.links else np.zeros(0, np.int64)
    lost = [link for link, row in zip(dataset.links.items(), known, strict=True) if row < 0]
    groups = _alike(graph)
    parts, largest = _parts(graph)
    return Quality(
        statistics=statistics(graph),
        coverage=_coverage(graph, rows),
        sources={str(name): int(count) for name, count in sources},
        duplicates=frame.height - frame.select(COLUMNS).n_unique(),
        alike=tuple(groups[:SHOWN]),
        alike_groups=len(groups),
        dangling=len(lost),
        dangling_examples=tuple(lost[:SHOWN]),
        absent=len(absent),
        absent_examples=tuple(absent[:SHOWN]),
        parts=parts,
        largest=largest,
    )


def quality_doubts(quality: Quality, items: int) -> list[str]:
    """What a person should look at, sentence by sentence."""
    said = []
    if quality.duplicates:
        said.append(f"{quality.duplicates:,} triples stand in the graph file more than once.")
    if quality.dangling:
        said.append(f"{quality.dangling:,} links lead to entities that the graph does not have.")
    if quality.absent:
        said.append(f"The graph says nothing about {quality.absent:,} of {items:,} items.")
    if quality.alike_groups:
        said.append(
            f"{quality.alike_groups:,} groups of entities have names that differ only in case, "
            f"accents or brackets, such as {' and '.join(quality.alike[0][:2])}."
        )
    if quality.statistics.loops:
        said.append(f"{quality.statistics.loops:,} triples lead from an entity to itself.")
    return said


def _coverage(graph: Graph, rows: np.ndarray) -> tuple[Coverage, ...]:
    known, size = rows[rows >= 0], len(rows)
    count = np.zeros((len(graph), len(graph.relations)), dtype=np.int64)
    for side in (graph.outgoing, graph.incoming):
        np.add.at(count, (side.rows(), side.relation), 1)
    triples = np.bincount(graph.outgoing.relation, minlength=len(graph.relations))
    found = []
    for number, name in enumerate(graph.relations):
        of = count[known, number]
        items = int((of > 0).sum())
        most = int(of.max(initial=0))
        found.append(Coverage(name, int(triples[number]), items, items / max(size, 1), most))
    return tuple(sorted(found, key=lambda c: (-c.items, -c.triples, c.relation)))


def _alike(graph: Graph) -> list[tuple[str, ...]]:
    """Entities of the same words; bare identifiers of a letter or two aside."""
    names = graph.names(np.arange(len(graph)))
    frame = pl.DataFrame({"name": names, "words": [" ".join(words_of(label(n))) for n in names]})
    frame = frame.filter(pl.col("words").str.len_chars() > 2)
    groups = frame.group_by("words", maintain_order=True).agg("name")
    return [tuple(some) for some in groups["name"].to_list() if len(some) > 1]


def _parts(graph: Graph) -> tuple[int, float]:
    head, _, tail = graph.triples()
    shape = (len(graph), len(graph))
    ones = np.ones(len(head), dtype=np.int8)
    links = sparse.coo_matrix((ones, (head, tail)), shape)
    parts, part = csgraph.connected_components(links, directed=False)
    return int(parts), float(np.bincount(part).max() / len(graph))
