"""Whether what the search found is better than the default, on what the search never saw."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from fewrec.data.writing import to_toml
from fewrec.evaluation.experiment import Outcome
from fewrec.evaluation.protocols import Fold
from fewrec.evaluation.rows import Row
from fewrec.evaluation.table import difference_row, list_rows, settle
from fewrec.evaluation.tuning.judging import METRIC, Judge, by_person
from fewrec.evaluation.tuning.search import Attempt
from fewrec.evaluation.tuning.space import Value
from fewrec.metrics.intervals import Difference, paired_difference

TUNED, DEFAULT = "hybrid-tuned", "hybrid"

NOTHING_BETTER = "No trial that was judged to its end beat the default, which is kept."

FILE = "model.toml"
"""File of the settings that are to be used."""


@dataclass(frozen=True)
class Verdict:
    """What the check says.

    Attributes:
        values: To be used, by name of the knob: the best trial's, or the default.
        kept: Whether the default is kept.
        rows: NDCG@10 of both on the check; empty where nothing was to be checked.
        comparisons: The one against the other, over everybody asked.
        sentence: The same in words.
    """

    values: dict[str, Value]
    kept: bool
    sentence: str
    rows: list[Row] = field(default_factory=list)
    comparisons: list[Row] = field(default_factory=list)


def verdict(
    judge: Judge, best: Attempt | None, check: Fold, step: Callable[[], None] = lambda: None
) -> Verdict:
    """Fit default and best on all that the search saw, and ask both about the rest.

    The best trial replaces the default only where the 95 % interval of the difference, paired
    by person, lies above 0.

    Args:
        judge: Fits and asks.
        best: The best trial; None where none was judged to its end.
        check: What the search never saw.
        step: Called after each of the two fits.
    """
    defaults = judge.space.defaults
    if best is None or not judge.space.changed(best.values):
        return Verdict(defaults, True, NOTHING_BETTER)
    found: dict[str, list[Outcome]] = {}
    for ranker, values in ((DEFAULT, defaults), (TUNED, best.values)):
        found[ranker] = judge.outcomes(values, check, ranker)
        step()
    gap = paired_difference(
        by_person(found[TUNED]), by_person(found[DEFAULT]), np.asarray(found[TUNED][0].users)
    )
    better = gap.verdict == "a"
    cell = {"task": "tune", "data": judge.bench.dataset.name}
    rows = [row for row in list_rows([*found[DEFAULT], *found[TUNED]]) if row["metric"] == METRIC]
    return Verdict(
        best.values if better else defaults,
        not better,
        _sentence(gap, better),
        rows,
        settle([difference_row(cell, TUNED, DEFAULT, METRIC, gap)]),
    )


def _sentence(gap: Difference, better: bool) -> str:
    numbers = (
        f"NDCG@10 {gap.difference:+.4f} (95 % {gap.low:+.4f} to {gap.high:+.4f}, "
        f"{gap.users:,} people)"
    )
    if better:
        return f"The best trial beats the default on what the search never saw: {numbers}."
    return (
        "The best trial is no better than the default on what the search never saw, so the "
        f"default is kept: {numbers}."
    )


def write_settings(file: Path, told: dict[str, Any], sentences: list[str]) -> None:
    """Write settings as `fewrec fit --config` reads them, whole or not at all.

    Args:
        file: The TOML file.
        told: Keys, then tables of keys.
        sentences: Comments on top.
    """
    text = "".join(f"# {sentence}\n" for sentence in sentences) + "\n" + to_toml(told)
    half = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        half.write_text(text, encoding="utf-8")
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)
