"""How far each kind of evidence is trusted before any rehearsal: the prior of the fusion."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fewrec.data.arrays import Doubles
from fewrec.ranker.rehearsal import KNOTS

WARM = {
    "popularity": (0.3, 0.2),
    "reach": (0.2, 0.1),
    "item-prior": (0.8, 0.4),
    "groups": (0.1, 0.1),
    "circle": (0.2, 0.1),
    "text-knn": (0.0, 0.5),
    "tuned-text": (0.0, 0.0),
    "attribute-knn": (0.0, 0.05),
    "item-knn": (0.0, 0.1),
    "exposure-knn": (0.0, 0.2),
    "ease": (0.0, 0.1),
    "exposure-ease": (0.0, 0.1),
    "residual-knn": (0.0, 0.05),
    "ials": (0.0, 0.2),
    "feature-map": (0.0, 0.1),
    "profile": (0.8, 0.4),
    "next-item": (0.0, 1.0),
    "own-steps": (0.5, 0.5),
    "steps-knn": (0.3, 0.2),
    "steps-ials": (0.2, 0.2),
    "steps-popularity": (0.1, 0.0),
}
"""Weight among known items for a stranger and for somebody of whom much is known."""

COLD = {
    "item-prior": (0.8, 0.3),
    "text-knn": (0.0, 0.6),
    "tuned-text": (0.0, 0.0),
    "attribute-knn": (0.0, 0.1),
    "feature-map": (0.0, 0.3),
}
"""The same among items nobody met yet."""

HALF = 5.0
"""Interactions at which half the way from stranger to well known is gone."""


def warm_prior(names: tuple[str, ...]) -> Doubles:
    """Expected weights among known items. Shape [Q, E]."""
    return _prior(names, WARM)


def cold_prior(names: tuple[str, ...]) -> Doubles:
    """Expected weights among new items. Shape [Q, E]."""
    return _prior(names, COLD)


def cold_scale_prior() -> Doubles:
    """Expected scale of content among new items: the item prior's among known ones. Shape [Q]."""
    return warm_prior(("item-prior",))[:, 0]


def _prior(names: tuple[str, ...], table: dict[str, tuple[float, float]]) -> Doubles:
    way = np.array([k / (k + HALF) for k in KNOTS])[:, None]
    ends = np.array([table.get(name, (0.0, 0.1)) for name in names]).reshape(-1, 2)
    prior: Doubles = (1.0 - way) * ends[:, 0] + way * ends[:, 1]
    return prior


SHOTS = {
    "residual-knn": 1.0,
    "text-knn": 0.15,
    "attribute-knn": 0.15,
    "memory": 0.5,
    "two-tower": 0.2,
    "cross-encoder": 0.2,
    "prompted": 0.1,
}
"""Weight in P(like) of what a model says, where all that was seen are a few shots."""

RATES = (1.0, 0.8)
"""The same of the log-odds of the item's and of the person's like-rate."""


def shot_prior(names: Sequence[str]) -> Doubles:
    """Expected weights of P(like) on K shots. Shape [2 + E + 1]; the intercept's is 0."""
    return np.array([*RATES, *(SHOTS.get(name, 0.0) for name in names), 0.0])
