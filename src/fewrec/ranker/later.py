"""What people's later rows say of P(like): weights that strangers could not teach.

Rehearsed strangers show their rows in random order. The last rows of people who are known well
teach two things more: how far to trust each signal where much is known, and how a person's mood
moves on. Log-odds of liking get

    g(k) (a' x + b t_ui + sum_h c_h m_u(h)),    g(k) = k / (k + kappa),

k the person's rows, x the signals that P(like) weighs anyway, t what ratings expect
(``RatingFactors``), m(h) how much more the person liked lately than usual, with half-life h rows.
All weights come from one logistic regression on the held-out rows, towards 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import optimize

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.histories import Histories
from fewrec.data.holdout import rank_in_user
from fewrec.protocols import FittedRanker, Ranker, Training
from fewrec.ranker.baselines import FittedItemUserMean, ItemUserMean
from fewrec.ranker.preference import sigmoid
from fewrec.ranker.rating_factors import FittedRatingFactors, RatingFactors
from fewrec.ranker.rehearsal import asked_in, at_once
from fewrec.seeding import generator

HALF_LIVES = (3.0, 10.0, 30.0)
"""Rows after which an opinion counts half for a person's mood."""

BLOCK = 64
"""So many people are scored at once, to bound memory."""

Signals = Callable[[dict[str, FittedRanker], Interactions, Histories], tuple[Floats, Doubles]]
"""Signals and log-odds of all items for B people, from experts and what these were fitted on:
[B, 2 + E, I] and [B, I]."""


@dataclass(frozen=True)
class Later:
    """How later rows are learned from.

    Attributes:
        share: Of each person's rows, the last ones, that are asked about.
        people: At most so many people, drawn.
        strength: Precision of the prior, in rows.
        kappa: Rows of a person at which half of the weights hold.
    """

    share: float = 0.2
    people: int = 1000
    strength: float = 10.0
    kappa: float = 20.0

    def fit(
        self, experts: Mapping[str, Ranker], training: Training, signals: Signals
    ) -> FittedLater | None:
        """Ask about the last rows of people, with everything fitted on the rows before.

        Args:
            experts: E rankers by name.
            training: All that may be learned from.
            signals: What P(like) weighs anyway.

        Returns:
            The weights; None where rows have no times, are all alike, or nothing can be held out.
        """
        rows = training.interactions
        held = self._held(rows, training.seed)
        if not (rows.has_negatives and rows.timed and held.any() and not held.all()):
            return None
        before = replace(training, interactions=rows.where(~held))
        fitted = {name: ranker.fit(before) for name, ranker in experts.items()}
        design, settled, label = self._questions(fitted, before, rows.where(held), signals)
        weights = _regressed(design, settled, label, self.strength)
        return FittedLater(weights, self.kappa, Moods.of(training))

    def _questions(
        self,
        fitted: dict[str, FittedRanker],
        before: Training,
        asked: Interactions,
        signals: Signals,
    ) -> tuple[Doubles, Doubles, Doubles]:
        """Gated signals [N, 2 + E + 1 + H], settled log-odds [N] and labels [N] of held rows."""
        moods, known, people = Moods.of(before), before.interactions, before.people
        asked = asked.where(np.argsort(asked.user, kind="stable"))
        users = np.unique(asked.user)
        rows, odds = [], []
        block = min(BLOCK, at_once(len(fitted) + 2, len(known.items)))
        for at in range(0, len(users), block):
            some = users[at : at + block]
            here = asked.where(np.isin(asked.user, some))
            person, item = np.searchsorted(some, here.user), here.item
            history = known.histories(some).knowing(
                [people.attributes[u] for u in some], [people.profile[u] for u in some]
            )
            usual, settled = signals(fitted, known, history)
            more = moods.told(history)[person, :, item]
            gate = _gate(history.count, self.kappa)[person, None]
            rows.append(np.hstack([usual[person, :, item], more]) * gate)
            odds.append(settled[person, item])
        label = asked.label.astype(np.float64)
        return np.concatenate(rows), np.concatenate(odds), label

    def _held(self, rows: Interactions, seed: int) -> Bools:
        """The last rows of the people drawn. Mask [R]."""
        rank, count = rank_in_user(
            rows.user, np.nan_to_num(rows.timestamp, nan=-np.inf), len(rows.users)
        )
        late = rank >= count - np.floor(self.share * count)
        able = np.unique(rows.user[late])
        people = asked_in(len(rows.items), self.people)
        drawn = generator(seed, "later").permutation(able)[:people]
        held: Bools = late & np.isin(rows.user, drawn)
        return held


def _gate(count: Ints, kappa: float) -> Doubles:
    gate: Doubles = count / (count + kappa)
    return gate


def _regressed(design: Doubles, settled: Doubles, label: Doubles, strength: float) -> Doubles:
    """Weights that minimise the log-loss beside settled log-odds plus strength/2 |w|^2. [N]."""

    def loss(weights: Doubles) -> tuple[float, Doubles]:
        score = settled + design @ weights
        value = float((np.logaddexp(0.0, score) - label * score).sum())
        slope = design.T @ (sigmoid(score) - label)
        return value + 0.5 * strength * float(weights @ weights), slope + strength * weights

    start = np.zeros(design.shape[1])
    found: Doubles = optimize.minimize(loss, start, jac=True, method="L-BFGS-B").x
    return found


@dataclass(frozen=True)
class Moods:
    """What is told of pairs besides the experts' signals.

    Attributes:
        taste: Expected ratings.
        usual: Shrunk means of the items, from which a person's moods differ.
    """

    taste: FittedRatingFactors
    usual: FittedItemUserMean

    @classmethod
    def of(cls, training: Training) -> Moods:
        """Fit both parts."""
        return cls(RatingFactors().fit(training), ItemUserMean().fit(training))

    def told(self, people: Histories) -> Floats:
        """Expected rating, then the moods, the same for all items. Shape [B, 1 + H, I]."""
        taste = self.taste.scores(people)
        moods = np.stack([self.mood(people, half) for half in HALF_LIVES], axis=1)
        wide = np.broadcast_to(moods[:, :, None], (*moods.shape, taste.shape[1]))
        return np.concatenate([taste[:, None, :], wide], axis=1).astype(np.float32)

    def mood(self, people: Histories, half_life: float) -> Doubles:
        """How much more a person liked lately than over all their rows. Shape [B].

        Rows stand oldest first; each counts 2^(-age / half-life), age in rows of the person.
        """
        left = people.label - self.usual.mean[people.item]
        age = np.repeat(people.start[1:], people.count) - 1 - np.arange(len(people.item))
        share = 0.5 ** (age / half_life)
        size = len(people)
        late = np.bincount(people.person, share * left, size)
        known = np.bincount(people.person, share, size) + 1.0
        mood: Doubles = late / known - self.usual.leniency(people)
        return mood


@dataclass(frozen=True)
class FittedLater:
    """Weights of the signals, and what else is told.

    Attributes:
        weights: Of item rate, person's rate and E experts, of the expected rating, of the moods.
            Shape [2 + E + 1 + H].
        kappa: Rows of a person at which half of them hold.
        moods: Fitted on all rows.
    """

    weights: Doubles
    kappa: float
    moods: Moods

    def shift(self, count: Ints) -> Doubles:
        """What the weights of the usual signals change by. Shape [B, 2 + E]."""
        usual = self.weights[: -(1 + len(HALF_LIVES))]
        return np.outer(_gate(count, self.kappa), usual)

    def told(self, people: Histories) -> Doubles:
        """Log-odds from ratings and moods. Shape [B, I]."""
        more = self.weights[-(1 + len(HALF_LIVES)) :]
        told: Doubles = self.moods.taste.scores(people).astype(np.float64) * more[0]
        for weight, half_life in zip(more[1:], HALF_LIVES, strict=True):
            told += weight * self.moods.mood(people, half_life)[:, None]
        told *= _gate(people.count, self.kappa)[:, None]
        return told

    def extended(self, training: Training) -> FittedLater:
        """Newcomers have no expected rating of their own; means over all rows."""
        size = len(training.interactions.items)
        moods = Moods(self.moods.taste.widened(size), self.moods.usual.extended(training))
        return replace(self, moods=moods)
