"""Whether people come to what they took a step towards, by the step and how recent it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.evidence import Fact
from fewrec.data.histories import Histories
from fewrec.protocols import Training

NAME = "own-steps"

MOST_KINDS = 6
"""At most so many kinds of steps are told apart, the most frequent ones."""

STRENGTHS = (1e6, 300.0, 100.0, 30.0, 10.0, 3.0)
"""Pairs of prior belief of an item, from items that convert alike to items that do not."""

AGAIN = 2
"""Steps of one kind are counted up to so many."""


@dataclass(frozen=True)
class OwnSteps:
    """Log-odds of reaching the target, by the steps a person took on the item itself.

    Steps of the same weight and sign are of one kind (views, carts, impressions). A pattern says
    of each kind whether it happened never, once, or more often. With n_p pairs of person and
    item that show pattern p, t_p of which reached the target, r the rate of all pairs with steps,
    and of the item n_i such pairs, t_i of which did,

        s(u, i) = log((t_p + a r) / (n_p + a)) - log r_0 + log((t_i + b e_i) / (n_i + b) / e_i)

    r_0 the rate of pairs without a step and e_i the rate that the patterns of item i let expect.
    b is the one of ``STRENGTHS`` with the least log-loss when each pair is left out of its item's
    counts: where items convert alike, none moves far from what its patterns let expect.
    Items without own steps score 0; steps that led nowhere (an impression passed over) may
    score below 0.

    Attributes:
        pattern_strength: a, pairs of prior belief of a pattern, above 0.
    """

    pattern_strength: float = 10.0

    def fit(self, training: Training) -> FittedOwnSteps:
        """Count patterns, and how many of each reached the target."""
        rows = training.interactions
        size = len(rows.items)
        if rows.steps is None or not len(rows.steps):
            nothing = np.zeros(0)
            return FittedOwnSteps(nothing, nothing, np.zeros(size))
        kinds = _kinds(rows.steps)
        steps = rows.steps
        pair, pattern = patterns(steps.user, steps.item, _strength_of(steps), kinds, size)
        likes = rows.likes().tocoo()
        reached = np.isin(pair, likes.row.astype(np.int64) * size + likes.col)
        number = (AGAIN + 1) ** len(kinds)
        seen = np.bincount(pattern, minlength=number).astype(np.float64)
        good = np.bincount(pattern, reached, minlength=number)
        rate = (good.sum() + 0.5) / (seen.sum() + 1.0)
        by_pattern = (good + self.pattern_strength * rate) / (seen + self.pattern_strength)
        without = max(likes.nnz - good.sum(), 0.0) + 0.5
        people = len(np.union1d(rows.user, steps.user))
        rest = max(people * size - seen.sum(), 1.0)
        level = np.log(by_pattern) - np.log(without / (rest + 1.0))
        lift = _lift(pair % size, by_pattern[pattern], reached, size)
        return FittedOwnSteps(kinds, level, lift)


def _lift(item: Ints, expected: Doubles, reached: Bools, size: int) -> Doubles:
    """How much better each item converts than its patterns let expect, as a logarithm.

    Args:
        item: Of N pairs with steps. Shape [N].
        expected: Rate of each pair's pattern. Shape [N].
        reached: Whether it reached the target. Shape [N].
        size: I.

    Returns:
        Shape [I]; 0 where nobody took a step.
    """
    tried = np.bincount(item, minlength=size)
    got = np.bincount(item, reached, minlength=size)
    mean = np.bincount(item, expected, minlength=size) / np.maximum(tried, 1)
    mean = np.where(tried > 0, mean, 1.0)

    def loss(strength: float) -> float:
        others = (got[item] - reached + strength * mean[item]) / (tried[item] - 1 + strength)
        rate = np.clip(expected * others / mean[item], 1e-6, 1 - 1e-6)
        return -float(np.log(np.where(reached, rate, 1 - rate)).sum())

    strength = min(STRENGTHS, key=loss)
    told: Doubles = np.log((got + strength * mean) / (tried + strength) / mean)
    return np.where(tried > 0, told, 0.0)


def patterns(
    person: Ints, item: Ints, strength: Doubles, kinds: Doubles, items: int
) -> tuple[Ints, Ints]:
    """Pairs of person and item with steps, and the pattern of each.

    Args:
        person: Of each step. Shape [S].
        item: Of each step. Shape [S].
        strength: Signed weight of each step. Shape [S].
        kinds: Signed weights that are told apart. Shape [K].
        items: I.

    Returns:
        ``person * I + item`` of N pairs, ascending, and their patterns, numbers in base
        ``AGAIN + 1`` with a digit for each kind. Two of shape [N].
    """
    kind = np.searchsorted(kinds, strength - 1e-6)
    kind = np.minimum(kind, max(len(kinds) - 1, 0))
    known = np.abs(kinds[kind] - strength) < 1e-4 if len(kinds) else np.zeros(len(kind), bool)
    pair, place = np.unique(
        person[known].astype(np.int64) * items + item[known], return_inverse=True
    )
    shape = (len(pair), max(len(kinds), 1))
    entries = (np.ones(int(known.sum())), (place, kind[known]))
    counted = np.minimum(sparse.csr_matrix(entries, shape).toarray(), AGAIN).astype(np.int64)
    return pair, counted @ ((AGAIN + 1) ** np.arange(shape[1]))


def _strength_of(rows: Interactions | Histories) -> Doubles:
    """Weight of each row, below 0 where it was not liked. Shape [R]."""
    return np.where(rows.label > 0, rows.weight, -rows.weight).astype(np.float64)


def _kinds(steps: Interactions) -> Doubles:
    """The most frequent signed weights, ascending. Shape [K]."""
    found, number = np.unique(_strength_of(steps).round(5), return_counts=True)
    often: Doubles = np.sort(found[np.argsort(-number, kind="stable")[:MOST_KINDS]])
    return often


@dataclass(frozen=True)
class FittedOwnSteps:
    """Log-odds by pattern, and how much better each item converts than its patterns expect.

    Attributes:
        kinds: Signed weights that are told apart. Shape [K].
        level: Log-odds of each pattern against no step. Shape [3^K].
        item: Log-lift of each item. Shape [I].
    """

    kinds: Doubles
    level: Doubles
    item: Doubles

    def scores(self, people: Histories) -> Floats:
        """Log-odds of items with own steps, 0 elsewhere. Shape [B, I]."""
        size = len(self.item)
        scores = np.zeros((len(people), size), dtype=np.float32)
        steps = people.steps
        if steps is None or not len(steps.item) or not len(self.kinds):
            return scores
        pair, pattern = patterns(steps.person, steps.item, _strength_of(steps), self.kinds, size)
        who, item = pair // size, pair % size
        scores[who, item] = (self.level[pattern] + self.item[item]).astype(np.float32)
        return scores

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Whoever looked at a thing knows it; no reason is told."""
        return [[] for _ in items]

    def extended(self, training: Training) -> FittedOwnSteps:
        """Newcomers convert like others."""
        more = len(training.interactions.items) - len(self.item)
        return FittedOwnSteps(self.kinds, self.level, np.pad(self.item, (0, more)))
