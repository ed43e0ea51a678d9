"""Relations that people's histories show: liked together, and liked one after the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Ints
from fewrec.data.dataset import Dataset, Triple
from fewrec.data.events import Interactions

TOGETHER, FOLLOWED = "liked_together", "followed_by"


@dataclass(frozen=True)
class Companions:
    """Which pairs of items count.

    Attributes:
        support: So many people, at least, like both (or one after the other).
        lift: So many times more often than if tastes were independent, at least.
        most: Of each item only so many, those with the highest lift of those that count.
    """

    support: int = 5
    lift: float = 2.0
    most: int = 10


def history_triples(dataset: Dataset, rule: Companions | None = None) -> list[Triple]:
    """Triples of what people like together, and what they like next.

    ``liked_together`` stands once for each pair of items. ``followed_by`` needs times: the next
    thing the same person likes. Lift is n(i, j) U / (n(i) n(j)), with people counted once a
    pair, and as many steps as there are in the place of U for what comes next.

    Args:
        dataset: Interactions and links; the entities are those that items are linked to.
        rule: Which pairs count.

    Returns:
        The triples, in the order of items; none without likes.
    """
    rule, rows = rule or Companions(), dataset.interactions
    ids = dataset.catalog.items.ids
    names = [dataset.links.get(item, item) for item in ids]
    first, second = _together(rows, rule)
    found = [(names[i], TOGETHER, names[j]) for i, j in zip(first, second, strict=True)]
    if rows.timed:
        first, second = _followed(rows, rule)
        found += [(names[i], FOLLOWED, names[j]) for i, j in zip(first, second, strict=True)]
    return list(dict.fromkeys(triple for triple in found if triple[0] != triple[2]))


def _together(rows: Interactions, rule: Companions) -> tuple[Ints, Ints]:
    """Pairs i < j of items. Shapes [n]."""
    likes = rows.likes().copy()
    likes.data = np.ones_like(likes.data)
    both = (likes.T @ likes).tocsr()
    count = np.asarray(likes.sum(axis=0)).ravel()
    both.setdiag(0)
    kept = _strong(both, count, count, float(likes.shape[0]), rule)
    pairs = np.unique(np.sort(np.stack(kept), axis=0), axis=1)
    return pairs[0], pairs[1]


def _followed(rows: Interactions, rule: Companions) -> tuple[Ints, Ints]:
    """(item, what was liked next by enough people). Shapes [n]."""
    liked = rows.where(rows.label > 0)
    order = np.lexsort((liked.item, liked.timestamp, liked.user))
    user, item = liked.user[order], liked.item[order]
    step = (user[1:] == user[:-1]) & (item[1:] != item[:-1])
    steps = np.unique(np.stack([user[:-1][step], item[:-1][step], item[1:][step]]), axis=1)
    size = len(rows.items)
    ones = np.ones(steps.shape[1])
    next_ = sparse.coo_matrix((ones, (steps[1], steps[2])), (size, size)).tocsr()
    before, after = (np.asarray(next_.sum(axis=axis)).ravel() for axis in (1, 0))
    first, second = _strong(next_, before, after, float(steps.shape[1]), rule)
    order = np.lexsort((second, first))
    return first[order], second[order]


def _strong(
    both: sparse.csr_matrix, first: np.ndarray, second: np.ndarray, total: float, rule: Companions
) -> tuple[Ints, Ints]:
    pairs = both.tocoo()
    i, j, n = pairs.row.astype(np.int64), pairs.col.astype(np.int64), pairs.data
    lift = n * total / np.maximum(first[i] * second[j], 1)
    fine = (n >= rule.support) & (lift >= rule.lift)
    i, j, lift = i[fine], j[fine], lift[fine]
    order = np.lexsort((j, -lift, i))
    begin = np.searchsorted(i[order], i[order])
    kept = order[np.arange(len(order)) - begin < rule.most]
    return i[kept], j[kept]
