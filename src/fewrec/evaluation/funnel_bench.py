"""`fewrec bench funnel`: who comes to the target, told from the steps on the way to it.

Some people are taken out of what is learned from. They come back with their steps (views,
carts) alone, or with half of what they came to as well, and the rest is to be found in the
whole catalogue: also among the items that they have taken steps on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from fewrec.data.dataset import Dataset
from fewrec.data.events import Interactions
from fewrec.data.holdout import Split, assemble
from fewrec.errors import EmptyData
from fewrec.evaluation.contestants import HYBRID
from fewrec.evaluation.experiment import (
    Outcome,
    Question,
    Scorer,
    judge_chance,
    judge_lists,
    top_lists,
)
from fewrec.evaluation.opening import Bench, open_bench
from fewrec.evaluation.rows import Row
from fewrec.evaluation.table import comparisons, list_rows
from fewrec.protocols import FittedRanker
from fewrec.ranker.funnel.from_steps import all_rows, joined
from fewrec.ranker.funnel.furthest import FurthestStep
from fewrec.ranker.fusion import FittedFusion
from fewrec.recommender.asking import Revisiting
from fewrec.recommender.rankers import STEPS
from fewrec.seeding import generator

TARGETS = "-targets"
ALIKE = "-alike"
FURTHEST = "furthest-step"
PEERS = ("popularity", "item-knn", "ease", "ials")
AGAINST = (
    f"{HYBRID}{TARGETS}", f"{HYBRID}{ALIKE}", FURTHEST, *STEPS,
    *(f"{name}{kind}" for name in PEERS for kind in (TARGETS, ALIKE)),
)  # fmt: skip
METRICS = ("ndcg@10", "recall@20", "coverage")
NOTHING, HALF = "steps alone", "half known"
"""Segments: what is known of the targets of the people asked about."""


def funnel_split(dataset: Dataset, people: int, seed: int, half: bool) -> Split:
    """Take some people out who took steps and came to the target.

    Args:
        dataset: Rows with steps.
        people: At most so many people.
        seed: Of the draws.
        half: Whether half of their targets, drawn at random, are revealed.

    Raises:
        EmptyData: There are no steps, or nobody who took any came to the target twice.
    """
    rows = dataset.interactions
    if rows.steps is None:
        raise EmptyData(
            f"{dataset.name}: all events are of one kind",
            fix="Name the event that is ranked for: `target` in fewrec.toml, or --target.",
        )
    random = generator(seed, "bench funnel")
    likes = np.bincount(rows.user[rows.label > 0], minlength=len(rows.users))
    able = np.intersect1d(np.flatnonzero(likes >= 2), rows.steps.user)
    users = np.sort(random.permutation(able)[: min(people, len(able) // 2)])
    if not len(users):
        raise EmptyData(
            f"{dataset.name}: too few people with steps came to the target twice",
            fix="Bring more rows, or name an event that happens more often.",
        )
    mine = np.isin(rows.user, users)
    shown = mine & (random.random(len(rows)) < 0.5) & half
    return assemble(
        rows,
        train=~mine,
        revealed=shown,
        held=mine & ~shown,
        users=users,
        people=dataset.people,
        note=(
            f"{len(users):,} people of {len(able):,} who came to the target twice: "
            f"{int((mine & ~shown).sum()):,} rows asked for, {int(shown.sum()):,} revealed, "
            f"{int(np.isin(rows.steps.user, users).sum()):,} steps known (seed {seed})"
        ),
    )


def run_funnel(
    dataset: Dataset, people: int, seeds: Sequence[int], step: Callable[[], None]
) -> tuple[list[Outcome], list[str]]:
    """Fit and ask, once a seed.

    Args:
        dataset: Rows with steps.
        people: How many are asked about.
        seeds: Of draws and fits.
        step: Called after each seed.

    Returns:
        Outcomes in both segments, and what was held out in words.
    """
    rows = dataset.interactions
    benches = {
        HYBRID: open_bench(dataset),
        TARGETS: open_bench(replace(dataset, interactions=replace(rows, steps=None))),
        ALIKE: open_bench(replace(dataset, interactions=joined(rows))),
    }
    found: list[Outcome] = []
    notes = []
    for seed in seeds:
        with threadpool_limits(limits=1):
            splits = {
                name: funnel_split(dataset, people, seed, half)
                for name, half in ((NOTHING, False), (HALF, True))
            }
            scorers = fitted_scorers(benches, splits[NOTHING].train, seed)
            for segment, split in splits.items():
                found += _outcomes(scorers, split, segment, dataset.name, seed)
                notes.append(f"{segment}: {split.note}")
        step()
    return found, notes


def fitted_scorers(benches: dict[str, Bench], train: Interactions, seed: int) -> dict[str, Scorer]:
    """Everything that is compared: on all events, on targets, and on all events as if alike."""
    alone, alike = replace(train, steps=None), joined(train)
    fusion = _fusion(benches[HYBRID], train, seed)
    of_targets = _fusion(benches[TARGETS], alone, seed)
    of_all = _fusion(benches[ALIKE], alike, seed)
    furthest = FurthestStep().fit(benches[HYBRID].training(train, seed))
    made: dict[str, Scorer] = {FURTHEST: furthest.scores}
    for name in PEERS:
        made[f"{name}{TARGETS}"] = _bare(of_targets.experts[name])
        made[f"{name}{ALIKE}"] = _alike(of_all.experts[name])
    made |= {name: fusion.experts[name].scores for name in STEPS}
    made[f"{HYBRID}{TARGETS}"] = _bare(of_targets)
    made[f"{HYBRID}{ALIKE}"] = _alike(of_all)
    made[HYBRID] = fusion.scores
    return made


def _fusion(bench: Bench, rows: Interactions, seed: int) -> FittedFusion:
    fitted = bench.rankers[HYBRID]().fit(bench.training(rows, seed))
    assert isinstance(fitted, FittedFusion)
    return fitted


def _bare(ranker: FittedRanker) -> Scorer:
    """A ranker that is told no steps."""
    return lambda people: ranker.scores(replace(people, steps=None))


def _alike(ranker: FittedRanker) -> Scorer:
    """A ranker for which steps are likes as well; what somebody stepped on may be shown."""
    return lambda people: ranker.scores(Revisiting(**vars(all_rows(people))))


def _outcomes(
    scorers: dict[str, Scorer], split: Split, segment: str, name: str, seed: int
) -> list[Outcome]:
    question = Question.of(split, seed)
    keys = {"data": name, "segment": segment}
    vectors = np.zeros((question.items, 0), dtype=np.float32)
    chance = judge_chance(question, {"ranker": "random", **keys}, vectors)
    return [
        chance,
        *(
            judge_lists(top_lists(scorer, question), question, {"ranker": ranker, **keys}, vectors)
            for ranker, scorer in scorers.items()
        ),
    ]


def summarised(outcomes: Sequence[Outcome]) -> tuple[list[Row], list[Row]]:
    """Rows of accuracy and coverage, and hybrid compared with the others."""
    rows = [row for row in list_rows(outcomes) if row["metric"] in METRICS]
    return rows, comparisons(outcomes, AGAINST)
