"""How well the top of a ranking serves each person: NDCG, recall, reciprocal rank, hit rate.

All metrics take lists (``top``, the item row numbers of each person, best first, -1 where a list
is shorter than the others) and the items that count as good, and give one number a person: NaN
where a person has no good item, since nothing could be found there.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Bools, Doubles, Floats, Ints

GROUPS = 12
"""So many groups of columns for each place of a list: of more, fewer columns are left to sort."""

LEVEL = 8
"""Where more than so many values for each place are left, as many are equal, they are counted."""

MARKED = 2**25
"""Up to so many (person, item) places good items are marked in a table; beyond, looked up."""


def top_items(
    scores: Floats,
    k: int,
    *,
    excluded: sparse.csr_matrix | None = None,
    candidates: Bools | None = None,
    order: Ints | None = None,
) -> Ints:
    """The k best items of each person, best first.

    Args:
        scores: Higher is better; finite. Shape [B, I].
        k: Length of the lists, at least 1.
        excluded: Items that must not appear in a person's list, non-zero. Shape [B, I].
        candidates: Items that may appear in lists. Shape [I]; None for all.
        order: A permutation of the I items. Of items with equal scores, the one that stands
            earlier here comes first; pass a seeded random one, so that an item's number never
            helps it. None for the order of the rows.

    Returns:
        Item row numbers, -1 where fewer than k items may appear. Shape [B, k].
    """
    people, items = scores.shape
    usable = np.array(scores, dtype=np.float32)
    if candidates is not None:
        usable[:, ~candidates] = -np.inf
    if excluded is not None:
        entries = excluded.tocoo()
        kept = entries.data != 0
        usable[entries.row[kept], entries.col[kept]] = -np.inf
    if order is not None:
        usable = usable[:, order]
    depth = min(k, items)
    columns = _best_columns(usable, depth)
    values = np.take_along_axis(usable, columns, axis=1)
    top = np.where(np.isneginf(values), -1, columns if order is None else order[columns])
    if depth == k:
        return top
    return np.pad(top, ((0, 0), (0, k - depth)), constant_values=-1).reshape(people, k)


def hits(top: Ints, relevant: sparse.csr_matrix) -> Bools:
    """Which places of the lists hold a good item. Shape [B, k].

    Args:
        top: Item row numbers, best first, -1 for an empty place. Shape [B, k].
        relevant: Non-zero where an item is good for a person. Shape [B, I].
    """
    items = relevant.shape[1]
    entries = relevant.tocoo()
    kept = entries.data != 0
    good = entries.row[kept].astype(np.int64) * items + entries.col[kept]
    if len(good) == 0:
        return np.zeros(top.shape, dtype=bool)
    asked = np.arange(len(top))[:, None] * items + top
    if len(top) * items <= MARKED:
        is_good = np.zeros(len(top) * items, dtype=bool)
        is_good[good] = True
        marked: Bools = is_good[np.maximum(asked, 0)] & (top >= 0)
        return marked
    good.sort()
    place = np.minimum(np.searchsorted(good, asked), len(good) - 1)
    found: Bools = (good[place] == asked) & (top >= 0)
    return found


def relevant_count(relevant: sparse.csr_matrix) -> Ints:
    """Number m of good items of each person. ``relevant``: shape [B, I]. Shape [B]."""
    rows = relevant.tocoo()
    return np.bincount(rows.row[rows.data != 0], minlength=relevant.shape[0]).astype(np.int64)


def discounts(k: int) -> Doubles:
    """Weight 1 / log2(1 + r) of each rank r = 1..k. Shape [k]."""
    return 1.0 / np.log2(np.arange(2, k + 2, dtype=np.float64))


def ndcg(top: Ints, relevant: sparse.csr_matrix, k: int) -> Doubles:
    """Normalised discounted cumulative gain of the first k places, with gains 0 and 1.

    DCG@k = sum over r <= k of rel_r / log2(1 + r), divided by its largest possible value
    (Järvelin & Kekäläinen 2002, with the discount of Burges et al. 2005).

    Args:
        top: Shape [B, at least k].
        relevant: Shape [B, I].
        k: Places that count.

    Returns:
        In [0, 1]; NaN for people without a good item. Shape [B].
    """
    return ndcg_of_hits(hits(_first(top, k), relevant), relevant_count(relevant), k)


def ndcg_of_hits(hit: Bools, good: Ints, k: int) -> Doubles:
    """NDCG@k from ``hits`` (shape [B, k]) and ``relevant_count`` (shape [B]). Shape [B]."""
    weight = discounts(k)
    ideal = np.concatenate([[0.0], np.cumsum(weight)])[np.minimum(good, k)]
    gained = hit[:, :k] @ weight[: hit.shape[1]]
    return np.where(good > 0, gained / np.where(good > 0, ideal, 1.0), np.nan)


def recall(top: Ints, relevant: sparse.csr_matrix, k: int) -> Doubles:
    """Share of a person's good items that stand in the first k places: hits / m.

    Args:
        top: Shape [B, at least k].
        relevant: Shape [B, I].
        k: Places that count.

    Returns:
        In [0, 1] (below 1 by necessity where m > k); NaN without a good item. Shape [B].
    """
    return _per_good(hits(_first(top, k), relevant).sum(axis=1), relevant_count(relevant))


def reciprocal_rank(top: Ints, relevant: sparse.csr_matrix, k: int) -> Doubles:
    """1 / rank of the first good item, 0 where none is in the first k places (Voorhees 1999).

    The mean over people is the MRR@k.

    Args:
        top: Shape [B, at least k].
        relevant: Shape [B, I].
        k: Places that count.

    Returns:
        In [0, 1]; NaN without a good item. Shape [B].
    """
    hit = hits(_first(top, k), relevant)
    found = np.where(hit.any(axis=1), 1.0 / (1.0 + hit.argmax(axis=1)), 0.0)
    return np.where(relevant_count(relevant) > 0, found, np.nan)


def hit_rate(top: Ints, relevant: sparse.csr_matrix, k: int) -> Doubles:
    """1 where any of the first k places holds a good item, else 0.

    Args:
        top: Shape [B, at least k].
        relevant: Shape [B, I].
        k: Places that count.

    Returns:
        0 or 1; NaN without a good item. Shape [B].
    """
    found = hits(_first(top, k), relevant).any(axis=1)
    return np.where(relevant_count(relevant) > 0, found.astype(np.float64), np.nan)


def _first(top: Ints, k: int) -> Ints:
    if top.shape[1] < k:
        raise ValueError(f"lists of {top.shape[1]} places cannot be judged at {k}")
    return top[:, :k]


def _per_good(amount: Ints, good: Ints) -> Doubles:
    return np.where(good > 0, amount / np.maximum(good, 1), np.nan)


def _best_columns(values: Floats, depth: int) -> Ints:
    """Columns of the ``depth`` largest values of each row, best first, ties to the left.

    The ``depth`` largest of the maxima of some groups of columns bound from below what can be
    among the best: only what reaches that is sorted.
    """
    people, items = values.shape
    if people == 1:
        return _best_of_one(values[0], depth)[None, :]
    kept = values >= _bound(values, depth)[:, None]
    level = np.count_nonzero(kept, axis=1) > LEVEL * depth
    if level.any():
        kept[level] = _exactly(values[level], depth)
    row, column = np.divmod(np.flatnonzero(kept), items)
    order = np.lexsort((-values[row, column], row))
    count = np.bincount(row, minlength=people)
    begins = np.cumsum(count) - count
    best: Ints = column[order[(begins[:, None] + np.arange(depth)).ravel()]]
    return best.reshape(people, depth)


def _best_of_one(values: Floats, depth: int) -> Ints:
    """The same for one row. ``values``: shape [I]. Shape [depth]."""
    kth = np.partition(values, len(values) - depth)[len(values) - depth]
    columns = np.flatnonzero(values >= kth)
    best: Ints = columns[np.argsort(-values[columns], kind="stable")[:depth]]
    return best


def _exactly(values: Floats, depth: int) -> Bools:
    """The ``depth`` largest values of each row, of equal ones the first. Shape [B, I]."""
    kth = np.partition(values, values.shape[1] - depth, axis=1)[:, values.shape[1] - depth, None]
    above, level = values > kth, values == kth
    room = depth - above.sum(axis=1, keepdims=True)
    kept: Bools = above | (level & (np.cumsum(level, axis=1) <= room))
    return kept


def _bound(values: Floats, depth: int) -> Floats:
    """A value that at least ``depth`` places of each row reach, and not many more. Shape [B]."""
    groups = GROUPS * depth
    width = values.shape[1] // groups
    if width < 2:
        return np.partition(values, values.shape[1] - depth, axis=1)[:, values.shape[1] - depth]
    whole = values[:, : groups * width].reshape(len(values), width, groups).max(axis=1)
    bound: Floats = np.partition(whole, groups - depth, axis=1)[:, groups - depth]
    return bound
