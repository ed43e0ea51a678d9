"""P(like): how probable it is that a person likes an item, having met it.

Ranking asks what a person will come across and like; this head asks only the second half, so it
has its own weights: a logistic model of the label on the item's like-rate, the person's, and
every expert, fitted on rehearsed strangers' labelled rows. Being fitted by log-loss on people
the experts never saw, it is calibrated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from fewrec.data.arrays import Doubles, Floats

FLOOR = 1e-3
"""Probabilities are kept this far from 0 and 1 before taking a logit."""


@dataclass(frozen=True)
class Pairs:
    """P labelled (person, item) pairs at one knot.

    Attributes:
        signals: Logit of the item's like-rate and of the person's, both relative to the base
            rate, then the scores of E experts as ``as_signal`` gives them. Shape [P, 2 + E].
        label: 1 liked, 0 not. Shape [P].
        weight: How much each pair counts; all alike where None. Shape [P].
    """

    signals: Doubles
    label: Doubles
    weight: Doubles | None = None


def logit(probability: Doubles | float) -> Doubles:
    """log(p / (1 - p)), with p kept within [.001, .999]. Any shape."""
    inside = np.clip(probability, FLOOR, 1.0 - FLOOR)
    return np.asarray(np.log(inside / (1.0 - inside)), dtype=np.float64)


def sigmoid(value: Doubles | Floats) -> Doubles:
    """1 / (1 + exp(-x)). Any shape."""
    inside: Doubles = np.clip(np.asarray(value, dtype=np.float64), -30.0, 30.0)
    return 1.0 / (1.0 + np.exp(-inside))


LABEL_EXPERTS = ("residual-knn",)
"""Experts whose raw score is an expected difference of labels: it counts as it is."""

LABEL_SLOPE = 4.0
"""Log-odds that a difference of labels is worth: the logit's slope at one half."""

COUNTED = (
    "popularity",
    "reach",
    "item-knn",
    "exposure-knn",
    "ease",
    "exposure-ease",
    "ials",
    "next-item",
)
"""Experts who score an item low where nobody met it yet, which is no sign of dislike."""


def as_signal(name: str, raw: Floats, standard: Floats, warmth: Floats) -> Floats:
    """An expert's scores as a signal of liking.

    Args:
        name: Of the expert.
        raw: Its scores. Any shape.
        standard: The same, standardised for each person. Shape as ``raw``.
        warmth: c / (c + kappa) of each item; broadcasts to ``raw``.

    Returns:
        Differences of labels in log-odds, or standardised scores, those of ``COUNTED`` experts
        as far as the item is known. Shape as ``raw``.
    """
    if name in LABEL_EXPERTS:
        return raw * np.float32(LABEL_SLOPE)
    return standard * warmth if name in COUNTED else standard


def preference_prior(experts: Sequence[str]) -> Doubles:
    """Weights before any pair was seen: rates and label experts count in full, others not.

    Args:
        experts: Names of the E experts.

    Returns:
        Shape [2 + E + 1].
    """
    prior = np.zeros(2 + len(experts) + 1)
    prior[:2] = 1.0
    prior[2:-1] = [float(name in LABEL_EXPERTS) for name in experts]
    return prior


def fit_preference(
    pairs: Mapping[int, Pairs],
    experts: Sequence[str],
    base_logit: float,
    strength: float = 10.0,
    smoothness: float = 30.0,
    prior: Doubles | None = None,
) -> Doubles:
    """Weights of the logistic model at each knot.

    Minimises the log-loss of all pairs plus ``strength/2 |theta_q - prior|^2`` and
    ``smoothness/2 |theta_q+1 - theta_q|^2`` between neighbouring knots.

    Args:
        pairs: By knot, in order. Q knots.
        experts: Names of the E experts.
        base_logit: Logit of the base rate, where the intercept starts.
        strength: Precision of the prior, in pairs.
        smoothness: Precision that ties neighbouring knots.
        prior: Expected weights of the signals; those of ``preference_prior`` where None. The
            last one is the intercept's, and ``base_logit`` is put there. Shape [2 + E + 1].

    Returns:
        Weights of the 2 + E signals and an intercept. Shape [Q, 2 + E + 1].
    """
    prior = preference_prior(experts) if prior is None else prior.copy()
    prior[-1] = base_logit
    shape = (len(pairs), len(prior))
    sides = [np.column_stack([p.signals, np.ones(len(p.label))]) for p in pairs.values()]
    labels = [p.label for p in pairs.values()]
    weights = [np.ones(len(p.label)) if p.weight is None else p.weight for p in pairs.values()]

    def loss(flat: Doubles) -> tuple[float, Doubles]:
        theta = flat.reshape(shape)
        away, steps = theta - prior, np.diff(theta, axis=0)
        value = 0.5 * strength * float((away**2).sum()) + 0.5 * smoothness * float((steps**2).sum())
        slope = strength * away
        slope[:-1] -= smoothness * steps
        slope[1:] += smoothness * steps
        for q, (rows, label, weight) in enumerate(zip(sides, labels, weights, strict=True)):
            score = rows @ theta[q]
            value += float(weight @ (np.logaddexp(0.0, score) - label * score))
            slope[q] += rows.T @ (weight * (sigmoid(score) - label))
        return value, slope.ravel()

    start = np.tile(prior, (len(pairs), 1)).ravel()
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    theta: Doubles = found.x.reshape(shape)
    return theta
