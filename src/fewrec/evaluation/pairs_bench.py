"""`fewrec bench pairs`: would they like it? Held-out ratings, with people and items warm and cold.

Two splits: `time` learns from everything before one moment, `user-time` asks about the last rows
of every person. Every (split, seed) is a cell with a file of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from fewrec.data.arrays import Floats
from fewrec.data.events import Interactions
from fewrec.data.histories import Histories
from fewrec.data.splits import Split, time_split, user_time_split
from fewrec.errors import ConfigError, EmptyData, nearest
from fewrec.evaluation.asking import Findings
from fewrec.evaluation.bias_als import tuned_als
from fewrec.evaluation.contestants import HYBRID, Likelihood
from fewrec.evaluation.evaluate import calibration_tables, pair_comparisons, predictions_by_cell
from fewrec.evaluation.experiment import Cell, Question, Scorer
from fewrec.evaluation.opening import Bench
from fewrec.evaluation.pairs import Predictions, pair_rows, predict, predicted, warm_and_cold
from fewrec.evaluation.resuming import cell_key, done_or_made
from fewrec.evaluation.rows import Row
from fewrec.protocols import Training
from fewrec.ranker.baselines import FittedItemUserMean, ItemUserMean, LikeRate
from fewrec.ranker.prior import ItemPrior

SPLITS: dict[str, Callable[..., Split]] = {"time": time_split, "user-time": user_time_split}
AGAINST = ("like-rate", "item-mean", "item-user-mean", "bias-als", "text-user-mean")
"""What ``hybrid`` is held against; all of them mean P(like)."""


@dataclass(frozen=True)
class PairsBench:
    """What to run.

    Attributes:
        bench: Data and rankers.
        seeds: Of the fits; the splits need no draw.
        splits: Names in ``SPLITS``.
        folder: Where the cells are kept.
    """

    bench: Bench
    seeds: tuple[int, ...]
    splits: tuple[str, ...]
    folder: Path

    def cells(self) -> Iterator[tuple[str, int, Path]]:
        """Split, seed and file of every cell, in the order they are run."""
        for seed in self.seeds:
            for name in self.splits:
                file = f"{self.bench.dataset.name}-{name}-seed-{seed}.json"
                yield name, seed, self.folder / "cells" / file


def splits_named(words: str) -> tuple[str, ...]:
    """Splits from text such as "time,user-time".

    Raises:
        ConfigError: One is unknown; the message offers the nearest names.
    """
    names = tuple(name for name in words.replace(" ", "").split(",") if name)
    for name in names:
        if name not in SPLITS:
            raise ConfigError(f"there is no split {name!r}. {nearest(name, SPLITS, 'splits')}")
    return names


def run_pairs(asked: PairsBench, step: Callable[[], None]) -> list[Findings]:
    """Run what is missing.

    Args:
        asked: What to run.
        step: Called when a cell is done or found done.

    Raises:
        EmptyData: All rows are likes, so there is nothing to tell apart.
        MissingColumn: A row has no time.
    """
    if not asked.bench.dataset.interactions.has_negatives:
        raise EmptyData(
            f"{asked.bench.dataset.name}: every row is a like, so no pair can be told from another",
            fix="Use data with ratings or dislikes, or another liked rule.",
        )
    key, found = cell_key(asked.bench), []
    for name, seed, file in asked.cells():
        found.append(done_or_made(file, key, partial(_cell, asked.bench, name, seed)))
        step()
    return found


def summarised(
    found: Sequence[Findings],
) -> tuple[list[Row], list[Row], list[dict[str, Any]], list[str]]:
    """Rows, comparisons of ``hybrid`` by user, tables of calibration, and notes on the splits."""
    predictions = [p for findings in found for p in findings.predictions]
    cells = predictions_by_cell(predictions)
    rows = [row for seeds in cells.values() for row in pair_rows(seeds)]
    tables = []
    for name in dict.fromkeys(str(p.cell["protocol"]) for p in predictions):
        here = [p for p in predictions if p.cell["protocol"] == name]
        tables += [{"protocol": name, **table} for table in calibration_tables(here)]
    notes = list(dict.fromkeys(note for findings in found for note in findings.notes))
    return rows, pair_comparisons(cells, AGAINST), tables, notes


def _cell(bench: Bench, name: str, seed: int) -> Findings:
    people = bench.dataset.people
    split = SPLITS[name](bench.dataset.interactions, people=people)
    training, question = bench.training(split.train, seed), Question.of(split, seed)
    cell = {"data": bench.dataset.name, "protocol": name}
    made = [
        predict(scorer, split, question, {"ranker": ranker, **cell}, probability=True)
        for ranker, scorer in _scorers(bench, training).items()
    ]
    als, settings = _als(split, question, name, {"ranker": "bias-als", **cell})
    made.append(als)
    segments = warm_and_cold(split)
    cut = [p.where(rows, segment=s) for p in made for s, rows in segments.items() if rows.any()]
    return Findings((), (*made, *cut), (f"{name}: {split.note}; bias-als: {settings}",))


def _als(split: Split, question: Question, name: str, cell: Cell) -> tuple[Predictions, str]:
    def hold_out(rows: Interactions) -> Split:
        return SPLITS[name](rows)

    model, settings = tuned_als(split.train, hold_out, question.seed)
    score = model.probabilities(split.test.user, split.test.item)
    return predicted(score, split, question, cell, probability=True), settings


def _scorers(bench: Bench, training: Training) -> dict[str, Scorer]:
    """P(like) of everything but the factorisation, which knows people by name."""
    rates = training.interactions.counts.rate(ItemUserMean().item_strength).astype(np.float32)
    means = ItemUserMean().fit(training)
    hybrid = bench.rankers[HYBRID]().fit(training)
    if not isinstance(hybrid, Likelihood):
        raise TypeError("hybrid gives no probabilities")
    return {
        "like-rate": LikeRate().fit(training).scores,
        "item-mean": partial(_everybody, rates),
        "item-user-mean": means.scores,
        "text-user-mean": _described(means, training).scores,
        HYBRID: hybrid.probabilities,
    }


def _everybody(rates: Floats, people: Histories) -> Floats:
    return np.tile(rates, (len(people), 1))


def _described(means: FittedItemUserMean, training: Training) -> FittedItemUserMean:
    """Item means that shrink towards what text and columns promise, instead of the base rate."""
    return replace(means, mean=ItemPrior().fit(training).rate.astype(np.float64))
