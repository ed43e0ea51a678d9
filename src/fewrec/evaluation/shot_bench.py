"""K labelled rows to learn from, other people's rows to be judged by: a few-shot benchmark."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from fewrec.data.arrays import Ints
from fewrec.data.shots import Shots
from fewrec.errors import EmptyData
from fewrec.evaluation.pairs import Predictions, auc_difference, pair_rows, uauc_difference
from fewrec.evaluation.rows import Row, metric_row
from fewrec.metrics.intervals import Difference
from fewrec.protocols import ShotModel, Training
from fewrec.ranker.preference import sigmoid
from fewrec.seeding import generator

OURS = "hybrid"
PROBABLE = (
    "hybrid", "two-tower", "lora", "adalora", "full", "cross", "prompted", "in-context",
    "soft-prompt",
)  # fmt: skip
"""Beginnings of names of models whose log-odds mean P(like), so that calibration applies."""


@dataclass(frozen=True)
class ShotBench:
    """What shots are drawn from, and what is asked.

    Attributes:
        name: Of the data.
        pool: Rows that shots are drawn from.
        test: Rows to be judged by.
        people: Whose test row each is. N strings.
        known: Describes the items that may be known at fit.
        whole: Describes these and, after them, items that only test rows name.
        fingerprint: Of the data.
    """

    name: str
    pool: Shots
    test: Shots
    people: tuple[str, ...]
    known: Training
    whole: Training
    fingerprint: str = ""


def draw(pool: Shots, k: int, seed: int) -> Ints:
    """K rows of a pool at random; a smaller K is a subset of a larger one. Shape [K].

    Raises:
        EmptyData: There are fewer rows.
    """
    if k > len(pool):
        raise EmptyData(
            f"{k} labelled rows are wanted, the pool has {len(pool)}", fix="Ask for fewer shots."
        )
    return generator(seed, "shots").permutation(len(pool))[:k]


def fewer(bench: ShotBench, rows: int) -> ShotBench:
    """The same with at most so many test rows, drawn once for all seeds; all of them where 0."""
    if not 0 < rows < len(bench.test):
        return bench
    chosen = np.sort(generator(0, "test rows").permutation(len(bench.test))[:rows])
    people = tuple(bench.people[row] for row in chosen)
    return replace(bench, test=bench.test.take(chosen), people=people)


def answered(
    bench: ShotBench,
    models: Mapping[str, Callable[[], ShotModel]],
    shots: int,
    seed: int,
    cell: Mapping[str, Any],
    told: Callable[[str], None] = lambda name: None,
) -> list[Predictions]:
    """Fit every model on the same K shots, and ask it about every test row.

    Args:
        bench: The data.
        models: Name -> what makes the model.
        shots: K.
        seed: Of the draw and the fits.
        cell: Keys of the rows.
        told: Called with each name when its answers are there.
    """
    chosen = bench.pool.take(draw(bench.pool, shots, seed))
    return asked(bench, models, chosen, seed, {**cell, "shots": shots}, told)


def asked(
    bench: ShotBench,
    models: Mapping[str, Callable[[], ShotModel]],
    chosen: Shots,
    seed: int,
    cell: Mapping[str, Any],
    told: Callable[[str], None] = lambda name: None,
) -> list[Predictions]:
    """The same for given shots. Arguments as in ``answered``."""
    users, person = np.unique(np.array(bench.people), return_inverse=True)
    found = []
    for name, make in models.items():
        started, worked = time.perf_counter(), time.process_time()
        with threadpool_limits(limits=1):
            model = make().fit(chosen, bench.known)
            fitted, busy = time.perf_counter(), time.process_time()
            if len(bench.whole.interactions.items) > len(bench.known.interactions.items):
                model = model.extended(bench.whole)
            logits = model.logits(bench.test.people, bench.test.item)
        ended = time.perf_counter()
        probable = name.startswith(PROBABLE)
        found.append(
            Predictions(
                cell={**cell, "ranker": name},
                seed=seed,
                users=tuple(users.tolist()),
                person=person.astype(np.int64),
                score=(sigmoid(logits) if probable else logits).astype(np.float32),
                label=bench.test.label,
                probability=probable,
                seconds={
                    "fit_seconds": fitted - started,
                    "fit_cpu_seconds": busy - worked,
                    "score_seconds": ended - fitted,
                },
            )
        )
        told(name)
    return found


def shot_rows(found: Sequence[Predictions], against: Sequence[str]) -> tuple[list[Row], list[Row]]:
    """Rows of every ranker and number of shots, and comparisons of ``hybrid``.

    Args:
        found: Of all seeds.
        against: Names of what ``hybrid`` is compared with.
    """
    cells: dict[tuple[int, str], list[Predictions]] = {}
    for one in found:
        cells.setdefault((int(one.cell["shots"]), str(one.cell["ranker"])), []).append(one)
    rows = [row for seeds in cells.values() for row in (*pair_rows(seeds), *_seconds(seeds))]
    compared = []
    for (shots, name), seeds in cells.items():
        ours = cells.get((shots, OURS))
        if name in against and ours and [p.seed for p in ours] == [p.seed for p in seeds]:
            for metric, difference in (("auc", auc_difference), ("uauc", uauc_difference)):
                gap = difference(ours, seeds)
                compared.append(_comparison({**seeds[0].cell}, name, metric, gap))
    return rows, compared


def _seconds(seeds: Sequence[Predictions]) -> list[Row]:
    """How long a fit took, on the clock and of the processor, and the answers to all test rows."""
    cell = {**seeds[0].cell, "test_rows": len(seeds[0].score)}
    return [metric_row(cell, name, [p.seconds[name] for p in seeds]) for name in seeds[0].seconds]


def _comparison(cell: dict[str, Any], name: str, metric: str, gap: Difference) -> Row:
    cell.pop("ranker")
    return {
        **cell,
        "a": OURS,
        "b": name,
        "metric": metric,
        "difference": gap.difference,
        "low": gap.low,
        "high": gap.high,
        "verdict": gap.verdict,
        "users": gap.users,
    }
