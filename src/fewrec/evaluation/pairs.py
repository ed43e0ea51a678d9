"""Labelled pairs: did this person like that item? Scores of test rows and how good they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.splits import Split
from fewrec.evaluation.experiment import Cell, Question, Scorer
from fewrec.evaluation.rows import Row, even_weights, mean_of_known, metric_row
from fewrec.metrics.calibration import calibration_error, calibration_error_of_counts
from fewrec.metrics.intervals import (
    Difference,
    Interval,
    Statistic,
    mean_interval,
    paired_difference,
    statistic_difference,
    statistic_interval,
    units,
)
from fewrec.metrics.preference import auc, auc_of_counts, log_losses, user_auc

_NO_PROBABILITY = "the score is no probability"


@dataclass(frozen=True)
class Predictions:
    """Scores of R labelled test rows by one ranker with one seed.

    Attributes:
        cell: The keys of the cell, as in ``Outcome``.
        seed: Of the split and the fit.
        users: Ids of the test people.
        person: Whose row it is, a place in ``users``. Shape [R].
        score: Shape [R].
        label: 1 liked, 0 not liked. Shape [R].
        probability: Whether the score means P(like), so that log-loss and calibration apply.
        seconds: What was measured on the clock, by name of the metric.
    """

    cell: Cell
    seed: int
    users: tuple[str, ...]
    person: Ints
    score: Floats
    label: Floats
    probability: bool
    seconds: Mapping[str, float] = field(default_factory=dict)

    def where(self, rows: Bools, **keys: str | int | float) -> Predictions:
        """Some of the rows, as a cell with further keys. ``rows``: mask [R]."""
        return replace(
            self,
            cell={**self.cell, **keys},
            person=self.person[rows],
            score=self.score[rows],
            label=self.label[rows],
        )


def predict(
    scorer: Scorer, split: Split, question: Question, cell: Cell, *, probability: bool
) -> Predictions:
    """Score the labelled test rows of a split.

    What is known of a person is ``split.histories`` alone: no test row is evidence for another.

    Args:
        scorer: Scores all items for some people.
        split: Train and test parts.
        question: The same split's people in blocks.
        cell: Keys of the predictions.
        probability: Whether scores mean P(like); they are then clipped to [0, 1].

    Returns:
        The rows of ``split.test`` in their order.
    """
    person = _asked(split)
    score = np.zeros(len(person), dtype=np.float32)
    for rows, people in question.blocks():
        mine = np.flatnonzero((person >= rows.start) & (person < rows.stop))
        if len(mine):
            score[mine] = scorer(people)[person[mine] - rows.start, split.test.item[mine]]
    return predicted(score, split, question, cell, probability=probability)


def predicted(
    score: Floats, split: Split, question: Question, cell: Cell, *, probability: bool
) -> Predictions:
    """Scores of the labelled test rows, made elsewhere, as predictions.

    Args:
        score: Of each row of ``split.test``. Shape [R].
        split: Train and test parts.
        question: The same split's people.
        cell: Keys of the predictions.
        probability: Whether scores mean P(like); they are then clipped to [0, 1].
    """
    person = _asked(split)
    score = np.clip(score, 0, 1) if probability else score
    known = person >= 0
    return Predictions(
        cell, question.seed, question.users, person[known], score[known],
        split.test.label[known], probability,
    )  # fmt: skip


def _asked(split: Split) -> Ints:
    """Place of each test row's person among those asked about; -1 where there is none. [R]."""
    place = np.full(len(split.test.users), -1, dtype=np.int64)
    place[split.users] = np.arange(len(split.users))
    asked: Ints = place[split.test.user]
    return asked


def warm_and_cold(split: Split) -> dict[str, Bools]:
    """Test rows by whether user and item have training rows: name of the segment -> mask [R]."""
    rows = split.test
    user = np.bincount(split.train.user, minlength=len(rows.users))[rows.user] > 0
    item = np.bincount(split.train.item, minlength=len(rows.items))[rows.item] > 0
    return {
        "warm user, warm item": user & item,
        "warm user, cold item": user & ~item,
        "cold user, warm item": ~user & item,
        "cold user, cold item": ~user & ~item,
    }


def pair_rows(seeds: Sequence[Predictions], *, seed: int = 0) -> list[Row]:
    """Rows of the JSON contract for one ranker and cell: AUC, UAUC, log-loss, calibration.

    Args:
        seeds: Predictions of the same cell, one a seed.
        seed: Of the resampling.

    Returns:
        One row a metric with the number of ``test_rows``; undefined metrics have a reason.
    """
    tested = int(np.mean([len(p.score) for p in seeds]))
    cell = {**seeds[0].cell, "test_rows": tested}
    rows = []
    for metric, (value, interval) in METRICS.items():
        if metric in ("logloss", "ece") and not all(p.probability for p in seeds):
            rows.append(metric_row(cell, metric, [np.nan] * len(seeds), reason=_NO_PROBABILITY))
            continue
        per_seed = [value(p) for p in seeds]
        if np.isnan(per_seed).all():
            rows.append(metric_row(cell, metric, per_seed, reason="no rows, or only one label"))
            continue
        found = interval(seeds, seed)
        low, high, users = found.low, found.high, found.users
        rows.append(metric_row(cell, metric, per_seed, low=low, high=high, users=users))
    return rows


def auc_difference(
    a: Sequence[Predictions], b: Sequence[Predictions], *, seed: int = 0
) -> Difference:
    """Pooled AUC of a minus that of b over the same rows, drawing users.

    Args:
        a: Predictions of the one, one a seed.
        b: Of the other, same seeds, same rows.
        seed: Of the resampling.
    """
    unit, people = units(_owners(a))
    one, two = _mean_over_seeds(a, unit, _auc), _mean_over_seeds(b, unit, _auc)
    return statistic_difference(one, two, unit, people, seed=seed)


def uauc_difference(
    a: Sequence[Predictions], b: Sequence[Predictions], *, seed: int = 0
) -> Difference:
    """UAUC of a minus that of b over the same users. Arguments as in ``auc_difference``."""
    ours, theirs = [_uauc(p) for p in a], [_uauc(p) for p in b]
    names = np.concatenate([np.array(p.users, dtype=np.str_) for p in a])
    one, two = np.concatenate(ours), np.concatenate(theirs)
    return paired_difference(one, two, names, even_weights(ours), seed=seed)


OfCounts = Callable[[Predictions, Ints, int], Statistic]
"""A statistic of predictions, given the unit of each row and the number of units."""


def _auc(p: Predictions, unit: Ints, size: int) -> Statistic:
    return auc_of_counts(p.score, p.label, unit, size)


def _ece(p: Predictions, unit: Ints, size: int) -> Statistic:
    return calibration_error_of_counts(p.score, p.label, unit, size)


def _owners(seeds: Sequence[Predictions]) -> NDArray[np.str_]:
    """Whose row each is, all seeds one after the other."""
    return np.concatenate([np.array(p.users, dtype=np.str_)[p.person] for p in seeds])


def _uauc(p: Predictions) -> Doubles:
    return user_auc(p.score, p.label, p.person, len(p.users))


def _mean_over_seeds(seeds: Sequence[Predictions], unit: Ints, statistic: OfCounts) -> Statistic:
    """Mean over the seeds of a statistic. ``unit``: of each row of all seeds."""
    ends = np.cumsum([len(p.score) for p in seeds])[:-1]
    size = int(unit.max(initial=-1)) + 1
    pieces = zip(seeds, np.split(unit, ends), strict=True)
    parts = [statistic(p, piece, size) for p, piece in pieces]

    def mean(counts: Doubles) -> Doubles:
        total = np.zeros(len(counts))
        for part in parts:
            total += part(counts)
        return total / len(parts)

    return mean


def _resampled(statistic: OfCounts) -> Callable[[Sequence[Predictions], int], Interval]:
    def interval(seeds: Sequence[Predictions], seed: int) -> Interval:
        unit, people = units(_owners(seeds))
        mean = _mean_over_seeds(seeds, unit, statistic)
        return statistic_interval(mean, unit, people, seed=seed)

    return interval


def _uauc_interval(seeds: Sequence[Predictions], seed: int) -> Interval:
    names = np.concatenate([np.array(p.users, dtype=np.str_) for p in seeds])
    each = [_uauc(p) for p in seeds]
    return mean_interval(np.concatenate(each), names, even_weights(each), seed=seed)


def _logloss_interval(seeds: Sequence[Predictions], seed: int) -> Interval:
    each = [log_losses(p.score, p.label) for p in seeds]
    return mean_interval(np.concatenate(each), _owners(seeds), even_weights(each), seed=seed)


METRICS: Mapping[
    str,
    tuple[Callable[[Predictions], float], Callable[[Sequence[Predictions], int], Interval]],
] = {
    "auc": (lambda p: auc(p.score, p.label), _resampled(_auc)),
    "uauc": (lambda p: mean_of_known(_uauc(p)), _uauc_interval),
    "logloss": (lambda p: mean_of_known(log_losses(p.score, p.label)), _logloss_interval),
    "ece": (lambda p: calibration_error(p.score, p.label), _resampled(_ece)),
}
"""Metric -> its value with one seed, and its interval over all seeds."""
