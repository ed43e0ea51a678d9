"""Edges worth a look: named in the texts, held under another relation, brought along by others."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Ints
from fewrec.knowledge.build.signals import Signals

COMPANY, LENT = 30, 15
"""Most candidates of an item: pairs that its own pairs bring along, pairs of items like it."""


def named_candidates(signals: Signals) -> tuple[Ints, Ints]:
    """Edges that the texts name and the facts do not hold. Shapes [n]."""
    return _edges(signals, [_pairs(signals, part) for part in signals.context.named])


def candidates(signals: Signals) -> tuple[Ints, Ints]:
    """Edges that anything speaks for and the facts do not hold. Shapes [n]."""
    parts = [_pairs(signals, part) for part in (*signals.context.named, *signals.under)]
    parts.append(_strongest(-signals.company, COMPANY))
    parts.append(_strongest(signals.lent, LENT))
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


def _strongest(matrix: sparse.csr_matrix, many: int) -> sparse.csr_matrix:
    """The largest entries of each row."""
    matrix = matrix.tocsr()
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((matrix.indices, -matrix.data, rows))
    kept = order[(np.arange(len(order)) - matrix.indptr[rows]) < many]
    where = (rows[kept], matrix.indices[kept])
    return sparse.csr_matrix((matrix.data[kept], where), matrix.shape)
