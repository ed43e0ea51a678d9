"""A graph of any size from chunks of triples, in bounded memory.

Memory holds one chunk, a hash of each name, and as many edges as sorting is allowed; names and
edges themselves go through files.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import polars as pl

from fewrec.data.arrays import Ints
from fewrec.errors import BadValue, MissingColumn
from fewrec.knowledge.graph.coding import Coded
from fewrec.knowledge.graph.files import graph_draft, new_array, save_manifest
from fewrec.knowledge.graph.keys import Keys
from fewrec.knowledge.graph.sorting import SAMPLE, SortedUnique
from fewrec.knowledge.graph.store import Graph

COLUMNS = ("head", "relation", "tail")
LIMIT = 2_000_000
"""About so many edges are in memory while they are sorted."""


def write_graph(chunks: Iterable[pl.DataFrame], folder: Path, *, limit: int = LIMIT) -> Graph:
    """Write a graph to a folder, whole or not at all, and open it.

    Args:
        chunks: Frames with the columns ``head``, ``relation``, ``tail`` (texts). Entities and
            relations are numbered in order of first appearance; equal triples count once.
        folder: Where; a graph that is there is replaced.
        limit: About so many edges are in memory while they are sorted.

    Returns:
        The graph, mapped from its files.

    Raises:
        MissingColumn: A chunk lacks a column.
        BadValue: A cell is empty.
        DataError: The folder holds other files or cannot be written.
    """
    with (
        graph_draft(folder) as draft,
        tempfile.TemporaryDirectory(prefix=".work-", dir=draft) as work,
    ):
        coded = Coded(draft, Path(work))
        for number, chunk in enumerate(chunks):
            coded.add(_checked(chunk, number))
        coded.finish()
        edges = _write_edges(coded, draft, Path(work), limit)
        save_manifest(draft, len(coded.seen), tuple(coded.relations), edges)
    return Graph.open(folder)


def _checked(chunk: pl.DataFrame, number: int) -> pl.DataFrame:
    lacking = [name for name in COLUMNS if name not in chunk.columns]
    if lacking:
        raise MissingColumn(
            f"part {number + 1} of the triples lacks {', '.join(lacking)}",
            fix="Name the columns head, relation and tail.",
        )
    chunk = chunk.select(pl.col(COLUMNS).cast(pl.String))
    for name in COLUMNS:
        empty = (chunk[name].fill_null("") == "").arg_true()
        if len(empty):
            raise BadValue(
                f"row {empty[0] + 1} of part {number + 1} of the triples names no {name}",
                column=name,
                fix="Leave the row out, or give all three names.",
            )
    return chunk


def _write_edges(coded: Coded, draft: Path, work: Path, limit: int) -> int:
    """Sort the edges in both directions and write them; returns how many there are."""
    keys = Keys(len(coded.seen), len(coded.relations))
    size = max(limit // 4, 1)

    def there() -> Iterator[Ints]:
        for part in coded.parts(size):
            yield keys.join(part[:, 0], part[:, 1], part[:, 2])

    ascending = _sorted(there, coded.edges, work / "there", limit)
    edges = sum(len(part) for part in ascending)
    _write_side(ascending, keys, draft, "outgoing", edges)

    def back() -> Iterator[Ints]:
        for part in ascending:
            head, relation, tail = keys.split(part)
            yield keys.join(tail, relation, head)

    _write_side(_sorted(back, edges, work / "back", limit), keys, draft, "incoming", edges)
    return edges


def _sorted(
    stream: Callable[[], Iterator[Ints]], total: int, folder: Path, limit: int
) -> SortedUnique:
    """The stream's numbers in order; it is read twice, the first time for a sample."""
    folder.mkdir()
    step = max(1, total * limit // (2 * SAMPLE * max(total, limit)))
    sample = [part[::step] for part in stream()]
    found = SortedUnique(
        folder, np.concatenate(sample) if sample else np.zeros(0, np.int64), total, limit
    )
    found.take(stream())
    return found


def _write_side(ascending: Iterable[Ints], keys: Keys, draft: Path, side: str, edges: int) -> None:
    """Write offsets, other entities and relations of one direction."""
    other = new_array(draft / f"{side}-other.npy", edges, np.int64)
    relation = new_array(draft / f"{side}-relation.npy", edges, np.int64)
    start, at = np.zeros(keys.entities + 1, dtype=np.int64), 0
    for part in ascending:
        row, relations, others = keys.split(part)
        here = slice(at, at + len(part))
        other[here], relation[here] = others, relations
        numbers, counts = np.unique(row, return_counts=True)
        start[numbers + 1] += counts
        at += len(part)
    np.save(draft / f"{side}-start.npy", np.cumsum(start))
