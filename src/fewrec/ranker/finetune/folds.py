"""Cross-validation inside the K shots: folds, and the number of epochs they agree on."""

from __future__ import annotations

import numpy as np
from scipy import optimize

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.ranker.preference import sigmoid

FEWEST = 8
"""Shots below which nothing is held out: too few to judge anything by."""


def folds_of(label: Floats, folds: int, random: np.random.Generator) -> Ints:
    """Deal K shots into folds, each with its share of likes.

    Args:
        label: Shape [K].
        folds: F, at least 2.
        random: Deals.

    Returns:
        The fold of each shot, from 0 to F - 1; all 0 with fewer than ``FEWEST`` shots. Shape [K].
    """
    if len(label) < FEWEST:
        return np.zeros(len(label), dtype=np.int64)
    order = np.lexsort((random.random(len(label)), label))
    fold = np.zeros(len(label), dtype=np.int64)
    fold[order] = np.arange(len(label)) % folds
    return fold


def best_epoch(curves: Doubles) -> int:
    """The epoch with the smallest mean loss on shots held out; 0 means: do not train.

    Args:
        curves: Loss after each epoch, of each fold; NaN where a fold stopped earlier, which
            counts as the loss it stopped with. Shape [F, 1 + epochs].
    """
    return int(np.argmin(filled(curves).mean(axis=0)))


def filled(curves: Doubles) -> Doubles:
    """The same, a fold that ended counting as the loss it ended with. Shape [F, 1 + epochs]."""
    found = curves.copy()
    for epoch in range(1, found.shape[1]):
        gone = np.isnan(found[:, epoch])
        found[gone, epoch] = found[gone, epoch - 1]
    return found


def calibration(logit: Doubles, label: Floats, strength: float = 4.0) -> tuple[float, float]:
    """Scale and shift that turn held-out logits into log-odds (Platt 1999).

    Args:
        logit: Of shots held out. Shape [K].
        label: In [0, 1]. Shape [K].
        strength: How many shots' worth of belief that neither is needed.

    Returns:
        (a, b): a * logit + b is the log-odds; a is above 0, so the order stays.
    """

    def loss(free: Doubles) -> tuple[float, Doubles]:
        scale = np.exp(free[0])
        told = scale * logit + free[1]
        value = (np.logaddexp(0.0, told) - label * told).sum() + 0.5 * strength * (free @ free)
        away = sigmoid(told) - label
        return float(value), np.array([(away * scale * logit).sum(), away.sum()]) + strength * free

    found = optimize.minimize(loss, np.zeros(2), jac=True, method="L-BFGS-B", bounds=[(-3, 3)] * 2)
    return float(np.exp(found.x[0])), float(found.x[1])
