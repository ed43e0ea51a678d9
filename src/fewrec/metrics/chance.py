"""What a random order of the candidates would reach, in closed form."""

from __future__ import annotations

import numpy as np

from fewrec.data.arrays import Doubles, Ints
from fewrec.metrics.ranking import discounts


def random_ndcg(candidates: Ints, good: Ints, k: int) -> Doubles:
    """Expected NDCG@k of a random order.

    Each place holds a good item with probability m / N, so
    E[DCG@k] = (m / N) * sum over r <= min(k, N) of 1 / log2(1 + r).

    Args:
        candidates: Number N of items that may be shown to each person. Shape [B].
        good: Number m of good items among them. Shape [B].
        k: Places that count.

    Returns:
        In [0, 1]; NaN for people without a good item. Shape [B].
    """
    gain = np.concatenate([[0.0], np.cumsum(discounts(k))])
    share = good / np.maximum(candidates, 1)
    expected = share * gain[np.minimum(candidates, k)]
    return _defined(expected / np.maximum(gain[np.minimum(good, k)], 1e-12), good)


def random_recall(candidates: Ints, good: Ints, k: int) -> Doubles:
    """Expected recall@k of a random order: min(k, N) / N.

    Args:
        candidates: Number N of items that may be shown to each person. Shape [B].
        good: Number m of good items among them. Shape [B].
        k: Places that count.

    Returns:
        In [0, 1]; NaN for people without a good item. Shape [B].
    """
    return _defined(np.minimum(candidates, k) / np.maximum(candidates, 1), good)


def random_hit_rate(candidates: Ints, good: Ints, k: int) -> Doubles:
    """Probability that a random order has a good item in its first k places.

    1 - product over r < min(k, N) of (N - m - r) / (N - r): no good item is drawn k times.

    Args:
        candidates: Number N of items that may be shown to each person. Shape [B].
        good: Number m of good items among them. Shape [B].
        k: Places that count.

    Returns:
        In [0, 1]; NaN for people without a good item. Shape [B].
    """
    missed = np.ones(len(good), dtype=np.float64)
    for r in range(k):
        left = candidates - r
        miss = np.maximum(left - good, 0) / np.maximum(left, 1)
        missed *= np.where(left > 0, miss, 1.0)
    return _defined(1.0 - missed, good)


def _defined(values: Doubles, good: Ints) -> Doubles:
    return np.where(good > 0, values, np.nan)
