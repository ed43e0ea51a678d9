"""From scores to the chance that an edge nobody claims is true all the same.

Facts are known, untrue edges are not: an edge nobody claims is untrue or missing. Where nearly
every edge is true, the share of claimed ones is the share of true edges that the graph holds
(Elkan and Noto 2008, "Learning Classifiers from Only Positive and Unlabeled Data", section 3);
from it follows what is missing elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Bools, Doubles, Ints

PURE = 500.0
"""So many of the highest scored edges, at least, tell the share that the graph holds."""

BIN = 100.0
"""So many edges share one estimate."""


@dataclass(frozen=True)
class Calibration:
    """For each relation, steps from score to probability.

    Attributes:
        share: Share c of the true edges that the graph holds, in (0, 1].
        start: Where each relation's steps begin. Shape [R + 1].
        bound: Lowest score of each step, ascending within a relation. Shape [S].
        missing: P(true | nobody claims it) on each step, ascending. Shape [S].
        any: P(true) on each step, ascending. Shape [S].
    """

    share: float
    start: Ints
    bound: Doubles
    missing: Doubles
    any: Doubles

    @classmethod
    def of(
        cls, score: Doubles, claimed: Bools, weight: Doubles, relation: Ints, relations: int
    ) -> Calibration:
        """Learn from n edges with scores that they had no part in.

        Args:
            score: Shape [n].
            claimed: Which are facts. Shape [n].
            weight: How often each counts. Shape [n].
            relation: Shape [n].
            relations: R.
        """
        share = held_share(score, claimed, weight)
        steps = [
            _steps(score[at], claimed[at], weight[at])
            for at in (np.flatnonzero(relation == r) for r in range(relations))
        ]
        start = np.cumsum([0, *(len(part) for part in steps)])
        bound, fact, other = np.concatenate([np.zeros((0, 3)), *steps]).T
        missing = (1 - share) / max(share, 1e-9) * fact / np.maximum(other, 1e-9)
        every = fact / np.maximum(fact + other, 1e-9) / max(share, 1e-9)
        return cls(share, start, bound, np.minimum(missing, 1), np.minimum(every, 1))

    def missing_probability(self, score: Doubles, relation: Ints) -> Doubles:
        """P(true) of n edges that nobody claims, of items with facts. Shape [n]."""
        return self._read(self.missing, score, relation)

    def any_probability(self, score: Doubles, relation: Ints) -> Doubles:
        """P(true) of n edges of items of which nothing is claimed at all. Shape [n]."""
        return self._read(self.any, score, relation)

    def _read(self, steps: Doubles, score: Doubles, relation: Ints) -> Doubles:
        found = np.zeros(len(score))
        for r in range(len(self.start) - 1):
            here, of = slice(self.start[r], self.start[r + 1]), relation == r
            if here.stop > here.start:
                at = np.searchsorted(self.bound[here], score[of], side="right") - 1
                found[of] = steps[here][np.maximum(at, 0)]
        return found


def held_share(score: Doubles, claimed: Bools, weight: Doubles) -> float:
    """Largest share of facts among the highest scored edges, ``PURE`` or more of them.

    Args:
        score: Shape [n].
        claimed: Which are facts. Shape [n].
        weight: How often each counts. Shape [n].

    Returns:
        In (0, 1], a standard error too large rather than too small, so that nothing is taken
        for missing by chance.
    """
    order = np.argsort(-score, kind="stable")
    facts, every = np.cumsum(weight[order] * claimed[order]), np.cumsum(weight[order])
    if not len(order) or facts[-1] <= 0:
        return 1.0
    enough = every >= min(PURE, every[-1])
    best = int(np.argmax(np.where(enough, facts / every, -1)))
    share, many = float(facts[best] / every[best]), float(every[best])
    return min(share + float(np.sqrt(share * (1 - share) / many)), 1.0)


def _steps(score: Doubles, claimed: Bools, weight: Doubles) -> Doubles:
    """Lowest score, facts and others of each step of one relation. Shape [S, 3].

    Bins of equal weight; neighbours that do not ascend are pooled.
    """
    if not len(score):
        return np.zeros((0, 3))
    order = np.argsort(score, kind="stable")
    every = np.cumsum(weight[order][::-1])[::-1]
    number = np.minimum(every // BIN, max(every[0] // BIN - 1, 0))
    first = np.flatnonzero(np.diff(number, prepend=number[0] + 1))
    facts = np.add.reduceat(weight[order] * claimed[order], first)
    others = np.add.reduceat(weight[order] * ~claimed[order], first)
    blocks: list[list[float]] = []
    for at, fact, other in zip(score[order][first], facts, others, strict=True):
        blocks.append([float(at), float(fact), float(other)])
        while len(blocks) > 1 and _rate(blocks[-2]) >= _rate(blocks[-1]):
            _, fact, other = blocks.pop()
            blocks[-1][1] += fact
            blocks[-1][2] += other
    return np.array(blocks)


def _rate(block: list[float]) -> float:
    return block[1] / (block[1] + block[2])
