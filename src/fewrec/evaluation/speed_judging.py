"""How fast lists are judged, beside RecTools and LensKit: same lists, same people, same metrics."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from fewrec.data.arrays import Doubles
from fewrec.data.dataset import Dataset
from fewrec.data.splits import user_random_split
from fewrec.errors import FewrecError
from fewrec.evaluation.experiment import NDCG_AT, RECALL_AT, Question, top_lists
from fewrec.evaluation.peers.environments import WAY_OUT, python_of
from fewrec.evaluation.peers.process import Limits, run_tasks
from fewrec.evaluation.peers.programs.exchange import Likes
from fewrec.evaluation.peers.programs.judging import columns
from fewrec.evaluation.rows import Row, metric_row
from fewrec.evaluation.stopwatch import Times, timed
from fewrec.metrics.beyond import coverage
from fewrec.metrics.columns import Asked, from_columns
from fewrec.metrics.ranking import hits, ndcg, recall, relevant_count
from fewrec.protocols import Ranker, Training

LIBRARIES = ("rectools", "lenskit")
METRICS = ("ndcg@10", "recall@20", "coverage")
OURS = "fewrec"
ALIKE, DEFAULT = "alike", "default"
FORMS = {"judge lists, from columns": True, "judge lists, metrics alone": False}
"""Task -> whether making a library's own structures from columns is part of it."""

REPETITIONS = 5
"""In each round and for each library; the median counts."""


@dataclass(frozen=True)
class Lists:
    """What is judged.

    Attributes:
        shown: The 20 best items of each person, best first.
        good: What each of them liked in the test part; everybody liked something.
    """

    shown: Likes
    good: Likes


def some_lists(dataset: Dataset, ranker: Ranker, training: Training, seed: int) -> Lists:
    """Lists over the whole catalogue for everybody with a liked item among a held-out quarter.

    Args:
        dataset: The data.
        ranker: Makes the lists.
        training: Of the data; its rows are replaced by the training part.
        seed: Of the split.
    """
    split = user_random_split(dataset.interactions, seed, people=dataset.people)
    question = Question.of(split, seed)
    asked = np.flatnonzero(np.diff(question.relevant.indptr))
    question = question.where(asked)
    fitted = ranker.fit(replace(training, interactions=split.train))
    top = top_lists(fitted.scores, question)
    start = np.concatenate([[0], np.cumsum((top >= 0).sum(axis=1))]).astype(np.int64)
    good = question.relevant
    return Lists(
        Likes(start, top[top >= 0], question.items),
        Likes(good.indptr.astype(np.int64), good.indices.astype(np.int64), question.items),
    )


def judging_rows(
    lists: Lists, rounds: int, step: Callable[[str], None], libraries: Sequence[str] = LIBRARIES
) -> list[Row]:
    """Time everybody in turn, round after round, and compare the numbers.

    Args:
        lists: What is judged.
        rounds: How often everybody's turn comes.
        step: Told what was done.
        libraries: Others to compare with.

    Returns:
        Rows with ``task`` and ``library``: ``cpu_ms`` and ``wall_ms`` (one value a round),
        ``times_as_fast`` and ``times_as_fast_wall`` (their time by ours), and what each library
        finds, with its ``options`` set alike and as they are by default, with ``off``, the
        distance from our number, and ``off_defined``, that from our lists judged by its
        definition.

    Raises:
        FewrecError: A library is not installed or its program failed.
    """
    found: dict[tuple[str, str], list[Times]] = {}
    numbers: dict[tuple[str, str], Doubles] = {}
    for _ in range(rounds):
        for task, whole in FORMS.items():
            times, numbers[OURS, ALIKE] = _ours(lists, whole)
            found.setdefault((task, OURS), []).append(times)
        step(OURS)
        for library in libraries:
            answers = _theirs(lists, library)
            for task, answer in zip(FORMS, answers, strict=False):
                taken = Times(answer[:, 0].tolist(), answer[:, 1].tolist())
                found.setdefault((task, library), []).append(taken)
            numbers[library, ALIKE] = answers[0][-1, 2:]
            numbers[library, DEFAULT] = answers[-1][-1, 2:]
            step(library)
    rows = [
        row
        for (task, library), turns in found.items()
        for row in time_rows({"task": task, "library": library}, turns, found[task, OURS])
    ]
    return rows + _number_rows(lists, numbers)


def _number_rows(lists: Lists, numbers: Mapping[tuple[str, str], Doubles]) -> list[Row]:
    """What each library finds, and how far that is from ours and from its definition."""
    rows, ours = [], numbers[OURS, ALIKE]
    for (library, options), values in numbers.items():
        cell = {"task": "what is found", "library": library, "options": options}
        defined = ours if library == OURS else by_definition(lists, library, options)
        for n, (metric, value) in enumerate(zip(METRICS, values, strict=True)):
            why = "the library has no such metric"
            row = metric_row(cell, metric, [float(value)], reason=why, users=len(lists.good))
            if row["mean"] is not None:
                row |= {"off": abs(value - ours[n]), "off_defined": abs(value - defined[n])}
            rows.append(row)
    return rows


def by_definition(lists: Lists, library: str, options: str) -> Doubles:
    """The metrics of lists as a library defines them. Shape [3].

    RecTools divides DCG by that of k good items however few a person has, unless told otherwise.
    LensKit lets ranks 1 and 2 weigh the same, unless told otherwise, and divides hits by k where
    somebody has more good items than that.

    Args:
        lists: What is judged.
        library: A name of ``LIBRARIES``.
        options: ``ALIKE`` or ``DEFAULT``.
    """
    asked = _asked(columns(lists.shown), columns(lists.good))
    hit, good = hits(asked.top, asked.relevant), relevant_count(asked.relevant)
    rank = np.arange(1, NDCG_AT + 1)
    clipped = library == "lenskit" and options == DEFAULT
    weight = 1.0 / np.maximum(np.log2(rank if clipped else rank + 1), 1.0)
    most = np.full(len(good), NDCG_AT) if library == "rectools" and options == DEFAULT else good
    ideal = np.cumsum(weight)[np.minimum(most, NDCG_AT) - 1]
    among = np.minimum(good, RECALL_AT) if library == "lenskit" else good
    gain = (hit[:, :NDCG_AT] @ weight[: hit.shape[1]] / ideal).mean()
    share = (hit[:, :RECALL_AT].sum(axis=1) / among).mean()
    return np.array([gain, share, coverage(asked.top[:, :NDCG_AT], lists.shown.items)])


def time_rows(cell: dict[str, str], turns: Sequence[Times], ours: Sequence[Times]) -> list[Row]:
    """Rows of one task and library: milliseconds, and how many times as fast ours is.

    Args:
        cell: Keys of the rows.
        turns: Repetitions of each round.
        ours: The same of ours.
    """
    rows = []
    for clock, suffix in (("cpu", ""), ("wall", "_wall")):
        mine, theirs = ([_median_ms(getattr(t, clock)) for t in each] for each in (ours, turns))
        rows.append(metric_row(cell, f"{clock}_ms", theirs))
        if cell["library"] != OURS:
            ratio = [b / a if a else math.nan for a, b in zip(mine, theirs, strict=True)]
            rows.append(metric_row(cell, f"times_as_fast{suffix}", ratio))
    return rows


def _median_ms(seconds: Sequence[float]) -> float:
    return 1000 * float(np.median(seconds))


def _asked(shown: Mapping[str, Any], good: Mapping[str, Any]) -> Asked:
    return from_columns(shown["user"], shown["item"], shown["rank"], good["user"], good["item"])


def _ours(lists: Lists, whole: bool) -> tuple[Times, Doubles]:
    shown, good = columns(lists.shown), columns(lists.good)
    size, values, ready = lists.shown.items, [], _asked(shown, good)

    def judge() -> None:
        asked = _asked(shown, good) if whole else ready
        gain = ndcg(asked.top, asked.relevant, NDCG_AT).mean()
        share = recall(asked.top, asked.relevant, RECALL_AT).mean()
        values.append((gain, share, coverage(asked.top[:, :NDCG_AT], size)))

    return timed(judge, REPETITIONS), np.array(values[-1])


def _theirs(lists: Lists, library: str) -> list[Doubles]:
    """Answers of both forms with options alike, then once with the default ones."""
    python = python_of(library)
    if python is None:
        raise FewrecError(f"{library} is not installed; {WAY_OUT}")
    told = [{"whole": w, "alike": True, "repetitions": REPETITIONS} for w in FORMS.values()]
    told.append({"whole": False, "alike": False, "repetitions": 1})
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        lists.good.save(folder / "good.npz")
        lists.shown.save(folder / "shown.npz")
        tasks = [
            {"model": "judge", "seed": 0, "settings": settings, "train": "good.npz",
             "asked": "shown.npz", "out": f"{n}.npy"}
            for n, settings in enumerate(told)
        ]  # fmt: skip
        answers = run_tasks(python, f"programs.{library}_judging", folder, tasks, Limits())
    made = []
    for answer in answers:
        if answer.scores is None:
            raise FewrecError(f"{library} could not judge the lists: {answer.reason}")
        made.append(answer.scores.astype(np.float64))
    return made
