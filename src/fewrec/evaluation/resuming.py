"""Cells of a benchmark that are kept as files: what they depend on, and doing only what is missing.

A run that was stopped goes on where it was; a cell of other data, code or settings is done again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from threadpoolctl import threadpool_limits

from fewrec import __version__
from fewrec.evaluation.asking import Findings
from fewrec.evaluation.cells import code_digest, load_findings, save_findings
from fewrec.evaluation.opening import Bench


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
