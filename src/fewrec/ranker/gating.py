"""Weights among known and among new items at every knot, learned from rehearsed lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from fewrec.data.arrays import Doubles
from fewrec.ranker.rehearsal import KNOTS, Lists
from fewrec.ranker.trust import cold_prior, cold_scale_prior, warm_prior
from fewrec.ranker.weights import TrustFit, fit_weights

LEAST_SCALE = 0.02
"""Least s(k), so that new items always have an order among themselves."""


def direction_of(cold: Mapping[int, Lists], names: tuple[str, ...], fit: TrustFit) -> Doubles:
    """d_e(k), weights among new items with sum 1 at each knot. Shape [Q, content]."""
    weights = cold_prior(names)
    if cold:
        used = [KNOTS.index(k) for k in cold]
        settled = {k: np.zeros_like(lists.warmth) for k, lists in cold.items()}
        fitted, _ = fit_weights(cold, weights[used], settled, fit)
        weights = filled(weights, used, fitted)
    total = weights.sum(axis=1, keepdims=True)
    even = np.full_like(weights, 1.0 / max(len(names), 1))
    return np.where(total > 1e-6, weights / np.maximum(total, 1e-6), even)


def known_and_new(
    warm: Mapping[int, Lists],
    names: tuple[str, ...],
    cold_names: tuple[str, ...],
    direction: Doubles,
    fit: TrustFit,
) -> tuple[Doubles, Doubles, float]:
    """Weights among known and among new items, two of shape [Q, E], and trust in the climb."""
    prior = np.column_stack([warm_prior(names), cold_scale_prior()])
    weights, trust = prior, 0.0
    if warm:
        used = [KNOTS.index(k) for k in warm]
        gated = {
            k: _gated(lists, names, cold_names, direction[q])
            for q, (k, lists) in zip(used, warm.items(), strict=True)
        }
        settled = {k: np.zeros_like(lists.warmth) for k, lists in warm.items()}
        fitted, trust = fit_weights(gated, prior[used], settled, fit)
        weights = filled(prior, used, fitted)
    known = weights[:, :-1]
    scale = np.maximum(weights[:, -1], LEAST_SCALE)
    new = known.copy()
    for column, name in enumerate(cold_names):
        new[:, names.index(name)] = scale * direction[:, column]
    return known, new, trust


def _gated(
    lists: Lists, names: tuple[str, ...], cold_names: tuple[str, ...], direction: Doubles
) -> Lists:
    """Lists with one more expert, content among new items, and content gated elsewhere."""
    place = [names.index(name) for name in cold_names]
    warmth = lists.warmth[:, None, :]
    cold = np.einsum("len,e->ln", lists.experts[:, place], direction.astype(np.float32))
    experts = lists.experts.copy()
    experts[:, place] *= warmth
    whole = np.concatenate([experts, (1.0 - warmth) * cold[:, None, :]], axis=1)
    return replace(lists, experts=whole.astype(np.float32))


def filled(prior: Doubles, used: list[int], weights: Doubles) -> Doubles:
    """Fitted weights where lists were rehearsed; elsewhere those of the nearest such knot."""
    nearest = [min(used, key=lambda u: abs(u - q)) for q in range(len(prior))]
    return weights[[used.index(q) for q in nearest]]
