"""New people replayed: what a policy would have shown them next, among what they judged.

Each of the cold people is somebody nobody knows anything of. At every step a policy picks one of
the items this person judged in the data and was not shown yet, and sees the judgement. The
reward of a policy is the share of likes among its first picks. Nothing is estimated: every pick
has a recorded answer. What is not tested: items people never judged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.dataset import Dataset
from fewrec.data.events import Interactions
from fewrec.data.features import ItemFeatures
from fewrec.data.people import People
from fewrec.errors import ConfigError
from fewrec.evaluation.fused_replay import Judged, fused_rewards
from fewrec.evaluation.opening import Bench, open_bench
from fewrec.evaluation.rows import Row, metric_row
from fewrec.evaluation.stopwatch import timed
from fewrec.metrics.intervals import mean_interval, paired_difference
from fewrec.policy.bandit import Belief, FitLinearHead, LinearHead, item_inputs
from fewrec.protocols import Training
from fewrec.ranker.baselines import ItemCounts
from fewrec.ranker.ials import IALS
from fewrec.seeding import generator

LEAST_JUDGED = 2
"""Cold people judged at least so many times as many items as they are shown."""

OURS = "bandit"
AGAINST = ("met", "popularity", "item-bias", "greedy-head")
FUSED = (("hybrid+bandit", "hybrid"), ("p-like", "popularity"), ("p-like", OURS))


@dataclass(frozen=True)
class Replay:
    """How people are replayed.

    Attributes:
        users: Cold people a seed, at least 1.
        steps: Picks a person, at least 1.
        factors: Of the iALS whose item factors the head looks at.
        hybrid: Whether the fusion is replayed too, alone and with the bandit's bonus; it is
            fitted anew for each seed.
    """

    users: int = 128
    steps: int = 20
    factors: int = 32
    hybrid: bool = False


Scorer = Callable[[LinearHead, Belief, Ints, np.random.Generator], Floats]


def replay_bandit(
    dataset: Dataset,
    seeds: list[int],
    replay: Replay | None = None,
    step: Callable[[int], None] = lambda seed: None,
) -> tuple[list[Row], list[Row]]:
    """Replay cold people and compare policies on the same ones.

    Args:
        dataset: With likes and dislikes.
        seeds: Of the choice of people, one fit each.
        replay: How.
        step: Called after each seed.

    Returns:
        Rows (``reward`` of each ``ranker``), and comparisons of ``bandit`` with the baselines;
        with ``hybrid`` also of the fusion with and without the bonus, and of its P(like).

    Raises:
        ConfigError: Too few people judged enough items.
        EmptyData: The data hold no dislikes.
    """
    how = replay or Replay()
    rewards: dict[str, list[Doubles]] = {}
    people: list[Ints] = []
    bench = open_bench(dataset) if how.hybrid else None
    for seed in seeds:
        cold, found = _one_seed(dataset.interactions, seed, how, bench)
        people.append(cold)
        for name, values in found.items():
            rewards.setdefault(name, []).append(values)
        step(seed)
    cell = {"task": "bandit-replay", "data": dataset.name, "k": how.steps}
    everyone = np.concatenate(people)
    rows = [_row({**cell, "ranker": name}, each, everyone) for name, each in rewards.items()]
    pairs = [(OURS, other) for other in AGAINST] + (list(FUSED) if how.hybrid else [])
    return rows, [_compared(cell, pair, rewards, everyone) for pair in pairs]


def _row(cell: Mapping[str, Any], each: list[Doubles], people: Ints) -> Row:
    interval = mean_interval(np.concatenate(each), people)
    return metric_row(
        cell,
        "reward",
        [float(values.mean()) for values in each],
        low=interval.low,
        high=interval.high,
        users=interval.users,
    )


def _compared(
    cell: Mapping[str, Any],
    pair: tuple[str, str],
    rewards: Mapping[str, list[Doubles]],
    people: Ints,
) -> Row:
    one, other = (np.concatenate(rewards[name]) for name in pair)
    gap = paired_difference(one, other, people)
    return {
        **cell,
        "a": pair[0],
        "b": pair[1],
        "metric": "reward",
        "difference": gap.difference,
        "low": gap.low,
        "high": gap.high,
        "verdict": gap.verdict,
        "p": gap.p,
        "users": gap.users,
    }


def cold_people(rows: Interactions, seed: int, how: Replay) -> Ints:
    """The people to be replayed, drawn among those who judged enough. Shape [users].

    Raises:
        ConfigError: There are too few of them.
    """
    judged = np.bincount(rows.user, minlength=len(rows.users))
    least = LEAST_JUDGED * how.steps
    enough = np.flatnonzero(judged >= least)
    if len(enough) <= how.users:
        raise ConfigError(
            f"{how.users} people are to be replayed, but only {len(enough)} judged at least "
            f"{least} items and somebody must be left to learn from. Ask for fewer people or steps."
        )
    drawn: Ints = generator(seed, "cold people").permutation(enough)[: how.users]
    return drawn


def _one_seed(
    rows: Interactions, seed: int, how: Replay, bench: Bench | None
) -> tuple[Ints, dict[str, Doubles]]:
    cold = cold_people(rows, seed, how)
    known = rows.where(~np.isin(rows.user, cold))
    head = _head(known, seed, how.factors)
    policies = _policies(known)
    order, bounds = rows.by_user
    rewards = {name: np.zeros(len(cold)) for name in policies}
    judged: list[Judged] = []
    for n, user in enumerate(cold):
        mine = order[bounds[user] : bounds[user + 1]]
        items, first = np.unique(rows.item[mine], return_index=True)
        judged.append((items, rows.label[mine][first]))
        for name, scorer in policies.items():
            random = generator(seed, "replay", name, int(user))
            rewards[name][n] = _played(head, scorer, *judged[n], how.steps, random)
    if bench is not None:
        rewards |= fused_rewards(bench, known, judged, seed, how.steps)
    return cold, rewards


def _head(rows: Interactions, seed: int, factors: int) -> LinearHead:
    nothing = ItemFeatures.nothing(len(rows.items))
    training = Training(rows, nothing, People.unknown(rows.users), seed=seed)
    return FitLinearHead().fit(
        rows, item_inputs(rows, IALS(factors, 20.0, 1.0).fit(training).factors)
    )


def _policies(known: Interactions) -> dict[str, Scorer]:
    counts = ItemCounts.of(known)
    rate = counts.rate().astype(np.float32)
    liked = counts.people.astype(np.float32)
    met = np.bincount(known.item, minlength=len(known.items)).astype(np.float32)
    return {
        "random": lambda head, belief, items, random: random.random(len(items), np.float32),
        "met": lambda head, belief, items, random: met[items],
        "popularity": lambda head, belief, items, random: liked[items],
        "item-bias": lambda head, belief, items, random: rate[items],
        "greedy-head": lambda head, belief, items, random: head.expected(belief, items),
        OURS: lambda head, belief, items, random: head.upper(belief, items),
        "thompson": lambda head, belief, items, random: head.sampled(belief, items, random),
    }


def _played(
    head: LinearHead,
    scorer: Scorer,
    items: Ints,
    labels: Floats,
    steps: int,
    random: np.random.Generator,
) -> float:
    """Share of likes among the picks of one person."""
    belief, likes = head.somebody(), 0.0
    left: Bools = np.ones(len(items), dtype=bool)
    for _ in range(min(steps, len(items))):
        pick = int(np.argmax(np.where(left, scorer(head, belief, items, random), -np.inf)))
        left[pick] = False
        likes += float(labels[pick])
        belief = head.learned(belief, int(items[pick]), float(labels[pick]))
    return likes / min(steps, len(items))


def bandit_speed(
    dataset: Dataset, seed: int = 0, candidates: int = 500, repetitions: int = 2000
) -> list[Row]:
    """Milliseconds of one update and the top 10 of some candidates, on one thread.

    Args:
        dataset: With likes and dislikes.
        seed: Of factors and candidates.
        candidates: How many items are scored.
        repetitions: How often.
    """
    from threadpoolctl import threadpool_limits

    head = _head(dataset.interactions, seed, Replay().factors)
    random = generator(seed, "candidates")
    size = len(head.inputs)
    some = random.permutation(size)[: min(candidates, size)]
    reacted = iter(random.integers(0, size, size=2 * repetitions + 2))
    beliefs = [head.somebody()]

    def one() -> Ints:
        beliefs[0] = head.learned(beliefs[0], int(next(reacted)), 1.0)
        bounds = head.upper(beliefs[0], some)
        top = np.argpartition(-bounds, 9)[:10]
        return some[top[np.argsort(-bounds[top])]]

    with threadpool_limits(limits=1):
        times = timed(one, repetitions)
    cell = {
        "task": "bandit-update-and-top-10",
        "data": dataset.name,
        "candidates": len(some),
        "inputs": int(head.inputs.shape[1]),
    }
    return [
        metric_row(cell, "median_ms", [1000 * float(np.median(times.wall))]),
        metric_row(cell, "p95_ms", [1000 * float(np.quantile(times.wall, 0.95))]),
        metric_row(cell, "median_cpu_ms", [1000 * float(np.median(times.cpu))]),
    ]
