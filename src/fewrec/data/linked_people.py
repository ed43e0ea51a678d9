"""Which shots seem to be of one person: those that share much of what came before."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from fewrec.data.arrays import Ints
from fewrec.data.shots import Shots

SHARED = 6
"""So many pairs of item and label in common make two shots one person's."""

CROWD = 1000
"""Pairs that more shots than this hold link nobody: they tell no people apart."""


def linked_people(shots: Shots) -> Ints:
    """Number of the person each shot seems to belong to.

    Two shots are linked where they share at least ``SHARED`` pairs of item and label, the answer
    counted among them; people are what is linked directly or through others.

    Args:
        shots: N shots.

    Returns:
        From 0, in order of first appearance. Shape [N].
    """
    held = _pairs(shots)
    held = held[:, np.asarray(held.sum(axis=0)).ravel() <= CROWD]
    common = sparse.coo_matrix(held @ held.T)
    near = common.data >= SHARED
    links = sparse.coo_matrix(
        (common.data[near], (common.row[near], common.col[near])), common.shape
    )
    _, group = csgraph.connected_components(links, directed=False)
    _, first, number = np.unique(group, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[number]


def _pairs(shots: Shots) -> sparse.csr_matrix:
    """1 where a shot holds a pair of item and (rounded) label. Shape [N, pairs]."""
    shot = np.concatenate([shots.people.person, np.arange(len(shots))])
    item = np.concatenate([shots.people.item, shots.item])
    liked = np.concatenate([shots.people.label, shots.label]) > 0.5
    _, column = np.unique(2 * item + liked, return_inverse=True)
    size = (len(shots), int(column.max(initial=-1)) + 1)
    held = sparse.csr_matrix((np.ones(len(shot), dtype=np.int32), (shot, column)), size)
    held.sum_duplicates()
    held.data[:] = 1
    return held
