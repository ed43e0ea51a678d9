"""Finds the rules that hold: chosen on half of people and items, judged on the other halves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Bools, Doubles
from fewrec.data.events import Interactions
from fewrec.data.features import ItemFeatures
from fewrec.knowledge.rules.counting import Counts, Trial, count, halves
from fewrec.knowledge.rules.patterns import Pattern, Rule, patterns
from fewrec.seeding import generator

PEOPLE = 2000
"""Rules are mined from at most so many people."""

KNOWN = 10
"""So many likes of a person are known at most; half of them where they have fewer than twice that.
"""

SUPPORT = 5
"""A rule needs so many likes on each half."""

BELIEF = 5.0
"""Likes expected without the rule that are added to its counts before its odds are taken."""


@dataclass(frozen=True)
class Mined:
    """A rule that was found, judged on people and candidates that had no part in choosing it.

    Attributes:
        rule: The rule.
        pattern: The same as columns of the attributes.
        support: Pairs for which body and head hold.
        body: Pairs (person, candidate) for which the body holds.
        confidence: support / body.
        low: Lower end of its 95 % interval.
        high: Upper end.
        base: The confidence to be expected without the rule: of the same candidates, liked by
            anybody; of any pair where the rule asks for no liked item.
        weight: Logarithm of confidence / base as odds, shrunk towards 0.
    """

    rule: Rule
    pattern: Pattern
    support: int
    body: int
    confidence: float
    low: float
    high: float
    base: float
    weight: float

    @property
    def lift(self) -> float:
        """How many times more probable than without the rule the like is."""
        return self.confidence / self.base if self.base else math.nan

    @property
    def sure(self) -> bool:
        """Whether the interval leaves the base rate out."""
        return self.low > self.base or self.high < self.base


def mine(
    interactions: Interactions, features: ItemFeatures, seed: int = 0, support: int = SUPPORT
) -> list[Mined]:
    """Find rules that tell likes from other pairs.

    Of each person some likes are known, the others are what a rule must foretell. A rule is
    chosen where it has support, and its interval leaves out the base rate, on one half of the
    people and of the candidates, and judged on the other halves; then the halves change places.
    What is said of a rule was counted where it was not chosen.

    Args:
        interactions: Labelled rows of U users over I items.
        features: Attributes of the I items.
        seed: Of the split of people and of their likes.
        support: Likes that a rule needs on the half that chooses, at least 1.

    Returns:
        The rules, largest weight first.
    """
    random = generator(seed, "rules")
    attributes = sparse.csr_matrix(features.attributes > 0, dtype=np.float32)
    known, later = revealed(interactions, random)
    if known.shape[0] < 2 or not attributes.shape[1]:
        return []
    trials = [
        Trial.of(known[people], later[people], candidates)
        for people, candidates in zip(
            halves(known.shape[0], random), halves(known.shape[1], random), strict=True
        )
    ]
    every = patterns(features.attribute_names, attributes)
    both = [count(every, attributes, trial) for trial in trials]
    chosen = [_chosen(counts, support) for counts in both]
    judged = both[1].where(chosen[0]).plus(both[0].where(chosen[1]))
    return _judged(every, judged)


def _chosen(counts: Counts, support: int) -> Bools:
    """Rules with support whose interval leaves out what is expected without them. Shape [K]."""
    low, high = counts.interval()
    base = counts.base()
    sure: Bools = (counts.support >= support) & ((low > base) | (high < base))
    return sure


def revealed(
    interactions: Interactions, random: np.random.Generator
) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Likes of people with at least two of them, in known and later ones. Shapes [U', I]."""
    likes = interactions.likes()
    number = np.diff(likes.indptr)
    able = np.flatnonzero(number >= 2)
    able = np.sort(random.permutation(able)[:PEOPLE])
    likes = sparse.csr_matrix(likes[able] > 0, dtype=np.float32)
    number = np.diff(likes.indptr)
    draw = random.random(len(likes.indices))
    row = np.repeat(np.arange(len(number)), number)
    order = np.lexsort((draw, row))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - np.repeat(likes.indptr[:-1], number)
    shown = place < np.repeat(np.minimum(number // 2, KNOWN), number)
    return _some(likes, shown), _some(likes, ~shown)


def _some(likes: sparse.csr_matrix, kept: np.ndarray) -> sparse.csr_matrix:
    some = likes.copy()
    some.data = kept.astype(np.float32)
    some.eliminate_zeros()
    return some


def _judged(rules: Sequence[Pattern], counts: Counts) -> list[Mined]:
    low, high = counts.interval()
    weight, confidence, base = log_odds(counts), counts.confidence(), counts.base()
    found = [
        Mined(
            rule=one.rule,
            pattern=one,
            support=int(counts.support[k]),
            body=int(counts.body[k]),
            confidence=float(confidence[k]),
            low=float(low[k]),
            high=float(high[k]),
            base=float(base[k]),
            weight=float(weight[k]),
        )
        for k, one in enumerate(rules)
        if counts.body[k] > 0
    ]
    return sorted(found, key=lambda one: (-one.weight, str(one.rule)))


def log_odds(counts: Counts) -> Doubles:
    """Log-odds with the rule above those without it, shrunk towards 0. Shape [K]."""
    n = counts.body + BELIEF * np.maximum(counts.body, 1.0) / np.maximum(counts.expected, 1e-9)
    with_rule = np.clip((counts.support + BELIEF) / n, 1e-9, 1 - 1e-9)
    without = np.clip((counts.expected + BELIEF) / n, 1e-9, 1 - 1e-9)
    odds: Doubles = np.log(with_rule / (1 - with_rule)) - np.log(without / (1 - without))
    return odds
