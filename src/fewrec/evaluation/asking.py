"""Ask fitted rankers about the splits of a fold: lists for everybody, and labelled pairs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Floats, Ints
from fewrec.data.splits import Split
from fewrec.evaluation.contestants import HYBRID, Contestants
from fewrec.evaluation.experiment import (
    NDCG_AT,
    Cell,
    Outcome,
    Question,
    Scorer,
    judge_chance,
    judge_lists,
    top_lists,
)
from fewrec.evaluation.pairs import Predictions, predict, warm_and_cold
from fewrec.evaluation.protocols import Fold
from fewrec.evaluation.table import chosen_single
from fewrec.recommender import Variety

DIVERSITIES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)


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
    varied: Callable[[Cell], bool] = lambda cell: False,
    pairs: bool = True,
    step: Callable[[], None] = lambda: None,
) -> Findings:
    """Ask everybody everything.

    Args:
        fold: What is held out.
        contestants: Fitted on the fold's training part.
        data: Name of the data, a key of the cells.
        vectors: Text vectors of the items. Shape [I, D].
        varied: Which cells get hybrid's curve of accuracy against variety.
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
        if contestants.variety is not None and varied(cell):
            outcomes += _diversified(
                contestants.scorers[HYBRID], contestants.variety, question, cell, vectors
            )
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
    segments: Mapping[str, Ints],
) -> list[Outcome]:
    """Outcomes of everybody, for all people and again for each segment of them."""
    everybody = np.arange(len(question.users))
    parts = [(cell, question, everybody)]
    parts += [({**cell, "segment": s}, question.where(who), who) for s, who in segments.items()]
    tops = {name: top_lists(scorer, question) for name, scorer in contestants.scorers.items()}
    made: list[Outcome] = []
    for keys, asked, who in parts:
        here = [judge_chance(asked, {"ranker": "random", **keys}, vectors)]
        here += [
            judge_lists(top[who], asked, {"ranker": name, **keys}, vectors)
            for name, top in tops.items()
        ]
        if contestants.chosen is not None:
            known = int(np.median(asked.histories.count)) if len(who) else 0
            new_items = not question.candidates.all()
            here += chosen_single(here, contestants.chosen(known, new_items))
        made += here
    return made


def _warmth(split: Split) -> dict[str, Ints]:
    """Warm and cold users where the split asks about both: name of the segment -> places."""
    known = split.histories.count > 0
    if known.all() or not known.any():
        return {}
    return {"warm users": np.flatnonzero(known), "cold users": np.flatnonzero(~known)}


def _sizes(split: Split) -> str:
    """How many labelled test rows are warm and cold, in words."""
    cells = {name: int(rows.sum()) for name, rows in warm_and_cold(split).items()}
    total = max(sum(cells.values()), 1)
    return "test rows: " + "; ".join(
        f"{name} {size:,} ({size / total:.0%})" for name, size in cells.items()
    )


def _diversified(
    scorer: Scorer, variety: Variety, question: Question, cell: Cell, vectors: Floats
) -> list[Outcome]:
    """Hybrid's lists of ten at each diversity; those of the table where it is 0."""
    lists: dict[float, list[Ints]] = {d: [] for d in DIVERSITIES if d > 0}
    for _, people in question.blocks():
        scores = scorer(people)
        usable = question.candidates[None, :] & (people.seen(question.items).toarray() == 0)
        for diversity, made in lists.items():
            made.append(variety.pick(scores, usable, diversity, NDCG_AT))
    whole = {0.0: top_lists(scorer, question, NDCG_AT)}
    whole |= {d: np.concatenate(made) for d, made in lists.items() if made}
    return [
        judge_lists(top, question, {"ranker": HYBRID, **cell, "diversity": d}, vectors)
        for d, top in whole.items()
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
