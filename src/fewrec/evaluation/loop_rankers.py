"""Who is asked in the living loop: popularity, factors fitted now and then, and the fusion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.choice import Menu
from fewrec.data.events import Interactions
from fewrec.data.histories import Histories
from fewrec.evaluation.loop import Contestant, Loop, Question
from fewrec.evaluation.opening import Bench
from fewrec.policy.plackett_luce import PlackettLuce
from fewrec.protocols import Policy, Training
from fewrec.ranker.fusion import FittedFusion
from fewrec.ranker.ials import IALS, FittedIALS
from fewrec.ranker.stream_questions import Said
from fewrec.ranker.streaming import StreamTrust
from fewrec.recommender import hybrid
from fewrec.recommender.choosing import CANDIDATES
from fewrec.recommender.rankers import CONTENT, LIVING
from fewrec.seeding import generator

OURS = "fewrec"
AGAINST = ("popularity", "popularity-mf", "popularity-plus-mf", "fewrec-fixed", "fewrec-greedy")

GROWTH = 1.2
"""Trust is learned again when so many times as many questions were asked ..."""

MOST = 500
"""... or so many more."""

WATCHED = 3
"""Once enough questions are remembered, every third is watched."""


def contestants(bench: Bench, loop: Loop, seed: int, ours: Living) -> dict[str, Contestant]:
    """All that are asked, by name."""
    factors = Refitted(bench, loop, seed)
    drawn = PlackettLuce(explore=loop.explore)
    return {
        "popularity": lambda known, asked: _popular(asked, loop.k),
        "popularity-mf": lambda known, asked: factors.slates(known, asked),
        "popularity-plus-mf": lambda known, asked: factors.sums(asked),
        "fewrec-fixed": lambda known, asked: ours.slates(known, asked, None, learned=False),
        "fewrec-greedy": lambda known, asked: ours.slates(known, asked, None),
        OURS: lambda known, asked: ours.slates(known, asked, drawn),
    }


def _popular(asked: Sequence[Question], k: int) -> Iterator[Ints]:
    for question in asked:
        yield _top(question.popularity, question.met, k)


class Refitted:
    """Popularity, and matrix factorisation for people it was fitted on, refitted now and then."""

    def __init__(self, bench: Bench, loop: Loop, seed: int) -> None:
        self._bench, self._loop, self._seed = bench, loop, seed
        self._model: FittedIALS | None = None
        self._tastes: Floats = np.zeros((0, 0), dtype=np.float32)

    def slates(self, known: Interactions, asked: Sequence[Question]) -> Iterator[Ints]:
        """Factors for people of the last fit, popularity for all others."""
        if len(known) and len(known) % self._loop.refit == 0:
            self._model = IALS(regularisation=20.0, least=1.0).fit(
                self._bench.training(known, self._seed)
            )
            self._tastes = self._model.tastes(known.histories())
        for question in asked:
            factors = self._factors(question.user)
            scores = question.popularity if factors is None else factors
            yield _top(scores, question.met, self._loop.k)

    def sums(self, asked: Sequence[Question]) -> Iterator[Ints]:
        """Both, standardised and added up, for people of the last fit."""
        for question in asked:
            factors = self._factors(question.user)
            scores = question.popularity
            if factors is not None:
                usable = _usable(len(scores), question.met)
                scores = _standard(np.log1p(scores), usable) + _standard(factors, usable)
            yield _top(scores, question.met, self._loop.k)

    def _factors(self, user: int) -> Floats | None:
        if self._model is None or not self._tastes[user].any():
            return None
        scores: Floats = self._model.factors @ self._tastes[user]
        return scores


class Living:
    """The fusion as a service runs it, but without rehearsals.

    Experts are fitted now and then, counts, followers and histories are fresh. Trust starts as
    public data taught it and is then learned from the likes that were asked about.
    """

    def __init__(self, bench: Bench, loop: Loop, seed: int) -> None:
        self._bench, self._loop, self._seed = bench, loop, seed
        self._random, self._drawing = generator(seed, "exploring"), generator(seed, "watching")
        rows = bench.dataset.interactions
        names = tuple(bench.rankers["hybrid"]().experts)  # type: ignore[attr-defined]
        factory = hybrid((*names, *LIVING) if rows.timed else names)
        self._experts = factory.experts
        nothing = rows.where(np.zeros(0, dtype=np.int64))
        self._fusion: FittedFusion = factory.fit(bench.training(nothing, seed))
        self._trust = StreamTrust(CONTENT)
        self._learned = self._fusion.known, self._fusion.new
        self._asked, self._due = 0, self._trust.least
        self._told = -1
        self._now: tuple[Floats, Floats] = (self._fusion.warmth, self._fusion.warmth)
        self._alone: list[Doubles] = []

    @property
    def alone(self) -> dict[str, Doubles]:
        """Expert -> reward of its ten best at each question. Each of shape [S]."""
        each = np.concatenate(self._alone)
        return {name: each[:, e] for e, name in enumerate(self._fusion.experts)}

    def slates(
        self,
        known: Interactions,
        asked: Sequence[Question],
        policy: Policy | None,
        learned: bool = True,
    ) -> Iterator[Ints]:
        """Slates of a block, the best items where there is no policy; scored once for all."""
        if self._told != len(known):
            self._told, self._now = len(known), self._scores(known, asked)
        for question, scores in zip(asked, self._now[int(learned)], strict=True):
            if policy is None:
                yield _top(scores, question.met, self._loop.k)
            else:
                yield _chosen(scores, question.met, policy, self._loop.k, self._random)

    def _scores(self, known: Interactions, asked: Sequence[Question]) -> tuple[Floats, Floats]:
        """Scores of all items with fixed and with learned trust. Two of shape [B, I]."""
        training = self._bench.training(known, self._seed)
        if self._loop.fits(len(known)):
            self._fusion = self._refitted(training)
        elif len(known):
            self._fusion = self._fusion.extended(training)
        if not asked:
            nobody = np.zeros((0, len(known.items)), dtype=np.float32)
            return nobody, nobody
        said = Said.of(self._fusion, _stacked(asked))
        fixed = said.scores(self._fusion.known, self._fusion.new)
        if self._asked >= self._due:
            self._learned = self._trust.learned(self._fusion.known, self._fusion.new)
            self._due = min(int(self._asked * GROWTH) + 1, self._asked + MOST)
        mine = said.scores(*self._learned)
        liked = np.array([question.liked for question in asked])
        self._alone.append(_alone(said, liked, self._loop.k))
        full = len(self._trust) >= self._trust.kept
        some = np.arange(0, len(asked), WATCHED if full else 1)
        watched = said.take(some)
        self._trust.watch(self._fusion, watched, mine[some], liked[some], self._drawing)
        self._asked += len(asked)
        return fixed, mine

    def _refitted(self, training: Training) -> FittedFusion:
        experts = {name: ranker.fit(training) for name, ranker in self._experts.items()}
        return replace(self._fusion.extended(training), experts=experts)


def _alone(said: Said, liked: Ints, k: int) -> Doubles:
    """Chance that each expert's k best hold the liked item, equals in random order. [B, E]."""
    mine = np.take_along_axis(said.experts, liked[:, None, None], axis=2)
    candidate = ~said.seen[:, None, :]
    above = ((said.experts > mine) & candidate).sum(axis=2)
    equal = ((said.experts == mine) & candidate).sum(axis=2)
    chance: Doubles = np.round(np.clip((k - above) / np.maximum(equal, 1), 0.0, 1.0), 4)
    return chance


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


def _usable(items: int, met: Ints) -> Bools:
    usable: Bools = np.ones(items, dtype=bool)
    usable[met] = False
    return usable


def _standard(scores: Floats, usable: Bools) -> Floats:
    """Scores with mean 0 and deviation 1 over what may be shown. Shape [I]."""
    spread = max(float(scores[usable].std()), 1e-12)
    standard: Floats = (scores - scores[usable].mean()) / np.float32(spread)
    return standard


def _top(scores: Floats, met: Ints, k: int) -> Ints:
    """The k best items that were not met, best first; of equal ones the first. Shape [k]."""
    order = scores.astype(np.float32).copy()
    order[met] = -np.inf
    least = np.partition(order, -k)[-k] if k < len(order) else -np.inf
    rows = np.flatnonzero(order >= least)
    best: Ints = rows[np.argsort(-order[rows], kind="stable")[:k]]
    return best


def _chosen(scores: Floats, met: Ints, policy: Policy, k: int, random: np.random.Generator) -> Ints:
    """A slate of a policy, from the best candidates in deviations of the scores."""
    usable = _usable(len(scores), met)
    spread = max(float(scores[usable].std()), 1e-6)
    rows = _top(scores, met, min(CANDIDATES, int(usable.sum())))
    menu = Menu((scores[rows] / spread).astype(np.float32))
    slate: Ints = rows[policy.choose(menu, k, random).items]
    return slate
