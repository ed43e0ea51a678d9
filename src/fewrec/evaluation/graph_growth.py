"""`fewrec bench graph-growth`: time and memory of graphs of ten thousand to ten million triples.

The graphs are made up with degrees as real ones have them: a few entities have very many edges
(a Zipf law of exponent 1), heads are items with 20 edges each on average, tails are drawn from
as many entities as there are items, relations from 16 of unequal size.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from fewrec.evaluation.rows import Row, metric_row
from fewrec.evaluation.stopwatch import Measured, in_own_process
from fewrec.knowledge.graph import Graph, write_graph
from fewrec.knowledge.graph.sampling import sampled

CHUNK = 250_000
EDGES, RELATIONS = 20, 16
LOOKED, DRAWN, EACH = 20_000, 500_000, 10


def growth(sizes: Sequence[int], *, seed: int = 0, step: Callable[[], None]) -> list[Row]:
    """Build and use a graph of each size, each in a process of its own.

    Args:
        sizes: How many triples.
        seed: Of the graphs.
        step: Called after each size.

    Returns:
        Rows by ``n`` (triples): seconds of the processor, peak memory, size on disk, and how
        much is answered in a second by one thread.
    """
    rows: list[Row] = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="fewrec-growth-") as place:
            folder = Path(place) / "graph"
            for work in (_build, _use):
                probe = in_own_process(work, folder, size, seed)
                cell = {"task": "graph-growth", "n": size}
                found = {**probe.values, f"{work.__name__.strip('_')} peak MB": [probe.peak_mb]}
                rows += [metric_row(cell, metric, values) for metric, values in found.items()]
        step()
    return rows


def made_up(size: int, seed: int) -> Iterator[pl.DataFrame]:
    """Triples of a made-up graph, chunk by chunk; a few are drawn twice."""
    rng = np.random.default_rng(seed)
    items = max(size // EDGES, 2)
    for at in range(0, size, CHUNK):
        many = min(CHUNK, size - at)
        # the inverse of Zipf's law with exponent 1: rank = N ** u
        tail = np.floor(items ** rng.random(many)).astype(np.int64)
        relation = np.floor(RELATIONS ** rng.random(many)).astype(np.int64)
        head = rng.integers(0, items, many)
        numbers = pl.DataFrame({"head": head, "relation": relation, "tail": tail})
        yield numbers.select(
            pl.format("http://example.org/item/{}", "head").alias("head"),
            pl.format("relation {}", "relation").alias("relation"),
            pl.format("http://example.org/entity/{}", "tail").alias("tail"),
        )


def _build(folder: Path, size: int, seed: int) -> Measured:
    making = 0.0

    def chunks() -> Iterator[pl.DataFrame]:
        nonlocal making
        since = time.process_time()
        for chunk in made_up(size, seed):
            making += time.process_time() - since
            yield chunk
            since = time.process_time()

    started = time.process_time()
    write_graph(chunks(), folder)
    spent = time.process_time() - started - making
    space = sum(file.stat().st_size for file in folder.iterdir()) / 2**20
    return {"build seconds": [spent], "folder MB": [space]}


def _use(folder: Path, size: int, seed: int) -> Measured:
    rng = np.random.default_rng(seed)
    started = time.perf_counter()
    graph = Graph.open(folder)
    opened = (time.perf_counter() - started) * 1000
    rows = rng.integers(0, len(graph), LOOKED)

    def looked() -> None:
        for row in rows.tolist():
            graph.neighbours(row)

    def drawn() -> None:
        for _ in range(0, DRAWN, 50_000):
            sampled(graph.outgoing, rng.integers(0, len(graph), 50_000), EACH, rng)

    names = graph.names(rows)
    return {
        "open milliseconds": [opened],
        "neighbours per second": [LOOKED / _seconds(looked)],
        "sampled edges per second": [DRAWN * EACH / _seconds(drawn)],
        "names found per second": [LOOKED / _seconds(lambda: graph.rows(names))],
    }


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return max(time.process_time() - started, 1e-6)
