"""What to ask somebody new: the items whose answers tell most about everything else.

An answer to item i about a taste ``theta ~ N(m, S)`` with ``y = x_i . theta + noise`` of variance
v leaves the covariance

    S' = S - S x_i x_i' S / (v + x_i' S x_i),

whatever the answer is. What matters is how sure one is then of all items, each by how many
people meet it: ``sum_j w_j x_j' S' x_j`` should be small (a Bayesian A-optimal design: Chaloner
and Verdinelli 1995, "Bayesian Experimental Design: A Review"). Somebody knows item i with
probability ``p_i`` only, else they cannot answer, so a question is worth

    p_i  x_i' S M S x_i / (v + x_i' S x_i),    M = sum_j w_j x_j x_j'.

Questions are chosen one after the other; after each, S becomes its expectation
``S - p_i (S - S')``, or where the answer is there, S' itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.histories import Histories
from fewrec.errors import EmptyData
from fewrec.policy.bandit import DIRECTIONS, LinearHead
from fewrec.ranker.fusion import FittedFusion
from fewrec.recommender.reacting import Reacting, item_factors

CANDIDATES = 5000
"""Only so many items, those most people know, may be asked about."""


@dataclass(frozen=True)
class Onboarding:
    """Chooses what to ask.

    Attributes:
        head: What is believed of somebody nobody knows, over I items; None where nothing
            happened yet: then questions lie far apart.
        vectors: What each item is, of length 1. Shape [I, D'].
        met: Share of people who met each item. Shape [I].
    """

    head: LinearHead | None
    vectors: Floats
    met: Doubles

    @classmethod
    def of(cls, rows: Interactions, fusion: FittedFusion, vectors: Floats) -> Onboarding:
        """Make it for a model.

        With likes and dislikes the belief is the bandit's, fitted on everybody. With likes
        alone it is the identity on the main directions of the item factors, or of what the
        items are where there are no factors.

        Args:
            rows: What happened.
            fusion: The ranker fitted on it.
            vectors: What each item is, of length 1. Shape [I, D'].
        """
        met = _met(rows)
        if not len(rows):
            return cls(None, vectors, met)
        try:
            return cls(Reacting.fit(rows, fusion).head, vectors, met)
        except EmptyData:
            factors = item_factors(fusion)
            return cls(_plain(factors if factors.any() else vectors), vectors, met)

    @property
    def method(self) -> Literal["design", "apart"]:
        """``design`` or, where nothing happened yet, ``apart``."""
        return "apart" if self.head is None else "design"

    @property
    def known(self) -> Doubles:
        """Probability that somebody knows each item. Shape [I].

        The square root of the share who met it: people know more than they told about.
        """
        return np.sqrt(self.met)

    def now(self, rows: Interactions) -> Onboarding:
        """The same beliefs, with shares counted from other rows over the same items."""
        return Onboarding(self.head, self.vectors, _met(rows))

    def ask(
        self,
        k: int,
        history: Histories | None = None,
        *,
        passed: Sequence[int] = (),
        barred: Bools | None = None,
    ) -> Ints:
        """Choose what to ask next.

        Args:
            k: How many items, at least 1.
            history: What the person answered or did already (B = 1): not asked again, and
                taken into account.
            passed: Items they were asked about and did not know.
            barred: Items never asked about. Shape [I].

        Returns:
            Item rows, the one that tells most first; fewer than k where no more may be asked.
        """
        told = Histories.single() if history is None else history
        left = np.ones(len(self.met), dtype=bool) if barred is None else ~barred
        left[told.item] = False
        left[list(passed)] = False
        if self.head is None:
            return _apart(self.vectors, left, [*told.item.tolist(), *passed], k)
        return self._design(self.head, told, passed, left, k)

    def _design(
        self, head: LinearHead, told: Histories, passed: Sequence[int], left: Bools, k: int
    ) -> Ints:
        known, x = self.known, head.inputs.astype(np.float64)
        mass = (x * self.met[:, None]).T @ x / max(float(self.met.sum()), 1e-9)  # M
        s = head.knowing(told.item, told.label, told.weight).covariance.astype(np.float64)
        for row in passed:
            s = _answered(s, x[row], head.noise, known[row])
        pool = np.flatnonzero(left & (known > 0))
        pool = pool[np.argsort(-known[pool], kind="stable")[:CANDIDATES]]
        picks: list[int] = []
        while len(picks) < min(k, len(pool)):
            side = x[pool] @ s
            doubt = head.noise + (side * x[pool]).sum(axis=1)
            worth = known[pool] * ((side @ mass) * side).sum(axis=1) / doubt
            worth[np.isin(pool, picks)] = -np.inf
            best = int(pool[np.argmax(worth)])
            picks.append(best)
            s = _answered(s, x[best], head.noise, known[best])
        return np.array(picks, dtype=np.int64)


def _answered(s: Doubles, x: Doubles, noise: float, chance: float) -> Doubles:
    """Expected covariance after a question that is answered with some probability. [F, F]."""
    side = s @ x
    lost: Doubles = chance * np.outer(side, side) / (noise + x @ side)
    return s - lost


def _met(rows: Interactions) -> Doubles:
    """Share of the people with rows who met each item. Shape [I]."""
    size = len(rows.items)
    pairs = np.unique(rows.user * size + rows.item)
    people = len(np.unique(rows.user))
    return np.bincount(pairs % max(size, 1), minlength=size) / max(people, 1)


def _plain(factors: Floats) -> LinearHead:
    """No idea of anybody's taste: S = 1 on the main directions, 1 being an item's usual length."""
    wide = factors.astype(np.float64)
    _, vectors = np.linalg.eigh(wide.T @ wide)
    inputs = wide @ vectors[:, ::-1][:, :DIRECTIONS]
    length = np.sqrt((inputs**2).sum(axis=1).mean())
    x = (inputs / max(float(length), 1e-9)).astype(np.float32)
    size = x.shape[1]
    return LinearHead(x, np.zeros(size, dtype=np.float32), np.eye(size, dtype=np.float32), 1.0)


def _apart(vectors: Floats, left: Bools, asked: Sequence[int], k: int) -> Ints:
    """Items far from each other (Gonzalez 1985), the first one in the middle of all."""
    nearest = np.full(len(vectors), -np.inf, dtype=np.float32)
    for row in asked:
        nearest = np.maximum(nearest, vectors @ vectors[row])
    picks: list[int] = []
    while left.any() and len(picks) < k:
        worth = -nearest if picks or asked else vectors @ vectors[left].mean(axis=0)
        best = int(np.argmax(np.where(left, worth, -np.inf)))
        picks.append(best)
        left[best] = False
        nearest = np.maximum(nearest, vectors @ vectors[best])
    return np.array(picks, dtype=np.int64)
