"""Which links a graph lacks, and which of its links look wrong.

Both are learned from the graph itself: a part of the facts is hidden, and what speaks for a
hidden fact, in the texts and in the rest of the graph, is weighed against what speaks for edges
that nobody claims (proposals) or for facts with another value in their place (doubts).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.knowledge.build.calibration import Calibration
from fewrec.knowledge.build.candidates import candidates
from fewrec.knowledge.build.facts import Facts, entries
from fewrec.knowledge.build.scoring import EdgeScorer
from fewrec.knowledge.build.signals import Context, Signals

FOLDS = 6
PRECISION = 0.9
"""Proposals this probable are taken; the others go to the review list."""

LESSONS = 12_000
"""Of each hidden part so many facts and so many other edges, at most, are learned from."""

DOUBTFUL = 0.05
"""Facts less probable than this are flagged."""

Found = Callable[[Signals], tuple[Ints, Ints]]
Done = Callable[[float], None]
"""Told the share that is done, in [0, 1]."""


def untold(share: float) -> None:
    """Nobody asks how far the work is."""


@dataclass(frozen=True)
class Edges:
    """n scored edges.

    Attributes:
        item: Shape [n].
        pair: Shape [n].
        score: Probability of being true. Shape [n].
    """

    item: Ints
    pair: Ints
    score: Doubles

    def __len__(self) -> int:
        return len(self.item)

    def where(self, chosen: Bools | Ints) -> Edges:
        """Some of them."""
        return Edges(self.item[chosen], self.pair[chosen], self.score[chosen])


@dataclass(frozen=True)
class _Drawn:
    """n edges with their signals, some of them facts; ``weight`` says how often each counts."""

    signals: Floats
    relation: Ints
    fact: Bools
    weight: Doubles

    @classmethod
    def joined(cls, parts: list[_Drawn]) -> _Drawn:
        names = ("signals", "relation", "fact", "weight")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def scorer(self, relations: int) -> EdgeScorer:
        return EdgeScorer.fit(self.signals, self.relation, self.fact, self.weight, relations)


def proposals(
    facts: Facts,
    context: Context,
    *,
    seed: int = 0,
    found: Found = candidates,
    tell: Done = untold,
) -> tuple[Edges, float]:
    """Edges that the facts lack, with the probability of being true.

    Args:
        facts: What the graph says.
        context: What is known beside.
        seed: Of what is hidden.
        found: Which edges are looked at.
        tell: Told the share that is done.

    Returns:
        The edges, the most probable first, and the share of true edges that the graph seems to
        hold, 1 where there are no facts to learn from. Of items without any fact nothing is
        missing more than elsewhere: their edges count as if nothing were known yet.
    """
    size = len(facts.relations)
    parts = []
    for at, (rest, _, _) in enumerate(_folds(facts, seed), start=1):
        parts.append(_hidden(facts, rest, context, found))
        tell(at / (FOLDS + 2))
    every = _Drawn.joined(parts) if parts else None
    if every is None or not every.fact.any() or every.fact.all():
        return Edges(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)), 1.0
    score = np.concatenate(_crossed(parts, size))
    tell((FOLDS + 1) / (FOLDS + 2))
    steps = Calibration.of(score, every.fact, every.weight, every.relation, size)
    signals = Signals(facts, context)
    item, pair = found(signals)
    given = every.scorer(size).probability(signals.of(item, pair), facts.relation[pair])
    missing = steps.missing_probability(given, facts.relation[pair])
    bare = np.diff(facts.held.indptr)[item] == 0
    chance = np.where(bare, steps.any_probability(given, facts.relation[pair]), missing)
    order = np.lexsort((pair, item, -given, -chance))
    tell(1.0)
    return Edges(item[order], pair[order], chance[order]), steps.share


def doubts(facts: Facts, context: Context, *, seed: int = 0, tell: Done = untold) -> Edges:
    """All facts with the probability of being true, each judged as if nobody claimed it.

    Args:
        facts: What the graph says.
        context: What is known beside.
        seed: Of what is hidden, and of the wrong values that facts are compared with.
        tell: Told the share that is done.

    Returns:
        The facts, the least probable first. 0.5 means: as probable as the same fact with
        another value of the relation in the value's place.
    """
    rng, size = np.random.default_rng((seed, 1)), len(facts.relations)
    parts, edges = [], []
    for at, (rest, item, pair) in enumerate(_folds(facts, seed), start=1):
        signals, (other, wrong) = Signals(rest, context), wrong_edges(facts, item, pair, rng)
        x = np.concatenate([signals.of(item, pair), signals.of(other, wrong)])
        relation = facts.relation[np.concatenate([pair, wrong])]
        parts.append(_Drawn(x, relation, np.arange(len(x)) < len(item), np.ones(len(x))))
        edges.append((item, pair))
        tell(at / (FOLDS + 1))
    if not parts:
        return Edges(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    scores = [score[part.fact] for score, part in zip(_crossed(parts, size), parts, strict=True)]
    item, pair = (np.concatenate(column) for column in zip(*edges, strict=True))
    score = np.concatenate(scores)
    order = np.lexsort((pair, item, score))
    tell(1.0)
    return Edges(item[order], pair[order], score[order])


def wrong_edges(
    facts: Facts, item: Ints, pair: Ints, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """The same items with another value of the same relation, drawn as often as it occurs.

    Returns:
        Items and pairs, without those that are facts. Shapes [m], m <= n.
    """
    every = facts.edges()[1]
    order = np.argsort(facts.relation[every], kind="stable")
    ends = np.searchsorted(facts.relation[every][order], np.arange(len(facts.relations) + 1))
    begin, end = ends[facts.relation[pair]], ends[facts.relation[pair] + 1]
    drawn = every[order[begin + (rng.random(len(pair)) * (end - begin)).astype(np.int64)]]
    fine = ~are_facts(facts, item, drawn)
    return item[fine], drawn[fine]


def are_facts(facts: Facts, item: Ints, pair: Ints) -> Bools:
    """Which of n edges the facts hold. Shape [n]."""
    return entries(facts.held, item, pair) > 0


def _folds(facts: Facts, seed: int) -> Iterator[tuple[Facts, Ints, Ints]]:
    """(facts without a part, items and pairs of that part); nothing where there are too few."""
    item, pair = facts.edges()
    if len(item) < 2 * FOLDS:
        return
    fold = np.random.default_rng(seed).permutation(len(item)) % FOLDS
    for at in range(FOLDS):
        out = fold == at
        yield facts.holding(item[~out], pair[~out]), item[out], pair[out]


def _hidden(facts: Facts, rest: Facts, context: Context, found: Found) -> _Drawn:
    """What is looked at where a part is hidden; of items with facts, since those can tell."""
    signals = Signals(rest, context)
    item, pair = found(signals)
    some = np.diff(facts.held.indptr)[item] > 0
    item, pair = item[some], pair[some]
    fact = are_facts(facts, item, pair)
    weight = np.where(fact, 1.0, 1 / FOLDS)  # a fact is hidden once, the others every time
    chosen = []
    for kind in (np.flatnonzero(fact), np.flatnonzero(~fact)):
        few = kind[:: max(1, -(-len(kind) // LESSONS))]
        weight[few] *= len(kind) / max(len(few), 1)
        chosen.append(few)
    rows = np.sort(np.concatenate(chosen))
    item, pair, fact, weight = item[rows], pair[rows], fact[rows], weight[rows]
    return _Drawn(signals.of(item, pair), facts.relation[pair], fact, weight)


def _crossed(parts: list[_Drawn], relations: int) -> list[Doubles]:
    """Scores of each part from a scorer that the other half of the parts has made."""
    scorers = [_Drawn.joined(parts[half::2]).scorer(relations) for half in (1, 0)]
    return [
        scorers[at % 2].probability(part.signals, part.relation) for at, part in enumerate(parts)
    ]
