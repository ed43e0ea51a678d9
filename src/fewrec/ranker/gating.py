"""Weights among known and among new items at every knot, learned from rehearsed lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from fewrec.data.arrays import Doubles, Floats
from fewrec.ranker.rehearsal import KNOTS, Lists
from fewrec.ranker.trust import cold_prior, cold_scale_prior, warm_prior
from fewrec.ranker.weights import TrustFit, fit_weights, most_likely

LEAST_SCALE = 0.02
"""Least s(k), so that new items always have an order among themselves."""

ALL_NEW = 4.0
"""Power of the share of new items among what is liked that is heard about their direction."""


def direction_of(cold: Mapping[int, Lists], names: tuple[str, ...], fit: TrustFit) -> Doubles:
    """d_e(k), weights among new items with sum 1 at each knot. Shape [Q, content]."""
    weights = cold_prior(names)
    if cold:
        used = [KNOTS.index(k) for k in cold]
        fitted, _ = fit_weights(cold, weights[used], _nothing(cold), fit)
        weights = filled(weights, used, fitted)
    return _shares(weights, np.full_like(weights, 1.0 / max(len(names), 1)))


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
        direction = heard_of_all(warm, names, cold_names, direction, fit)
        used = [KNOTS.index(k) for k in warm]
        gated = {
            k: _gated(lists, names, cold_names, direction[q][:, None])
            for q, (k, lists) in zip(used, warm.items(), strict=True)
        }
        fitted, trust = fit_weights(gated, prior[used], _nothing(warm), fit)
        weights = filled(prior, used, fitted)
    known = weights[:, :-1]
    scale = np.maximum(weights[:, -1], LEAST_SCALE)
    new = known.copy()
    for column, name in enumerate(cold_names):
        new[:, names.index(name)] = scale * direction[:, column]
    return known, new, trust


def heard_of_all(
    warm: Mapping[int, Lists],
    names: tuple[str, ...],
    cold_names: tuple[str, ...],
    direction: Doubles,
    fit: TrustFit,
) -> Doubles:
    """The direction, heard from lists over all items as far as what is liked there is new.

    Hidden items are a fifth of the catalogue: where nearly everything is new to everybody
    (20 people, 16,000 games), a list of hidden items holds one like or two, and its direction is
    the prior's. There lists over all items say the same with five times the likes. Where much is
    known they would not: what nobody met yet is then what people pass by.

    Args:
        warm: Lists over all items, at least one.
        names: Of E experts.
        cold_names: Of those that speak about new items, C.
        direction: Learned from hidden items. Shape [Q, C].
        fit: Settings.

    Returns:
        Shape [Q, C], rows with sum 1 as before.
    """
    share = _newness(warm) ** ALL_NEW
    if share < 0.01 or not cold_names:
        return direction
    prior = np.column_stack([warm_prior(names), cold_scale_prior()[:, None] * direction])
    used = [KNOTS.index(k) for k in warm]
    each = np.eye(len(cold_names))
    gated = {k: _gated(lists, names, cold_names, each) for k, lists in warm.items()}
    fitted = filled(prior, used, most_likely(gated, prior[used], _nothing(warm), fit))
    heard = _shares(fitted[:, len(names) :], direction)
    mixed: Doubles = (1.0 - share) * direction + share * heard
    return mixed


def _shares(weights: Doubles, otherwise: Doubles) -> Doubles:
    """Rows of weights divided by their sums; other rows where they have none. Shape [Q, C]."""
    total = weights.sum(axis=1, keepdims=True)
    return np.where(total > 1e-6, weights / np.maximum(total, 1e-6), otherwise)


def _nothing(lists: Mapping[int, Lists]) -> dict[int, Floats]:
    """Offsets of lists of which nothing is settled. Each of shape [L, N]."""
    return {k: np.zeros_like(part.warmth) for k, part in lists.items()}


def _newness(warm: Mapping[int, Lists]) -> float:
    """Share of items nobody met among what is liked, over all lists."""
    liked = sum(int(lists.relevant.sum()) for lists in warm.values())
    new = sum(int((lists.relevant & (lists.warmth == 0)).sum()) for lists in warm.values())
    return new / max(liked, 1)


def _gated(
    lists: Lists, names: tuple[str, ...], cold_names: tuple[str, ...], directions: Doubles
) -> Lists:
    """Lists with further experts, content among new items, and content gated elsewhere.

    Args:
        lists: With E experts.
        names: Of the experts.
        cold_names: Of those that speak about new items, C.
        directions: What each of D further experts is made of. Shape [C, D].
    """
    place = [names.index(name) for name in cold_names]
    warmth = lists.warmth[:, None, :]
    cold = np.einsum("len,ed->ldn", lists.experts[:, place], directions.astype(np.float32))
    experts = lists.experts.copy()
    experts[:, place] *= warmth
    whole = np.concatenate([experts, (1.0 - warmth) * cold], axis=1)
    return replace(lists, experts=whole.astype(np.float32))


def filled(prior: Doubles, used: list[int], weights: Doubles) -> Doubles:
    """Fitted weights where lists were rehearsed; elsewhere those of the nearest such knot."""
    nearest = [min(used, key=lambda u: abs(u - q)) for q in range(len(prior))]
    return weights[[used.index(q) for q in nearest]]
