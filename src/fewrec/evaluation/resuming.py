"""Cells of a benchmark that are kept as files: what they depend on, and doing only what is missing.

A run that was stopped goes on where it was; a cell of other data, code or settings is done again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits

from fewrec import __version__
from fewrec.evaluation.asking import Findings
from fewrec.evaluation.cells import code_digest, load_findings, save_findings
from fewrec.evaluation.opening import Bench


@dataclass(frozen=True)
class SeededBench:
    """A benchmark with one cell a seed.

    Attributes:
        bench: Data and rankers.
        seeds: Of everything drawn.
        folder: Where the cells are kept.
    """

    bench: Bench
    seeds: tuple[int, ...]
    folder: Path

    def cells(self) -> Iterator[tuple[int, Path]]:
        """Seed and file of every cell, in the order they are run."""
        for seed in self.seeds:
            yield seed, self.folder / "cells" / f"{self.bench.dataset.name}-seed-{seed}.json"


def cell_key(bench: Bench, **settings: object) -> str:
    """Changes with everything that a cell depends on, as far as it can be known.

    Args:
        bench: Data and rankers.
        **settings: Whatever else matters; must fit into JSON.
    """
    facts = {
        "data": bench.dataset.fingerprint,
        "size": [len(bench.dataset.people.users), len(bench.dataset.catalog)],
        "notes": bench.dataset.notes,
        "version": __version__,
        "rankers": sorted(bench.rankers),
        "encoder": bench.encoder.name if bench.encoder else "",
        "code": code_digest(),
        **settings,
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def done_or_made(file: Path, key: str, make: Callable[[], Findings]) -> Findings:
    """What a cell holds; made on one thread and kept where it is not there yet.

    Args:
        file: Of the cell.
        key: As from ``cell_key``.
        make: Does the work.
    """
    kept = load_findings(file, key)
    if kept is None:
        with threadpool_limits(limits=1):
            save_findings(file, make(), key)
        kept = load_findings(file, key)
    if kept is None:
        raise RuntimeError(f"{file} could not be read back")
    return kept
