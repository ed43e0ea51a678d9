"""Ask fitted rankers about the splits of a fold: lists for everybody, and labelled pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Bools, Floats, Ints
from fewrec.data.splits import Split
from fewrec.evaluation.contestants import HYBRID, Contestants
from fewrec.evaluation.experiment import (
    RECALL_AT,
    Cell,
    Outcome,
    Question,
    judge_chance,
    judge_lists,
    top_lists,
)
from fewrec.evaluation.pairs import Predictions, predict, warm_and_cold
from fewrec.evaluation.protocols import Fold
from fewrec.evaluation.table import chosen_single

DIVERSITIES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7)

Diversify = Callable[[Floats, Bools, float, int], Ints]
"""From scores [B, I], what may be shown [B, I], a diversity and a length k to lists [B, k]."""


@dataclass(frozen=True)
class Findings:
    """What one fold gave.

    Attributes:
        outcomes: Of lists, one a ranker and cell.
        predictions: Of labelled pairs, one a ranker and cell.
        notes: What was held out, in words.
    """

    outcomes: tuple[Outcome, ...]
    predictions: tuple[Predictions, ...] = ()
    notes: tuple[str, ...] = ()


def ask(
    fold: Fold,
    contestants: Contestants,
    data: str,
    vectors: Floats,
    *,
    diversify: Diversify | None = None,
    varied: Callable[[Cell], bool] = lambda cell: True,
    pairs: bool = True,
    step: Callable[[], None] = lambda: None,
) -> Findings:
    """Ask everybody everything.

    Args:
        fold: What is held out.
        contestants: Fitted on the fold's training part.
        data: Name of the data, a key of the cells.
        vectors: Text vectors of the items. Shape [I, D].
        diversify: Makes hybrid's lists more varied, for the curve of accuracy against variety;
            no such curve where None.
        varied: Which cells get such a curve.
        pairs: Whether to score labelled test rows too.
        step: Called after each split.

    Returns:
        Outcomes of every single ranker, ``hybrid``, ``best-single`` and ``random``.
    """
    outcomes: list[Outcome] = []
    predictions: list[Predictions] = []
    for keys, split in fold.splits:
        question, cell = Question.of(split, fold.seed), {"data": data, **keys}
        outcomes += _lists(contestants, question, cell, vectors, _warmth(split))
        if diversify is not None and HYBRID in contestants.scorers and varied(cell):
            outcomes += _diversified(contestants, diversify, question, cell, vectors)
        if pairs:
            predictions += _pairs(contestants, split, question, cell)
        step()
    sizes = [_sizes(split) for keys, split in fold.splits if pairs and "segment" not in keys]
    return Findings(tuple(outcomes), tuple(predictions), (fold.note, *sizes))


def _lists(
    contestants: Contestants,
    question: Question,
    cell: Cell,
    vectors: Floats,
    segments: dict[str, Bools],
) -> list[Outcome]:
    made = [judge_chance(question, {"ranker": "random", **cell}, vectors)]
    made += [
        judge_chance(question.where(np.flatnonzero(who)), _within("random", cell, name), vectors)
        for name, who in segments.items()
    ]
    for ranker, scorer in contestants.scorers.items():
        top = top_lists(scorer, question)
        made.append(judge_lists(top, question, {"ranker": ranker, **cell}, vectors))
        made += [
            judge_lists(
                top[who], question.where(np.flatnonzero(who)), _within(ranker, cell, name), vectors
            )
            for name, who in segments.items()
        ]
    if contestants.chosen is not None:
        known = int(np.median(question.histories.count)) if len(question.users) else 0
        made += chosen_single(made, contestants.chosen(known, not question.candidates.all()))
    return made


def _warmth(split: Split) -> dict[str, Bools]:
    """Warm and cold users where the split asks about both: name of the segment -> mask [B]."""
    known = split.histories.count > 0
    return {} if known.all() or not known.any() else {"warm users": known, "cold users": ~known}


def _sizes(split: Split) -> str:
    """How many labelled test rows are warm and cold, in words."""
    cells = {name: int(rows.sum()) for name, rows in warm_and_cold(split).items()}
    total = max(sum(cells.values()), 1)
    return "test rows: " + "; ".join(
        f"{name} {size:,} ({size / total:.0%})" for name, size in cells.items()
    )


def _within(ranker: str, cell: Cell, segment: str) -> Cell:
    return {"ranker": ranker, **cell, "segment": segment}


def _diversified(
    contestants: Contestants,
    diversify: Diversify,
    question: Question,
    cell: Cell,
    vectors: Floats,
) -> list[Outcome]:
    """Hybrid at each diversity; the same lists as without where it is 0."""
    lists: dict[float, list[Ints]] = {d: [] for d in DIVERSITIES}
    for _, people in question.blocks():
        scores = contestants.scorers[HYBRID](people)
        seen = people.seen(question.items).toarray() > 0
        usable = question.candidates[None, :] & ~seen
        for diversity, made in lists.items():
            made.append(diversify(scores, usable, diversity, RECALL_AT))
    return [
        judge_lists(
            np.concatenate(made),
            question,
            {"ranker": HYBRID, **cell, "diversity": diversity},
            vectors,
        )
        for diversity, made in lists.items()
        if made
    ]


def _pairs(
    contestants: Contestants, split: Split, question: Question, cell: Cell
) -> list[Predictions]:
    made = []
    segments = {} if "segment" in cell else warm_and_cold(split)
    several = sum(bool(rows.any()) for rows in segments.values()) > 1
    for ranker, scorer in contestants.likes.items():
        whole = predict(
            scorer, split, question, {"ranker": ranker, **cell},
            probability=ranker in contestants.calibrated,
        )  # fmt: skip
        made.append(whole)
        if several:
            made += [whole.where(m, segment=name) for name, m in segments.items() if m.any()]
    return made
