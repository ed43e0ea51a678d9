"""Edges worth a look: named in the texts, held under another relation, brought along by others."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Floats, Ints
from fewrec.knowledge.build.signals import Signals

COMPANY, LENT = 30, 15
"""Most candidates of an item: pairs that its own pairs bring along, pairs of items like it."""


def named_candidates(signals: Signals) -> tuple[Ints, Ints]:
    """Edges that the texts name and the facts do not hold. Shapes [n]."""
    return _edges(signals, [_pairs(signals, part) for part in signals.context.named])


def candidates(signals: Signals) -> tuple[Ints, Ints]:
    """Edges that anything speaks for and the facts do not hold. Shapes [n]."""
    parts = [_pairs(signals, part) for part in (*signals.context.named, *signals.under)]
    parts.append(lowest(signals.company, COMPANY))
    parts.append(lowest(-signals.lent, LENT))
    return _edges(signals, parts)


def _pairs(signals: Signals, values: sparse.csr_matrix) -> sparse.csr_matrix:
    """From items and values to items and pairs: every relation that is known of a value."""
    facts = signals.facts
    pairs = np.arange(len(facts.value))
    shape = (len(facts.values), len(pairs))
    of_value = sparse.csr_matrix((np.ones(len(pairs), np.float32), (facts.value, pairs)), shape)
    return (values @ of_value).tocsr()


def _edges(signals: Signals, parts: list[sparse.csr_matrix]) -> tuple[Ints, Ints]:
    facts = signals.facts
    found = sparse.csr_matrix(facts.held.shape, dtype=np.float32)
    for part in parts:
        found = found + abs(part).sign()
    found = (found - found.multiply(facts.held)).tocsr()
    found.eliminate_zeros()
    rows, columns = found.nonzero()
    return rows.astype(np.int64), columns.astype(np.int64)


def lowest(matrix: sparse.csr_matrix, many: int) -> sparse.csr_matrix:
    """The lowest entries of each row; of equal ones those of the first columns.

    Rows are partitioned rather than sorted: company gives a row thousands of entries.
    """
    data, columns = matrix.data, matrix.indices
    kept = [
        begin + _first(data[begin:end], columns[begin:end], many)
        for begin, end in pairwise(matrix.indptr.tolist())
    ]
    chosen = np.concatenate([*kept, np.zeros(0, dtype=np.int64)])
    starts = np.cumsum([0, *map(len, kept)])
    return sparse.csr_matrix((data[chosen], columns[chosen], starts), matrix.shape)


def _first(data: Floats, columns: Ints, many: int) -> Ints:
    """Places of a row's lowest entries. Shape [min(n, many)]."""
    if len(data) <= many:
        return np.arange(len(data))
    bound = np.partition(data, many - 1)[many - 1]
    below, level = np.flatnonzero(data < bound), np.flatnonzero(data == bound)
    level = level[np.argsort(columns[level], kind="stable")][: many - len(below)]
    return np.concatenate([below, level])
