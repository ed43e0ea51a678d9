"""What wrong labels cost, what choosing labels saves, and whether wrong labels are found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from fewrec.data.arrays import Bools, Ints
from fewrec.data.shots import Shots
from fewrec.evaluation.label_folds import bare
from fewrec.evaluation.pairs import Predictions, auc_difference, pair_rows
from fewrec.evaluation.rows import Row, metric_row, select
from fewrec.evaluation.shot_bench import ShotBench, asked, draw
from fewrec.metrics.preference import auc
from fewrec.protocols import ShotModel
from fewrec.ranker.few_shot import FewShot
from fewrec.ranker.labelling import covering, steadying
from fewrec.ranker.suspicion import cross_fitted, doubts
from fewrec.recommender.shot_models import READERS, few_shot
from fewrec.seeding import generator

SHARES = (0.0, 0.1, 0.2, 0.3)
"""Shares of wrong labels."""

SIZES = (8, 16, 32, 64, 128)
"""Numbers of labels."""

CHECKED = 256
"""Labels among which wrong ones are sought."""

WAYS = ("random", "covering", "model")
"""How rows are chosen: at random, by what covers the pool, by what steadies the fitted model."""

SEGMENTS = ("histories", "items alone")
"""With what came before each row; with nothing known of anybody, neither in shots nor questions."""


def fast_models(extra: Sequence[str] = ()) -> dict[str, Callable[[], ShotModel]]:
    """``hybrid`` without readers, ``memory``, and further readers by name."""
    made: dict[str, Callable[[], ShotModel]] = {"hybrid": lambda: few_shot(readers=())}
    return made | {name: READERS[name] for name in ("memory", *extra)}


def flipped(shots: Shots, share: float, seed: int) -> tuple[Shots, Bools]:
    """The same shots with a share of labels turned round, and which. A larger share adds some.

    Histories stay as they are.

    Args:
        shots: N shots.
        share: From 0 to 1, rounded to whole rows.
        seed: Of the draw.
    """
    wrong = np.zeros(len(shots), dtype=bool)
    order = generator(seed, "wrong labels").permutation(len(shots))
    wrong[order[: round(share * len(shots))]] = True
    return shots.labelled(np.where(wrong, 1.0 - shots.label, shots.label)), wrong


def noisy(
    bench: ShotBench,
    models: Mapping[str, Callable[[], ShotModel]],
    shots: int,
    seed: int,
    told: Callable[[], None] = lambda: None,
    segment: str = "wrong labels",
) -> list[Predictions]:
    """Answers of models that learned from K shots of which some are wrong, by share."""
    chosen = bench.pool.take(draw(bench.pool, shots, seed))
    found = []
    for share in SHARES:
        cell = {"task": "labels", "data": bench.name, "shots": shots, "segment": segment}
        taught, _ = flipped(chosen, share, seed)
        found += asked(bench, models, taught, seed, {**cell, "wrong": share})
        told()
    return found


def noisy_alone(
    bench: ShotBench, shots: int, seed: int, told: Callable[[], None] = lambda: None
) -> list[Predictions]:
    """The same where nobody has a history: K labels and what items are is all there is."""
    bench = replace(bench, pool=bare(bench.pool), test=bare(bench.test))
    segment = "wrong labels, items alone"
    return noisy(bench, {"hybrid": _silent}, shots, seed, told, segment)


def path_of(way: str, bench: ShotBench, make: Callable[[], FewShot], seed: int) -> Ints:
    """The rows labelled one way, in order; the first K are the K shots. Shape [max(SIZES)].

    ``model`` takes the first of ``SIZES`` by covering, then a batch for each further size, chosen
    by the model fitted on those before. No label is looked at before its row is chosen.

    Args:
        way: One of ``WAYS``.
        bench: The data.
        make: Makes the model.
        seed: Of all draws.
    """
    pool, features, most = bench.pool, bench.known.features, SIZES[-1]
    if way == "random":
        return draw(pool, most, seed)
    first = most if way == "covering" else SIZES[0]
    chosen = covering(pool.people, pool.item, features, first, seed)
    for size in SIZES[1:] if way == "model" else ():
        left = np.setdiff1d(np.arange(len(pool)), chosen)
        model = make().fit(pool.take(chosen), bench.known)
        rest = pool.take(left)
        more = steadying(model, rest.people, rest.item, size - len(chosen), seed)
        chosen = np.concatenate([chosen, left[more]])
    return chosen


def learned(
    bench: ShotBench, segment: str, seed: int, told: Callable[[], None] = lambda: None
) -> list[Predictions]:
    """Answers after K labels, chosen every way.

    Args:
        bench: The data.
        segment: One of ``SEGMENTS``.
        seed: Of draws and fits.
        told: Called after each fit.
    """
    make: Callable[[], FewShot] = partial(few_shot, readers=())
    if segment == "items alone":
        bench = replace(bench, pool=bare(bench.pool), test=bare(bench.test))
        make = _silent
    found = []
    for way in WAYS:
        rows = path_of(way, bench, make, seed)
        for size in SIZES:
            cell = {"task": "labels", "data": bench.name, "shots": size, "segment": segment}
            shots = bench.pool.take(rows[:size])
            found += asked(bench, {"hybrid": make}, shots, seed, {**cell, "way": way})
            told()
    return found


def _silent() -> FewShot:
    """The fusion to which histories ask no questions of their own."""
    return replace(few_shot(readers=()), echo=0.0)


def sought(bench: ShotBench, seed: int, told: Callable[[], None] = lambda: None) -> list[Row]:
    """How well planted wrong labels are found among ``CHECKED``: one row a metric, one seed."""
    size = min(CHECKED, len(bench.pool))
    clean = bench.pool.take(draw(bench.pool, size, seed))
    rows = []
    for share in SHARES[1:]:
        shots, wrong = flipped(clean, share, seed)
        found = doubts(
            cross_fitted(few_shot(readers=()), shots, bench.known, seed=seed), shots.label
        )
        first = found.order[: int(wrong.sum())]
        values = {
            "auc": auc(found.loss, wrong.astype(np.float32)),
            "precision": float(wrong[found.flagged].mean()) if found.flagged.any() else np.nan,
            "recall": float(found.flagged[wrong].mean()),
            "precision@planted": float(wrong[first].mean()),
            "flagged": float(found.flagged.mean()),
        }
        cell = {"task": "labels", "ranker": "hybrid", "data": bench.name, "shots": size}
        cell |= {"segment": "wrong labels sought", "wrong": share}
        rows += [metric_row(cell, name, [value]) for name, value in values.items()]
        told()
    return rows


def over_seeds(rows: Sequence[Row]) -> list[Row]:
    """Rows of single seeds as one row a cell and metric."""
    cells: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        cells.setdefault((row["wrong"], row["metric"]), []).append(row)
    keys = ("task", "ranker", "data", "shots", "segment", "wrong")
    return [
        metric_row(
            {key: same[0][key] for key in keys},
            str(metric),
            [np.nan if row["mean"] is None else row["mean"] for row in same],
            reason="nothing was flagged",
        )
        for (_, metric), same in cells.items()
    ]


def summed(found: Sequence[Predictions], key: str, base: object) -> tuple[list[Row], list[Row]]:
    """Rows of every cell, and what each way or share differs from the base by.

    Args:
        found: Of all seeds.
        key: ``wrong`` or ``way``.
        base: Its value that others are compared with.
    """
    cells: dict[tuple[Any, ...], list[Predictions]] = {}
    for one in found:
        names = ("segment", "ranker", "shots", key)
        cells.setdefault(tuple(one.cell[name] for name in names), []).append(one)
    rows = [row for seeds in cells.values() for row in pair_rows(seeds)]
    compared = []
    for (segment, ranker, shots, value), seeds in cells.items():
        others = cells[segment, ranker, shots, base]
        if value == base:
            continue
        gap = auc_difference(seeds, others)
        cell = {name: word for name, word in seeds[0].cell.items() if name != key}
        compared.append(
            {
                **cell,
                "a": f"{key} {value}",
                "b": f"{key} {base}",
                "metric": "auc",
                "difference": gap.difference,
                "low": gap.low,
                "high": gap.high,
                "verdict": gap.verdict,
                "users": gap.users,
            }
        )
    return rows, compared


def saved(rows: Sequence[Row]) -> list[Row]:
    """Share of labels that each way saves: 1 - K'/K, where its K' labels reach random's AUC at K.

    Curves are mean AUC, made to never fall, between sizes straight in log K. Negative where more
    labels are needed; undefined where the way never gets there.

    Args:
        rows: Of ``summed``.
    """
    made = []
    for segment in SEGMENTS:
        here = [r for r in select(rows, segment=segment, metric="auc") if "way" in r]
        curves = {way: _curve(select(here, way=way)) for way in WAYS}
        for way in WAYS[1:] if here else ():
            for size, goal in zip(SIZES, curves["random"], strict=True):
                cell = {name: here[0][name] for name in ("task", "ranker", "data")}
                cell |= {"shots": size, "segment": segment, "way": way}
                share = 1.0 - _reached(curves[way], goal) / size
                reason = f"not reached with {SIZES[-1]} labels"
                made.append(metric_row(cell, "labels saved", [share], reason=reason))
    return made


def _curve(rows: Sequence[Row]) -> list[float]:
    means = {row["shots"]: row["mean"] for row in rows}
    return (
        [float(v) for v in np.maximum.accumulate([means[size] for size in SIZES])] if rows else []
    )


def _reached(curve: Sequence[float], goal: float) -> float:
    """So many labels reach the goal; the least of ``SIZES`` at least, NaN where none do."""
    for place, value in enumerate(curve):
        if value >= goal:
            if place == 0:
                return float(SIZES[0])
            low, high = np.log2(SIZES[place - 1]), np.log2(SIZES[place])
            part = (goal - curve[place - 1]) / (value - curve[place - 1])
            return float(2.0 ** (low + part * (high - low)))
    return float("nan")
