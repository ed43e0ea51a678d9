"""What a search learns from, what it is judged by, and what it never sees before the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from fewrec.data.dataset import Dataset
from fewrec.data.splits import time_split
from fewrec.errors import ConfigError, EmptyData, nearest
from fewrec.evaluation.protocols import Fold, asked_about, folds, new_user_fold, single

FOLDS = 3
"""Folds that a trial is judged by; after each of them a weak one may be given up."""

STRETCH = 0.15
"""Share of the rows before the check that each fold by time asks about."""


@dataclass(frozen=True)
class Stages:
    """Two kinds of questions, the second never asked before the search is over.

    Attributes:
        search: Folds cut from the training part of the check.
        check: Learned from is all that the search saw; asked about what it did not.
        note: Both in words.
    """

    search: tuple[Fold, ...]
    check: Fold
    note: str


def stages(dataset: Dataset, protocol: str | None, seed: int) -> Stages:
    """Cut a data set for a search.

    Args:
        dataset: All that a fit would learn from.
        protocol: ``time`` or ``new-users``; by time where None and every row has one.
        seed: Of what is drawn.

    Raises:
        ConfigError: There is no such protocol.
        EmptyData: Too little is there to hold something out twice.
        MissingColumn: By time, and rows have none.
    """
    chosen = protocol or ("time" if dataset.interactions.timed else "new-users")
    check_stages(chosen)
    if not len(dataset.interactions):
        raise EmptyData(
            f"{dataset.name}: there are no interactions to search on",
            fix="Add an interactions table with the columns user and item.",
        )
    return _STAGES[chosen](dataset, seed)


def check_stages(protocol: str | None) -> None:
    """Refuse a protocol that a search cannot go by.

    Raises:
        ConfigError: There is no such one.
    """
    if protocol is not None and protocol not in _STAGES:
        known = nearest(protocol, _STAGES, "protocols of a search")
        raise ConfigError(f"--protocol: a search cannot go by {protocol!r}. {known}")


def _by_time(dataset: Dataset, seed: int) -> Stages:
    """The last fifth of the rows is kept for the check; each fold ends a stretch earlier."""
    check = replace(folds("time", dataset, seed)[0], seed=seed)
    rows = check.train
    moments = np.sort(rows.timestamp)
    made = []
    for f in range(FOLDS):
        end = 1.0 - STRETCH * f
        last = moments[round(end * len(moments)) - 1]
        before = rows.where(rows.timestamp <= last)
        made.append(single(time_split(before, STRETCH / end, dataset.people), seed))
    note = (
        f"Searched on the rows before one moment ({len(rows):,} of {len(dataset.interactions):,}): "
        f"{FOLDS} times learned from what was before a moment and asked about what came next. "
        f"Checked on the {len(check.splits[0][1].test):,} rows from that moment on, which the "
        "search never saw."
    )
    return Stages(tuple(made), check, note)


def _by_people(dataset: Dataset, seed: int) -> Stages:
    """Some people are kept for the check; folds ask about some of the others."""
    check = new_user_fold(dataset, seed, None, asked_about(dataset))
    rest = replace(dataset, interactions=check.train)
    asked = asked_about(rest)
    made = [new_user_fold(rest, seed + 1 + f, None, asked) for f in range(FOLDS)]
    note = (
        f"Searched on {len(np.unique(check.train.user)):,} people: {FOLDS} times learned from most "
        f"of them and asked about others ({len(made[0].splits[0][1]):,} each time) with 0 to 10 "
        f"rows revealed. Checked on {len(check.splits[0][1]):,} people whom the search never saw."
    )
    return Stages(tuple(made), check, note)


_STAGES: dict[str, Callable[[Dataset, int], Stages]] = {"time": _by_time, "new-users": _by_people}
