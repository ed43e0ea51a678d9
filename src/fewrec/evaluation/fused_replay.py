"""The replay of new people for what a service shows: the fusion, alone and with the bandit's bonus.

All people of a draw are played together, since the fusion scores many as fast as one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.histories import Histories
from fewrec.evaluation.opening import Bench
from fewrec.ranker.fusion import FittedFusion
from fewrec.ranker.rehearsal import standardised
from fewrec.recommender.asking import stacked
from fewrec.recommender.reacting import WEIGHT, WIDTH, Reacting

TOGETHER = 32
"""People who are scored at once."""

Judged = tuple[Ints, Floats]
"""Items that somebody judged, and the labels. Two of shape [N]."""

BatchScorer = Callable[[list[Histories]], Floats]
"""Scores of all items for B people. Shape [B, I]."""


def fused_rewards(
    bench: Bench, known: Interactions, people: Sequence[Judged], seed: int, steps: int
) -> dict[str, Doubles]:
    """Rewards of ``hybrid``, ``hybrid+bandit`` and ``p-like`` on the same people.

    Args:
        bench: The data set; ``hybrid`` is fitted anew.
        known: Rows of everybody else.
        people: B new people.
        seed: Of the fit.
        steps: Picks a person.

    Returns:
        Policy -> share of likes among the picks of each person, shape [B].
    """
    fusion = bench.rankers["hybrid"]().fit(bench.training(known, seed))
    if not isinstance(fusion, FittedFusion):
        raise TypeError("the ranker called hybrid must be a fusion")
    policies = _policies(fusion, Reacting.fit(known, fusion))
    return {
        name: played_together(scorer, people, len(known.items), steps)
        for name, scorer in policies.items()
    }


def _policies(fusion: FittedFusion, reacting: Reacting) -> dict[str, BatchScorer]:
    every = np.arange(len(fusion.met))

    def plain(people: list[Histories]) -> Floats:
        batch = stacked(people)
        return standardised(fusion.scores(batch), batch.seen(len(every)).toarray() > 0)

    def raised(people: list[Histories]) -> Floats:
        more = [reacting.upper(reacting.belief(person), every, WIDTH) for person in people]
        return plain(people) + np.float32(WEIGHT) * np.stack(more)

    return {
        "hybrid": plain,
        "hybrid+bandit": raised,
        "p-like": lambda people: fusion.probabilities(stacked(people)),
    }


def played_together(
    scorer: BatchScorer, people: Sequence[Judged], items: int, steps: int
) -> Doubles:
    """Share of likes among the picks of each of B people. Shape [B].

    Args:
        scorer: Told everybody's reactions before each pick.
        people: What they judged.
        items: I.
        steps: Picks a person; fewer where somebody judged fewer.
    """
    rewards = np.zeros(len(people))
    for at in range(0, len(people), TOGETHER):
        some = people[at : at + TOGETHER]
        left: Bools = np.zeros((len(some), items), dtype=bool)
        for row, (judged, _) in enumerate(some):
            left[row, judged] = True
        picked: list[Histories] = [Histories.single() for _ in some]
        for _ in range(steps):
            scores = np.where(left, scorer(picked), -np.inf)
            for row, item in enumerate(np.argmax(scores, axis=1)):
                if left[row, item]:
                    left[row, item] = False
                    picked[row] = _with(picked[row], int(item), _label(some[row], int(item)))
        rewards[at : at + len(some)] = [
            float(person.label.mean(dtype=np.float64)) for person in picked
        ]
    return rewards


def _label(judged: Judged, item: int) -> float:
    items, labels = judged
    return float(labels[np.flatnonzero(items == item)[0]])


def _with(person: Histories, item: int, label: float) -> Histories:
    likes = [*person.item[person.label > 0], *([item] if label > 0 else [])]
    dislikes = [*person.item[person.label == 0], *([] if label > 0 else [item])]
    return Histories.single(likes, dislikes)
