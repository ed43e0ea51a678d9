"""The living loop: events replayed from an empty store, a slate asked for before each like.

Before every like of an item that the person had not met, each contestant is asked for a slate;
the reward is 1 where the liked item is on it. Then the event is told. So everything that is
known at a moment is what happened before it. What is not tested: whether people would have liked
what was shown instead, so exploring can only cost here, never earn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.choice import Menu
from fewrec.data.events import Interactions
from fewrec.data.histories import Histories
from fewrec.errors import EmptyData
from fewrec.evaluation.opening import Bench
from fewrec.evaluation.rows import Row, metric_row
from fewrec.metrics.intervals import mean_interval, paired_difference
from fewrec.policy.plackett_luce import PlackettLuce
from fewrec.protocols import Policy, Training
from fewrec.ranker.fusion import FittedFusion, Fusion
from fewrec.ranker.ials import IALS, FittedIALS
from fewrec.recommender.choosing import CANDIDATES
from fewrec.seeding import generator

OURS = "fewrec"
AGAINST = ("popularity", "popularity-mf", "fewrec-greedy")


@dataclass(frozen=True)
class Loop:
    """How events are replayed.

    Attributes:
        slates: So many slates are asked for, at least 1.
        k: Length of a slate.
        refit: Events between two fits of factors and experts.
        fresh: Events between two fold-ins of counts; divides ``refit``.
        explore: Share of places that ``fewrec`` draws.
    """

    slates: int = 10_000
    k: int = 10
    refit: int = 1_000
    fresh: int = 100
    explore: float = 0.1


@dataclass(frozen=True)
class Question:
    """One moment at which a slate is asked for.

    Attributes:
        user: Who is asked for.
        liked: The item that this person liked next.
        met: Items the person met so far. Shape [K].
        history: What the person did so far (B = 1).
        popularity: Likes of each item so far. Shape [I].
    """

    user: int
    liked: int
    met: Ints
    history: Histories
    popularity: Floats


def event_order(rows: Interactions, seed: int) -> Ints:
    """Rows in the order of their times; in a seeded order where there are none. Shape [R]."""
    if rows.timed:
        order: Ints = np.argsort(rows.timestamp, kind="stable")
        return order
    shuffled: Ints = generator(seed, "order of events").permutation(len(rows))
    return shuffled


def run_loop(
    bench: Bench,
    loop: Loop,
    seed: int = 0,
    step: Callable[[int], None] = lambda slates: None,
) -> tuple[list[Row], list[Row], dict[str, list[int]]]:
    """Replay the events of a data set.

    Args:
        bench: The data, and how its items are described.
        loop: How.
        seed: Of the order where there are no times, of the fits and of exploring.
        step: Called with the number of slates asked for so far.

    Returns:
        Rows (``reward`` a slate and ``coverage`` of each ``ranker``), comparisons of ``fewrec``
        paired by slate and drawn by person, and the cumulative reward of each ranker at 100
        evenly spaced slates.

    Raises:
        EmptyData: There is no like to ask before.
    """
    rows = bench.dataset.interactions
    order = event_order(rows, seed)
    store = _Store(bench)
    contestants = _contestants(bench, loop, seed)
    rewards: dict[str, list[float]] = {name: [] for name in contestants}
    shown: dict[str, set[int]] = {name: set() for name in contestants}
    people: list[int] = []
    for start in range(0, len(order), loop.fresh):
        block = order[start : start + loop.fresh]
        known = rows.where(order[:start])
        asked = store.questions(block, loop.slates - len(people))
        people += [question.user for question in asked]
        for name, contestant in contestants.items():
            for question, slate in zip(asked, contestant(known, asked), strict=True):
                rewards[name].append(float(question.liked in slate))
                shown[name].update(slate.tolist())
        step(len(people))
        if len(people) >= loop.slates:
            break
    if not people:
        raise EmptyData("no event is a like, so no slate can be judged")
    each = {name: np.array(values) for name, values in rewards.items()}
    cell = {"task": "loop", "data": bench.dataset.name, "k": loop.k, "slates": len(people)}
    return (
        _rows(cell, each, shown, np.array(people), len(rows.items)),
        _compared(cell, each, np.array(people)),
        {name: _curve(values) for name, values in each.items()},
    )


class _Store:
    """What each person did so far."""

    def __init__(self, bench: Bench) -> None:
        self._rows = bench.dataset.interactions
        self._attributes = bench.dataset.people.attributes
        self._done: dict[int, list[int]] = {}
        self._likes = np.zeros(len(self._rows.items), dtype=np.float32)

    def questions(self, block: Ints, most: int) -> list[Question]:
        """The slates to ask for in a block of events, each with what was known just before."""
        asked: list[Question] = []
        for row in block:
            user, item = int(self._rows.user[row]), int(self._rows.item[row])
            done = self._done.setdefault(user, [])
            met = self._rows.item[done]
            if self._rows.label[row] > 0 and item not in met and len(asked) < most:
                history = self._history(user, done)
                asked.append(Question(user, item, met, history, self._likes.copy()))
            done.append(int(row))
            self._likes[item] += self._rows.label[row]
        return asked

    def _history(self, user: int, done: list[int]) -> Histories:
        return Histories(
            start=np.array([0, len(done)]),
            item=self._rows.item[done],
            label=self._rows.label[done],
            weight=self._rows.weight[done],
            attributes=(self._attributes[user],),
            profile=("",),
        )


Contestant = Callable[[Interactions, Sequence[Question]], Iterator[Ints]]
"""Told all events before a block and the questions of the block, gives a slate for each."""


def _contestants(bench: Bench, loop: Loop, seed: int) -> dict[str, Contestant]:
    ours = _Live(bench, loop, seed)
    drawn = PlackettLuce(explore=loop.explore)
    return {
        "popularity": lambda known, asked: _popular(asked, loop.k),
        "popularity-mf": _Refitted(bench, loop, seed).slates,
        "fewrec-greedy": lambda known, asked: ours.slates(known, asked, PlackettLuce(explore=0.0)),
        OURS: lambda known, asked: ours.slates(known, asked, drawn),
    }


def _popular(asked: Sequence[Question], k: int) -> Iterator[Ints]:
    for question in asked:
        yield _top(question.popularity, question.met, k)


class _Refitted:
    """Popularity, and matrix factorisation for people it was fitted on, refitted now and then."""

    def __init__(self, bench: Bench, loop: Loop, seed: int) -> None:
        self._bench, self._loop, self._seed = bench, loop, seed
        self._model: FittedIALS | None = None
        self._tastes: Floats = np.zeros((0, 0), dtype=np.float32)

    def slates(self, known: Interactions, asked: Sequence[Question]) -> Iterator[Ints]:
        """Slates of a block."""
        if len(known) and len(known) % self._loop.refit == 0:
            self._model = IALS().fit(self._bench.training(known, self._seed))
            self._tastes = self._model.tastes(known.histories())
        popular = _popular(asked, self._loop.k)
        for question, fallback in zip(asked, popular, strict=True):
            if self._model is None or not self._tastes[question.user].any():
                yield fallback
            else:
                scores = self._model.factors @ self._tastes[question.user]
                yield _top(scores, question.met, self._loop.k)


class _Live:
    """The fusion: experts refitted now and then, counts and histories always fresh.

    Trust in the experts is what public data taught (a fit on no events), so no refit takes the
    minutes of a rehearsal.
    """

    def __init__(self, bench: Bench, loop: Loop, seed: int) -> None:
        self._bench, self._loop, self._seed = bench, loop, seed
        self._random = generator(seed, "exploring")
        factory = bench.rankers["hybrid"]()
        if not isinstance(factory, Fusion):  # pragma: no cover (the bench always has a fusion)
            raise TypeError("the ranker `hybrid` is no fusion")
        self._experts = factory.experts
        nothing = bench.dataset.interactions.where(np.zeros(0, dtype=np.int64))
        self._fusion = factory.fit(bench.training(nothing, seed))
        self._scored: tuple[int, Floats] = (-1, np.zeros((0, 0), dtype=np.float32))

    def slates(
        self, known: Interactions, asked: Sequence[Question], policy: Policy
    ) -> Iterator[Ints]:
        """Slates of a block; scores are computed once, whatever the policy."""
        if not asked:
            return
        if self._scored[0] != len(known):
            self._scored = (len(known), self._scores(known, asked))
        for question, scores in zip(asked, self._scored[1], strict=True):
            yield _chosen(scores, question.met, policy, self._loop.k, self._random)

    def _scores(self, known: Interactions, asked: Sequence[Question]) -> Floats:
        training = self._bench.training(known, self._seed)
        if len(known) and len(known) % self._loop.refit == 0:
            self._fusion = self._refitted(training)
        elif len(known):
            self._fusion = self._fusion.extended(training)
        return self._fusion.scores(_stacked(asked))

    def _refitted(self, training: Training) -> FittedFusion:
        experts = {name: ranker.fit(training) for name, ranker in self._experts.items()}
        fresh = self._fusion.extended(training)
        return replace(fresh, experts=experts)


def _stacked(asked: Sequence[Question]) -> Histories:
    histories = [question.history for question in asked]
    return Histories(
        start=np.concatenate([[0], np.cumsum([len(h.item) for h in histories])]).astype(np.int64),
        item=np.concatenate([h.item for h in histories]),
        label=np.concatenate([h.label for h in histories]),
        weight=np.concatenate([h.weight for h in histories]),
        attributes=tuple(h.attributes[0] for h in histories),
        profile=tuple(h.profile[0] for h in histories),
    )


def _top(scores: Floats, met: Ints, k: int) -> Ints:
    order = scores.astype(np.float32).copy()
    order[met] = -np.inf
    best: Ints = np.argsort(-order, kind="stable")[:k]
    return best


def _chosen(scores: Floats, met: Ints, policy: Policy, k: int, random: np.random.Generator) -> Ints:
    """A slate of a policy, from the best candidates in deviations of the scores."""
    usable: Bools = np.ones(len(scores), dtype=bool)
    usable[met] = False
    spread = max(float(scores[usable].std()), 1e-6)
    rows = _top(scores, met, min(CANDIDATES, int(usable.sum())))
    menu = Menu((scores[rows] / spread).astype(np.float32))
    slate: Ints = rows[policy.choose(menu, k, random).items]
    return slate


def _rows(
    cell: Mapping[str, Any],
    each: Mapping[str, Doubles],
    shown: Mapping[str, set[int]],
    people: Ints,
    items: int,
) -> list[Row]:
    made = []
    for name, values in each.items():
        interval = mean_interval(values, people)
        mine = {**cell, "ranker": name}
        made.append(
            metric_row(
                mine,
                "reward",
                [float(values.mean())],
                low=interval.low,
                high=interval.high,
                users=interval.users,
            )
        )
        made.append(metric_row(mine, "coverage", [len(shown[name]) / items]))
    return made


def _compared(cell: Mapping[str, Any], each: Mapping[str, Doubles], people: Ints) -> list[Row]:
    made = []
    for name in AGAINST:
        gap = paired_difference(each[OURS], each[name], people)
        theirs = float(each[name].mean())
        made.append(
            {
                **cell,
                "a": OURS,
                "b": name,
                "metric": "reward",
                "difference": gap.difference,
                "low": gap.low,
                "high": gap.high,
                "verdict": gap.verdict,
                "relative": gap.difference / theirs if theirs > 0 else None,
                "users": gap.users,
            }
        )
    return made


def _curve(values: Doubles, points: int = 100) -> list[int]:
    at = np.unique(np.linspace(1, len(values), min(points, len(values))).astype(int))
    return [int(total) for total in np.cumsum(values)[at - 1]]
