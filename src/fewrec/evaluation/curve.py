"""`fewrec bench curve`: what n training users and k clicks of a new person are worth.

Every (seed, n) is a cell with a file of its own, written when it is done; a run that was stopped
goes on where it was. In each cell two models are fitted: one to be asked about new people, one
that has never met a fifth of the items.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from threadpoolctl import threadpool_limits

from fewrec import __version__
from fewrec.errors import ConfigError
from fewrec.evaluation.alarms import join_alarms
from fewrec.evaluation.asking import DIVERSITIES, Findings, ask
from fewrec.evaluation.cells import code_digest, load_findings, save_findings
from fewrec.evaluation.contestants import fit_contestants
from fewrec.evaluation.evaluate import Result, summarise
from fewrec.evaluation.opening import Bench
from fewrec.evaluation.protocols import REVEALED, Fold, asked_about, new_item_fold, new_user_fold
from fewrec.evaluation.rows import Row, select

Size = int | Literal["all"]
SIZES: tuple[Size, ...] = (5, 20, 100, "all")
VARIED_AT = 5
"""Known clicks at which accuracy is traded for variety."""
KEPT = 0.99
"""Share of the best NDCG@10 that a more varied list must keep."""


@dataclass(frozen=True)
class Curve:
    """What to run.

    Attributes:
        seeds: Of splits and fits.
        sizes: Numbers of training users; ``all`` is everybody who is not asked about.
        folder: Where the cells are kept.
    """

    seeds: tuple[int, ...]
    sizes: tuple[Size, ...]
    folder: Path

    def cells(self) -> Iterator[tuple[int, Size, Path]]:
        """Seed, n and file of every cell, in the order they are run."""
        for seed in self.seeds:
            for n in self.sizes:
                yield seed, n, self.folder / "cells" / f"seed-{seed}-n-{n}.json"


def sizes_named(words: str) -> tuple[Size, ...]:
    """Numbers of training users from text such as "5,20,all".

    Raises:
        ConfigError: A part is neither a number above 0 nor ``all``.
    """
    sizes: list[Size] = []
    for part in words.replace(" ", "").split(","):
        if part != "all" and not (part.isdigit() and int(part) > 0):
            raise ConfigError(
                f"numbers of training users must be above 0 or 'all', not {part!r}. "
                "Write for example 5,20,100,all."
            )
        sizes.append("all" if part == "all" else int(part))
    return tuple(sizes)


def usable_sizes(bench: Bench, sizes: Sequence[Size] = SIZES) -> tuple[Size, ...]:
    """Those sizes that the data can give: fewer than all who are not asked about, and all."""
    users = len(np.unique(bench.dataset.interactions.user)) - asked_about(bench.dataset)
    return tuple(n for n in sizes if n == "all" or n < users)


def run_curve(bench: Bench, curve: Curve, step: Callable[[str], None]) -> Result:
    """Run what is missing and summarise everything; arguments as in ``curve_findings``.

    Returns:
        Rows with ``n`` and ``segment`` (and ``k`` for new users) of every ranker.
    """
    return summarise(curve_findings(bench, curve, step), join_alarms(bench.dataset))


def curve_findings(bench: Bench, curve: Curve, step: Callable[[str], None]) -> list[Findings]:
    """What every cell gave; cells that are missing are run.

    Args:
        bench: Data and rankers.
        curve: What to run, and where its cells are kept.
        step: Told the name of each cell when it is done or found done.
    """
    key = _key(bench)
    found = []
    for seed, n, file in curve.cells():
        done = load_findings(file, key)
        if done is None:
            save_findings(file, _cell(bench, seed, n), key)
            done = load_findings(file, key)
        if done is not None:
            found.append(done)
        step(f"n = {n}, seed {seed}")
    return found


def best_varied(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """For each n the most varied lists that keep 99 % of the best NDCG@10.

    Args:
        rows: Of a learning curve.

    Returns:
        ``n, k, diversity, ndcg_share`` (of the best on the curve), ``coverage``,
        ``coverage_ratio`` (to the coverage of the most accurate point).
    """
    made = []
    for n in dict.fromkeys(r["n"] for r in rows if "diversity" in r):
        here = [r for r in select(rows, n=n, segment="new_users") if "diversity" in r]
        accuracy = {r["diversity"]: r["mean"] for r in select(here, metric="ndcg@10")}
        coverage = {r["diversity"]: r["mean"] for r in select(here, metric="coverage")}
        if not accuracy or None in accuracy.values():
            continue
        best = max(accuracy, key=lambda d: accuracy[d])
        kept = [d for d in accuracy if accuracy[d] >= KEPT * accuracy[best]]
        wide = max(kept, key=lambda d: coverage[d])
        made.append(
            {
                "n": n,
                "k": here[0]["k"],
                "diversity": wide,
                "ndcg_share": accuracy[wide] / accuracy[best] if accuracy[best] else None,
                "coverage": coverage[wide],
                "coverage_ratio": coverage[wide] / coverage[best] if coverage[best] else None,
            }
        )
    return made


def _cell(bench: Bench, seed: int, n: Size) -> Findings:
    """Everything about one number of training users with one seed."""
    wanted = None if n == "all" else n
    people = asked_about(bench.dataset)
    folds = (
        new_user_fold(bench.dataset, seed, wanted, people, n=n),
        new_item_fold(bench.dataset, seed, wanted, people, n=n),
    )
    parts = [_ask(bench, fold) for fold in folds]
    return Findings(
        tuple(o for part in parts for o in part.outcomes),
        notes=tuple(note for part in parts for note in part.notes),
    )


def _ask(bench: Bench, fold: Fold) -> Findings:
    with threadpool_limits(limits=1):
        contestants = fit_contestants(bench.training(fold.train, fold.seed), bench.rankers)
        return ask(
            fold,
            contestants,
            bench.dataset.name,
            bench.features.vectors,
            varied=lambda cell: cell.get("k") == VARIED_AT,
            pairs=False,
        )


def _key(bench: Bench) -> str:
    """Changes with everything that a cell depends on, as far as it can be known."""
    facts = {
        "data": bench.dataset.fingerprint,
        "version": __version__,
        "rankers": sorted(bench.rankers),
        "encoder": bench.encoder.name if bench.encoder else "",
        "revealed": REVEALED,
        "diversities": DIVERSITIES,
        "code": code_digest(),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
