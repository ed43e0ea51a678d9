"""Replays of the living loop as rows and comparisons of the JSON contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from fewrec.data.arrays import Bools, Doubles
from fewrec.evaluation.loop_rankers import AGAINST, OURS
from fewrec.evaluation.loop_replay import Replay
from fewrec.evaluation.rows import Row, metric_row
from fewrec.metrics.intervals import mean_interval, paired_difference
from fewrec.ranker.streaming import SEGMENTS

POINTS = 100
"""Points of a curve of cumulative reward."""


def loop_rows(replays: Sequence[Replay], cell: Mapping[str, Any]) -> list[Row]:
    """``reward`` and ``coverage`` of each contestant, then what explains them.

    Args:
        replays: One a seed.
        cell: Keys of every row.

    Returns:
        Rows without ``segment``: all slates. With ``segment`` (``0 known``, ``1 to 4 known``,
        ...): slates for people of whom so much was known. ``alone``: the same for each expert's
        own ten best, and for the best expert of every single slate, ``any expert``.
    """
    slates = min(len(replay.user) for replay in replays)
    shared = {**cell, "slates": slates}
    made = []
    for name in replays[0].rewards:
        each = [replay.rewards[name] for replay in replays]
        made.append(_reward({**shared, "ranker": name}, "reward", each, replays, None))
        shares = [replay.shown[name] / replay.items for replay in replays]
        made.append(metric_row({**shared, "ranker": name}, "coverage", shares))
    for segment, inside in _segments(replays):
        for name in replays[0].rewards:
            each = [replay.rewards[name] for replay in replays]
            made.append(
                _reward(
                    {**shared, "ranker": name, "segment": segment}, "reward", each, replays, inside
                )
            )
    for name, each in _alone(replays).items():
        made.append(_reward({**shared, "ranker": name}, "alone", each, replays, None))
    return made


def _reward(
    cell: Mapping[str, Any],
    metric: str,
    each: Sequence[Doubles],
    replays: Sequence[Replay],
    inside: Sequence[Bools] | None,
) -> Row:
    kept = inside or [np.ones(len(values), dtype=bool) for values in each]
    people = np.concatenate([r.user[at] for r, at in zip(replays, kept, strict=True)])
    chosen = [values[at] for values, at in zip(each, kept, strict=True)]
    interval = mean_interval(np.concatenate(chosen), people)
    row = metric_row(
        cell,
        metric,
        [float(values.mean()) if len(values) else float("nan") for values in chosen],
        low=interval.low,
        high=interval.high,
        users=interval.users,
    )
    if inside is not None:
        row["share"] = float(np.mean(np.concatenate(kept)))
    return row


def _segments(replays: Sequence[Replay]) -> Iterator[tuple[str, list[Bools]]]:
    for least, most in SEGMENTS:
        name = f"{least} known" if least == most else f"{least} to {most} known"
        name = f"{least} or more known" if most >= 10**9 else name
        inside = [(r.known >= least) & (r.known <= most) for r in replays]
        if any(at.any() for at in inside):
            yield name, inside


def _alone(replays: Sequence[Replay]) -> dict[str, list[Doubles]]:
    each = {name: [replay.alone[name] for replay in replays] for name in replays[0].alone}
    best = [np.max(np.stack(list(replay.alone.values())), axis=0) for replay in replays]
    return {**each, "any expert": best}


def loop_comparisons(replays: Sequence[Replay], cell: Mapping[str, Any]) -> list[Row]:
    """``fewrec`` against the others, paired by slate, drawn by person."""
    people = np.concatenate([replay.user for replay in replays])
    ours = np.concatenate([replay.rewards[OURS] for replay in replays])
    made = []
    for name in AGAINST:
        theirs = np.concatenate([replay.rewards[name] for replay in replays])
        gap = paired_difference(ours, theirs, people)
        level = float(theirs.mean())
        made.append(
            {
                **cell,
                "slates": min(len(replay.user) for replay in replays),
                "a": OURS,
                "b": name,
                "metric": "reward",
                "difference": gap.difference,
                "low": gap.low,
                "high": gap.high,
                "verdict": gap.verdict,
                "relative": gap.difference / level if level > 0 else None,
                "users": gap.users,
            }
        )
    return made


def loop_curves(replays: Sequence[Replay]) -> dict[str, list[float]]:
    """Contestant -> cumulative reward at evenly spaced slates, mean over seeds."""
    slates = min(len(replay.user) for replay in replays)
    at = np.unique(np.linspace(1, slates, min(POINTS, slates)).astype(int)) - 1
    return {
        name: np.mean([np.cumsum(r.rewards[name])[at] for r in replays], axis=0).tolist()
        for name in replays[0].rewards
    }
