"""What accuracy does not see: how much of the catalogue is shown, and how alike the lists are.

Lists are ``top`` as in ``ranking``: item row numbers, best first, -1 for an empty place.
Every figure lies in [0, 1].
"""

from __future__ import annotations

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints

_BLOCK = 512


def exposure(top: Ints, items: int) -> Ints:
    """How often each item is shown. ``top``: shape [B, k]; ``items``: I. Shape [I]."""
    return np.bincount(top[top >= 0], minlength=items).astype(np.int64)


def coverage(top: Ints, candidates: int) -> float:
    """Share of the items that could be shown that stand in at least one list.

    Bounded by B * k / candidates: compare it only between tables with the same number of lists.

    Args:
        top: Shape [B, k].
        candidates: Number of items that could be shown.

    Returns:
        In [0, 1]; NaN without lists or candidates.
    """
    if candidates == 0 or len(top) == 0:
        return float("nan")
    return len(np.unique(top[top >= 0])) / candidates


def overlap(top: Ints) -> float:
    """Mean share of items that the lists of two different people have in common.

    Over all pairs of lists, |A ∩ B| / k; 1 means that everybody gets the same list. An item
    shown to c people is common to c (c - 1) / 2 pairs, so no pair is ever formed.

    Args:
        top: No item twice in a list. Shape [B, k].

    Returns:
        In [0, 1]; NaN with fewer than two lists.
    """
    people, k = top.shape
    if people < 2:
        return float("nan")
    shown = np.unique(top[top >= 0], return_counts=True)[1].astype(np.float64)
    return float((shown * (shown - 1)).sum() / (people * (people - 1) * k))


def gini(top: Ints, candidates: Ints) -> float:
    """Inequality of how often items are shown: 0 where all equally, near 1 where only a few.

    With exposures x_1 <= ... <= x_N, G = sum over i of (2 i - N - 1) x_i / (N sum x).

    Args:
        top: Shape [B, k].
        candidates: Row numbers of the N items that could be shown. Shape [N].

    Returns:
        In [0, 1]; NaN where nothing is shown.
    """
    items = int(max(candidates.max(initial=-1), top.max(initial=-1))) + 1
    shown = np.sort(exposure(top, items)[candidates]).astype(np.float64)
    if shown.sum() == 0:
        return float("nan")
    place = 2 * np.arange(1, len(shown) + 1) - len(shown) - 1
    return float((place * shown).sum() / (len(shown) * shown.sum()))


def novelty(top: Ints, likes: Ints, people: int) -> Doubles:
    """How little known the shown items are: mean self-information, as a share of its maximum.

    -log2 p_i with p_i = (likes_i + 1) / (people + 1), divided by log2(people + 1): 0 for what
    everybody likes, 1 for what nobody has liked yet (Zhou et al. 2010, normalised).

    Args:
        top: Shape [B, k].
        likes: Training people who liked each item. Shape [I].
        people: Number of training people.

    Returns:
        In [0, 1]; NaN for an empty list, or where there are no people. Shape [B].
    """
    if people == 0:
        return np.full(len(top), np.nan)
    surprise = np.append(1 - np.log2(likes + 1.0) / np.log2(people + 1.0), 0.0)
    return _row_mean(surprise[top].sum(axis=1), (top >= 0).sum(axis=1))


def intra_list_distance(top: Ints, vectors: Floats) -> Doubles:
    """Mean distance 1 - max(0, cosine) between the items of a list (Ziegler et al. 2005).

    Pairs with an item that has no vector are left out.

    Args:
        top: Shape [B, k].
        vectors: Of length 1, or 0 where nothing is known of an item. Shape [I, D].

    Returns:
        In [0, 1]; NaN where no pair of a list has vectors. Shape [B].
    """
    people, k = top.shape
    upper = np.triu_indices(k, 1)
    distance = np.full(people, np.nan)
    known = np.append(np.abs(vectors).sum(axis=1) > 0, False)
    for start in range(0, people, _BLOCK):
        rows = slice(start, min(start + _BLOCK, people))
        shown = vectors[np.maximum(top[rows], 0)]
        alike = np.clip(shown @ shown.transpose(0, 2, 1), 0.0, 1.0)[:, upper[0], upper[1]]
        usable = known[top[rows]]
        pair = usable[:, upper[0]] & usable[:, upper[1]]
        distance[rows] = _row_mean(((1 - alike) * pair).sum(axis=1), pair.sum(axis=1))
    return distance


def _row_mean(amount: Doubles | Floats, count: Ints) -> Doubles:
    return np.where(count > 0, amount / np.maximum(count, 1), np.nan).astype(np.float64)
