"""A head that learns from every reaction at once: Bayesian linear regression for each person.

The reward of item i for person u is ``y = x_i . theta_u + noise`` with

    theta_u ~ N(m, S),    noise ~ N(0, v / w)

on frozen inputs x_i (1, the item's like-rate, its factors), so that nothing but theta_u is ever
learned online; w is the weight of the reaction, 1 for a plain one and less for a glance.
m, S and v are fitted on the training users by expectation maximisation: a person nobody knows
begins as a typical one. One reaction is one Sherman-Morrison (rank-1) update of the posterior;
LinUCB (Li et al. 2010, "A Contextual-Bandit Approach to Personalized News Article
Recommendation", Algorithm 1, with this prior) and Thompson sampling read scores from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.events import Interactions
from fewrec.errors import ConfigError, EmptyData
from fewrec.ranker.baselines import ItemCounts

DIRECTIONS = 16
"""Main directions of the factors that the head looks at; to learn more takes more reactions
than somebody new gives."""


@dataclass(frozen=True)
class Belief:
    """What is believed of one person: plain arrays, to be stored as they are.

    Attributes:
        mean: Of theta_u. Shape [F].
        covariance: Of theta_u. Shape [F, F].
        reactions: How many reactions it has learned from.
    """

    mean: Floats
    covariance: Floats
    reactions: int = 0


@dataclass(frozen=True)
class LinearHead:
    """The fitted head, shared by everybody; a person is a ``Belief``.

    Attributes:
        inputs: x_i of each item. Shape [I, F].
        mean: m. Shape [F].
        covariance: S. Shape [F, F].
        noise: v, above 0.
    """

    inputs: Floats
    mean: Floats
    covariance: Floats
    noise: float

    def somebody(self) -> Belief:
        """The belief about a person who did not react to anything yet."""
        return Belief(self.mean, self.covariance)

    def learned(self, belief: Belief, item: int, reward: float, weight: float = 1.0) -> Belief:
        """The belief after one more reaction, in O(F^2).

        Args:
            belief: Before it.
            item: Item row.
            reward: 1 liked, 0 not liked, or anything between.
            weight: w, how much the reaction says, above 0.
        """
        x = self.inputs[item]
        side = belief.covariance @ x  # S x, the only product of the update
        gain = side / np.float32(self.noise / weight + float(x @ side))
        surprise = np.float32(reward) - belief.mean @ x
        # Sherman-Morrison: (S^-1 + w x x' / v)^-1 = S - S x x' S / (v / w + x' S x)
        return Belief(
            (belief.mean + gain * surprise).astype(np.float32),
            belief.covariance - np.outer(gain, side).astype(np.float32),
            belief.reactions + 1,
        )

    def knowing(self, items: Ints, rewards: Floats, weights: Floats | None = None) -> Belief:
        """The belief about somebody with a history, in one solve.

        Args:
            items: Item rows. Shape [H].
            rewards: As in ``learned``. Shape [H].
            weights: As in ``learned``; 1 where None. Shape [H].
        """
        if not len(items):
            return self.somebody()
        known = np.ones(len(items), dtype=np.float32) if weights is None else weights
        one = _Moments.of([(self.inputs[items], rewards, known)])
        means, covariances = _posteriors(one, self._prior())
        mean, covariance = means[0].astype(np.float32), covariances[0].astype(np.float32)
        return Belief(mean, covariance, len(items))

    def expected(self, belief: Belief, items: Ints) -> Floats:
        """Expected rewards of N items. Shape [N]."""
        rewards: Floats = self.inputs[items] @ belief.mean
        return rewards

    def upper(self, belief: Belief, items: Ints, width: float = 0.2) -> Floats:
        """Upper confidence bounds (LinUCB): expectation plus ``width`` deviations. Shape [N]."""
        x = self.inputs[items]
        variance = ((x @ belief.covariance) * x).sum(axis=1)
        bound = x @ belief.mean + np.float32(width) * np.sqrt(np.maximum(variance, 0.0))
        return np.asarray(bound, dtype=np.float32)

    def sampled(self, belief: Belief, items: Ints, random: np.random.Generator) -> Floats:
        """Rewards of N items under one theta drawn from the belief (Thompson). Shape [N]."""
        size = len(belief.mean)
        jitter = np.float32(1e-6 * max(float(np.trace(belief.covariance)) / size, 1e-6))
        root = np.linalg.cholesky(belief.covariance + jitter * np.eye(size, dtype=np.float32))
        theta = belief.mean + root @ random.standard_normal(size, dtype=np.float32)
        return np.asarray(self.inputs[items] @ theta, dtype=np.float32)

    def extended(self, inputs: Floats) -> LinearHead:
        """The head for other or more items; beliefs stay valid.

        Args:
            inputs: x_i of all items, in the same columns. Shape [I', F].

        Raises:
            ConfigError: There are other columns than at the fit.
        """
        if inputs.shape[1] != self.inputs.shape[1]:
            wide, had = inputs.shape[1], self.inputs.shape[1]
            raise ConfigError(f"the inputs have {wide} columns, the head was fitted on {had}.")
        return replace(self, inputs=inputs)

    def _prior(self) -> _Prior:
        wide = self.covariance.astype(np.float64)
        return _Prior(self.mean.astype(np.float64), wide, self.noise)


@dataclass(frozen=True)
class InputSpace:
    """Item factors turned to their main directions, the same for items that come later.

    Attributes:
        turn: Factors to directions of spread 1. Shape [D, F].
    """

    turn: Floats

    @classmethod
    def of(cls, factors: Floats) -> InputSpace:
        """Find the main directions.

        Args:
            factors: Of each item, those of a fitted iALS or feature map; zeros where there are
                none; may have no columns. Shape [I, D].
        """
        wide = factors.astype(np.float64)
        _, vectors = np.linalg.eigh(wide.T @ wide)
        main = vectors[:, ::-1][:, :DIRECTIONS]
        known = wide[np.abs(wide).sum(axis=1) > 0] @ main
        spread = known.std(axis=0) if len(known) else np.ones(main.shape[1])
        return cls((main / np.maximum(spread, 1e-9)).astype(np.float32))

    def inputs(self, interactions: Interactions, factors: Floats) -> Floats:
        """x_i: 1, the like-rate shrunk to the base rate, and the main directions.

        Args:
            interactions: What like-rates are counted from; over I items.
            factors: In the columns the directions were found in. Shape [I, D].

        Returns:
            Shape [I, 2 + F], F = min(``DIRECTIONS``, D); an item without factors has zeros.
        """
        rate = ItemCounts.of(interactions).rate()[:, None].astype(np.float32)
        one = np.ones_like(rate)
        return np.concatenate([one, rate, factors @ self.turn], axis=1, dtype=np.float32)


def item_inputs(interactions: Interactions, factors: Floats) -> Floats:
    """x_i in a space of their own. Shapes as in ``InputSpace.inputs``."""
    return InputSpace.of(factors).inputs(interactions, factors)


@dataclass(frozen=True)
class FitLinearHead:
    """Fits the prior.

    Attributes:
        rounds: Of expectation maximisation, at least 1.
        most_users: At most so many training users are looked at, at least 1.
        strength: Users that the diagonal of S counts for against the rest of it, at least 0:
            with few users S stays nearly diagonal.
    """

    rounds: int = 8
    most_users: int = 1000
    strength: float = 50.0

    def fit(self, interactions: Interactions, inputs: Floats) -> LinearHead:
        """Fit m, S and v.

        Args:
            interactions: Rows of the training users, with negatives: likes alone tell nothing.
            inputs: x_i of all items. Shape [I, F].

        Raises:
            EmptyData: There are no rows, or no dislikes among them.
        """
        if not len(interactions) or not (interactions.label == 0).any():
            raise EmptyData(
                "the bandit's prior needs rows that are likes and rows that are not",
                fix="Log impressions without a reaction, or use the ranker alone.",
            )
        people = _people(interactions, inputs, self.most_users)
        prior = _first_guess(people, inputs.shape[1])
        for _ in range(self.rounds):
            prior = self._round(people, prior)
        return LinearHead(
            inputs,
            prior.mean.astype(np.float32),
            prior.covariance.astype(np.float32),
            float(prior.noise),
        )

    def _round(self, people: _Moments, prior: _Prior) -> _Prior:
        """One round of expectation (posteriors of all) and maximisation (their moments)."""
        means, covariances = _posteriors(people, prior)
        number, m = len(means), means.mean(axis=0)
        away = means - m
        scatter = covariances.sum(axis=0) + away.T @ away  # sum of C_u + (mu_u - m)(mu_u - m)'
        diagonal = np.diag(np.diag(scatter) / number)
        covariance = (scatter + self.strength * diagonal) / (number + self.strength)
        lost = people.lost(means) + float((people.xx * covariances).sum())
        return _Prior(m, covariance, max(lost / people.rows, 1e-4))


@dataclass(frozen=True)
class _Moments:
    """What posteriors need of P people's reactions.

    Attributes:
        xx: X' W X of each. Shape [P, F, F].
        xy: X' W y of each. Shape [P, F].
        yy: y' W y of all together.
        rows: How many reactions there are.
    """

    xx: Doubles
    xy: Doubles
    yy: float
    rows: int

    @classmethod
    def of(cls, people: list[tuple[Floats, Floats, Floats]]) -> _Moments:
        """From inputs [H, F], rewards [H] and weights [H] of each person."""
        wide = [
            (x.astype(np.float64), y.astype(np.float64), w.astype(np.float64)) for x, y, w in people
        ]
        return cls(
            np.stack([x.T @ (x * w[:, None]) for x, _, w in wide]),
            np.stack([(y * w) @ x for x, y, w in wide]),
            float(sum((y * w) @ y for _, y, w in wide)),
            sum(len(y) for _, y, _ in wide),
        )

    def lost(self, theta: Doubles) -> float:
        """Summed squared error where person p is expected to follow ``theta[p]``: [P, F]."""
        fitted = (self.xx @ theta[:, :, None])[:, :, 0]
        return float(self.yy + (theta * (fitted - 2.0 * self.xy)).sum())


@dataclass(frozen=True)
class _Prior:
    mean: Doubles
    covariance: Doubles
    noise: float


def _people(rows: Interactions, inputs: Floats, most: int) -> _Moments:
    """Of each user who has rows; of every second, third, ... where there are too many."""
    order, bounds = rows.by_user
    met = np.flatnonzero(np.diff(bounds))
    places = [order[bounds[u] : bounds[u + 1]] for u in met[:: max(1, -(-len(met) // most))]]
    return _Moments.of(
        [(inputs[rows.item[mine]], rows.label[mine], rows.weight[mine]) for mine in places]
    )


def _first_guess(people: _Moments, width: int) -> _Prior:
    """Everybody rewards an item by its like-rate, give or take."""
    mean = np.zeros(width)
    mean[1] = 1.0
    lost = people.lost(np.tile(mean, (len(people.xx), 1)))
    return _Prior(mean, np.eye(width) * 0.01, max(lost / people.rows, 1e-4))


def _posteriors(people: _Moments, prior: _Prior) -> tuple[Doubles, Doubles]:
    """Mean and covariance of theta_u: (I + S X'WX / v)^-1 S, shapes [P, F], [P, F, F]."""
    inner = np.eye(len(prior.mean)) + prior.covariance @ people.xx / prior.noise
    covariances = np.linalg.solve(inner, np.broadcast_to(prior.covariance, inner.shape))
    covariances = (covariances + covariances.transpose(0, 2, 1)) / 2
    left = people.xy - people.xx @ prior.mean
    return prior.mean + (covariances @ left[:, :, None])[:, :, 0] / prior.noise, covariances
