"""How far to trust each expert, given how much is known: fitted on rehearsed lists.

Two fits in a row. First the most likely weights under a logistic model of "liked", with a prior
that carries the cells where there is almost no data. Then the weights climb the metric itself
(NDCG@10), and go as far along that climb as held-out people confirm: with few people the prior
and the likelihood decide, with many the metric does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.metrics.ranking import discounts
from fewrec.ranker.rehearsal import Lists

STEPS = (0.0, 0.5, 0.8, 1.25, 2.0)
"""Factors tried for one weight while climbing."""

TRUSTS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""How far along the climb to go."""

LIST_WORTH = 10.0
"""Each list weighs as much as so many liked items, however many it has."""

LIKELIHOOD_LISTS = 150
"""At most so many lists of a knot enter the likelihood; more would only make it slower."""

CONFIRMED = 0.5
"""Standard errors by which held-out people must gain before the climb is trusted."""

CLIMBERS = 10
"""Fewer people than these cannot confirm a climb: they differ less from each other than from
whoever comes next."""

DEPTH = 10
"""The metric is NDCG at this depth."""


@dataclass(frozen=True)
class TrustFit:
    """Settings of the fit.

    Attributes:
        prior_strength: Precision of the prior around its weights, in lists' worth of evidence.
        smoothness: Precision that ties neighbouring knots together.
        passes: Rounds of climbing over all experts; 0 stays with the likelihood.
    """

    prior_strength: float = 20.0
    smoothness: float = 20.0
    passes: int = 2


def fit_weights(
    lists: Mapping[int, Lists],
    prior: Doubles,
    offsets: Mapping[int, Floats],
    settings: TrustFit,
) -> tuple[Doubles, float]:
    """Weights of E experts at each knot.

    Args:
        lists: Rehearsed lists by knot, in order of the knots. Q knots.
        prior: Weights expected before seeing any list. Shape [Q, E].
        offsets: Scores already settled, added to every list. Each of shape [L, N].
        settings: Of the fit.

    Returns:
        Weights, none below 0, shape [Q, E]; and how far the climb was trusted, in [0, 1].
    """
    knots = list(lists)
    likely = most_likely(lists, prior, offsets, settings)
    people = {int(person) for part in lists.values() for person in part.person}
    if settings.passes == 0 or len(people) < CLIMBERS:
        return likely, 0.0
    trust = _confirmed_trust(lists, prior, offsets, settings)
    if trust == 0.0:
        return likely, trust
    climbed = np.stack(
        [climb(lists[k], likely[q], offsets[k], settings.passes) for q, k in enumerate(knots)]
    )
    return _between(likely, _smoothed(climbed), trust), trust


def _between(likely: Doubles, climbed: Doubles, trust: float) -> Doubles:
    return (1.0 - trust) * likely + trust * climbed


def _smoothed(weights: Doubles) -> Doubles:
    """Each knot averaged with its neighbours, 1:2:1. Shape [Q, E]."""
    wide = np.concatenate([weights[:1], weights, weights[-1:]])
    smoothed: Doubles = (wide[:-2] + 2.0 * wide[1:-1] + wide[2:]) / 4.0
    return smoothed


def _confirmed_trust(
    lists: Mapping[int, Lists],
    prior: Doubles,
    offsets: Mapping[int, Floats],
    settings: TrustFit,
) -> float:
    """The share of the climb that people left out of it confirm, in two-fold cross-validation.

    The largest mean gain must exceed ``CONFIRMED`` of its standard errors by people, else 0.
    Knots with people on one side only do not take part.
    """
    known = list(lists)
    lists = {k: part for k, part in lists.items() if 0 < (part.person % 2).mean() < 1}
    if not lists:
        return 0.0
    prior = prior[[known.index(k) for k in lists]]
    gains: list[Doubles] = []
    for side in (0, 1):
        learn = {k: part.person % 2 == side for k, part in lists.items()}
        mine = {k: part.where(learn[k]) for k, part in lists.items()}
        settled = {k: offsets[k][learn[k]] for k in lists}
        likely = most_likely(mine, prior, settled, settings)
        climbed = _smoothed(
            np.stack(
                [climb(mine[k], likely[q], settled[k], settings.passes) for q, k in enumerate(mine)]
            )
        )
        for q, (k, part) in enumerate(lists.items()):
            other = part.where(~learn[k])
            before = offsets[k][~learn[k]]
            values = [
                ndcg_of(other, before + _mixed(other, _between(likely[q], climbed[q], t)))
                for t in TRUSTS
            ]
            gains.append(np.stack(values) - values[0])
    pooled = np.concatenate(gains, axis=1)
    mean = pooled.mean(axis=1)
    best = int(np.argmax(mean))
    error = pooled[best].std() / np.sqrt(max(pooled.shape[1] / len(lists), 1.0))
    return TRUSTS[best] if mean[best] > CONFIRMED * error else 0.0


def _mixed(lists: Lists, weights: Doubles) -> Floats:
    """Weighted sum of the experts. Shape [L, N]."""
    mixed: Floats = np.einsum("len,e->ln", lists.experts, weights.astype(np.float32))
    return mixed


def most_likely(
    lists: Mapping[int, Lists],
    prior: Doubles,
    offsets: Mapping[int, Floats],
    settings: TrustFit,
) -> Doubles:
    """Weights of largest posterior under a logistic model, all knots together.

    Minimises over theta >= 0 and one intercept a knot
    ``sum_l w_l log(1 + exp(-y s)) + p/2 |theta - prior|^2 + r/2 sum_q |theta_q+1 - theta_q|^2``,
    s the offset plus the weighted experts. In each list the liked items weigh ``LIST_WORTH`` in
    all, and the others in proportion to their true number.

    Returns:
        Shape [Q, E].
    """
    knots, shape = list(lists), prior.shape
    packed = [_rows(lists[k], offsets[k]) for k in knots]

    def loss(flat: Doubles) -> tuple[float, Doubles]:
        theta = flat[: prior.size].reshape(shape)
        away = theta - prior
        steps = np.diff(theta, axis=0)
        value = 0.5 * settings.prior_strength * float((away**2).sum())
        value += 0.5 * settings.smoothness * float((steps**2).sum())
        slope = settings.prior_strength * away
        slope[:-1] -= settings.smoothness * steps
        slope[1:] += settings.smoothness * steps
        intercepts = np.zeros(len(knots))
        for q, (rows, liked, weight, before) in enumerate(packed):
            with np.errstate(invalid="ignore"):  # all is finite; BLAS may leave the flag behind
                told = rows @ theta[q].astype(np.float32)
            level = before + told + np.float32(flat[prior.size + q])
            odds = np.exp(-np.abs(level))
            cost = np.maximum(level, 0.0) + np.log1p(odds) - liked * level
            value += float(weight @ cost)
            chance = np.where(level >= 0, 1.0, odds) / (1.0 + odds)
            residual = weight * (chance - liked)
            slope[q] += rows.T @ residual
            intercepts[q] = residual.sum()
        return value, np.concatenate([slope.ravel(), intercepts])

    start = np.concatenate([prior.ravel(), np.zeros(len(knots))])
    bounds = [(0.0, None)] * prior.size + [(None, None)] * len(knots)
    found = optimize.minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 100}
    )
    theta: Doubles = found.x[: prior.size].reshape(shape)
    return theta


def _rows(lists: Lists, offset: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Candidates of the lists as rows: experts [n, E], liked, weight and offset [n].

    At most ``LIKELIHOOD_LISTS`` lists, whose weight stands for all.
    """
    some = np.zeros(len(lists), dtype=bool)
    some[np.linspace(0, len(lists) - 1, min(len(lists), LIKELIHOOD_LISTS)).astype(int)] = True
    scale = len(lists) / max(int(some.sum()), 1)
    lists, offset = lists.where(some), offset[some]
    liked = lists.relevant
    good = np.maximum((lists.weight * liked).sum(axis=1, keepdims=True), 1.0)
    share = lists.weight * (LIST_WORTH / good)
    at = lists.valid
    return (
        lists.experts.transpose(0, 2, 1)[at],
        liked[at].astype(np.float32),
        (share[at] * scale).astype(np.float32),
        offset[at],
    )


def climb(lists: Lists, start: Doubles, offset: Floats, passes: int) -> Doubles:
    """Raise NDCG@10 of rehearsed lists by changing one weight after the other.

    Args:
        lists: L lists of E experts.
        start: Where to begin. Shape [E].
        offset: Settled scores. Shape [L, N].
        passes: Rounds over all experts.

    Returns:
        Weights with an NDCG at least as high as at the start. Shape [E].
    """
    weights = start.copy()
    unit = max(float(start.max(initial=0.0)), 0.1)
    score = offset + _mixed(lists, weights)
    best = float(ndcg_of(lists, score).mean())
    for _ in range(passes):
        before = best
        for e in range(len(weights)):
            base = max(weights[e], 0.1 * unit)
            for step in STEPS:
                move = base * step - weights[e]
                tried = score + np.float32(move) * lists.experts[:, e]
                value = float(ndcg_of(lists, tried).mean())
                if value > best + 1e-5:
                    best, score = value, tried
                    weights[e] += move
        if best - before < 1e-4:
            break
    return weights


def ndcg_of(lists: Lists, scores: Floats) -> Doubles:
    """NDCG@10 of each list. ``scores``: shape [L, N]. Shape [L]."""
    depth = min(DEPTH, scores.shape[1])
    usable = np.where(lists.valid, scores, -np.inf)
    top = np.argpartition(-usable, depth - 1, axis=1)[:, :depth]
    order = np.argsort(-np.take_along_axis(usable, top, axis=1), axis=1, kind="stable")
    top = np.take_along_axis(top, order, axis=1)
    hit = np.take_along_axis(lists.relevant, top, axis=1)
    weight = discounts(DEPTH)
    ideal = np.cumsum(weight)[np.minimum(np.maximum(lists.likes, 1), DEPTH) - 1]
    answer: Doubles = (hit @ weight[:depth]) / ideal
    return answer


def at_counts(weights: Doubles, knots: Sequence[int], counts: Ints) -> Doubles:
    """Weights for people of whom k interactions are known, linear in log(1 + k) between knots.

    Args:
        weights: Shape [Q, E].
        knots: Q numbers of interactions, ascending.
        counts: k of each person. Shape [B].

    Returns:
        Shape [B, E].
    """
    grid = np.log1p(np.asarray(knots, dtype=np.float64))
    where = np.clip(np.log1p(counts), grid[0], grid[-1])
    right = np.clip(np.searchsorted(grid, where), 1, len(grid) - 1)
    share = ((where - grid[right - 1]) / (grid[right] - grid[right - 1]))[:, None]
    found: Doubles = (1.0 - share) * weights[right - 1] + share * weights[right]
    return found


def best_single(lists: Lists, names: Sequence[str]) -> dict[str, float]:
    """Cross-fitted NDCG@10 of each expert alone, mean over lists.

    Ties go against the liked items, so that an expert without an opinion gains nothing.
    """
    against = np.float32(1e-6) * lists.relevant
    return {
        name: float(ndcg_of(lists, lists.experts[:, e] - against).mean())
        for e, name in enumerate(names)
    }
