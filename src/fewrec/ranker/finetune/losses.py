"""Losses on logits with their slopes, in plain NumPy, so that any model can be trained on them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.ranker.preference import sigmoid

Loss = Callable[[Doubles, Floats, Doubles, Ints], tuple[float, Doubles]]
"""(logits, labels, weights, groups), each of shape [N], to the loss and d loss / d logits [N]."""


def squared_error(
    logit: Doubles, label: Floats, weight: Doubles, group: Ints
) -> tuple[float, Doubles]:
    """Weighted mean of (sigmoid(logit) - y)^2; y anywhere in [0, 1]. ``group`` is not looked at."""
    share = weight / _total(weight)
    p = sigmoid(logit)
    away = p - label
    return float(share @ away**2), share * 2.0 * away * p * (1.0 - p)


def cross_entropy(
    logit: Doubles, label: Floats, weight: Doubles, group: Ints
) -> tuple[float, Doubles]:
    """Weighted mean of -y log p - (1 - y) log(1 - p), p = sigmoid(logit); y anywhere in [0, 1].

    A label between 0 and 1 counts as that share of a like, and the rest of a dislike.
    """
    share = weight / _total(weight)
    each = np.logaddexp(0.0, logit) - label * logit
    return float(share @ each), share * (sigmoid(logit) - label)


def pairwise(logit: Doubles, label: Floats, weight: Doubles, group: Ints) -> tuple[float, Doubles]:
    """Weighted mean of -log sigmoid(l_i - l_j) over pairs with y_i > y_j (Rendle et al. 2009).

    Pairs are made within a group; a pair weighs w_i w_j (y_i - y_j), so a label between 0 and 1
    is above some rows and below others. Without a pair, loss and slopes are 0.
    """
    one, other = _pairs(label, group)
    counts = (label[one] - label[other]) * weight[one] * weight[other]
    share = counts / _total(counts)
    gap = logit[one] - logit[other]
    push = share * sigmoid(-gap)
    lost, won = (np.bincount(side, push, len(logit)) for side in (one, other))
    slope: Doubles = np.asarray(won - lost, dtype=np.float64)
    return float(share @ np.logaddexp(0.0, -gap)), slope


def _pairs(label: Floats, group: Ints) -> tuple[Ints, Ints]:
    """Row numbers of all pairs of a group, the one with the larger label first. Two of [P]."""
    found = []
    for rows in _groups(group):
        above, below = np.nonzero(label[rows][:, None] > label[rows])
        found.append((rows[above], rows[below]))
    nothing = [(np.zeros(0, dtype=np.int64),) * 2]
    one, other = (np.concatenate(side) for side in zip(*(found or nothing), strict=True))
    return one, other


def softmax_error(
    logit: Doubles, label: Floats, weight: Doubles, group: Ints
) -> tuple[float, Doubles]:
    """Mean over groups of -sum y log softmax(logit): which row of the group is the chosen one.

    The labels of a group are scaled to sum to 1; a group without a label above 0 says nothing.
    """
    value, total, slope = 0.0, 0.0, np.zeros(len(logit))
    for rows in _groups(group):
        chosen = float(label[rows].sum())
        if chosen <= 0:
            continue
        inside = logit[rows] - logit[rows].max()
        inside = inside - np.log(np.exp(inside).sum())
        y, w = label[rows] / chosen, float(weight[rows].max())
        value -= w * float(y @ inside)
        slope[rows] = w * (np.exp(inside) - y)
        total += w
    return value / max(total, 1e-12), slope / max(total, 1e-12)


def _total(weight: Doubles) -> float:
    return max(float(weight.sum()), 1e-12)


def _groups(group: Ints) -> list[Ints]:
    """Row numbers of each group."""
    order = np.argsort(group, kind="stable")
    edges = np.flatnonzero(np.diff(group[order])) + 1
    return [rows for rows in np.split(order, edges) if len(rows)]


LOSSES: dict[str, Loss] = {
    "squared": squared_error,
    "bce": cross_entropy,
    "bpr": pairwise,
    "softmax": softmax_error,
}
"""By the name a setting gives."""
