"""What a graph says about the items of a catalogue, as a matrix of items and values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Floats, Ints
from fewrec.data.dataset import Dataset
from fewrec.knowledge.graph.mirrors import merge_mirrors
from fewrec.knowledge.graph.of_dataset import graph_of, item_entities


@dataclass(frozen=True)
class Facts:
    """I items and P pairs of relation and value.

    Attributes:
        held: 1 where an item has a pair. Shape [I, P].
        relation: Number of each pair's relation. Shape [P].
        value: Number of each pair's value. Shape [P].
        relations: Names of the R relations.
        values: Names of the V values.
        forward: True where the item is the head of the relation. Shape [R].
    """

    held: sparse.csr_matrix
    relation: Ints
    value: Ints
    relations: tuple[str, ...]
    values: tuple[str, ...]
    forward: tuple[bool, ...]

    @cached_property
    def by_pair(self) -> sparse.csc_matrix:
        """The same matrix, fast to read pair by pair. Shape [I, P]."""
        return self.held.tocsc()

    @cached_property
    def sizes(self) -> Ints:
        """How many items have each pair. Shape [P]."""
        return np.asarray(np.diff(self.by_pair.indptr), dtype=np.int64)

    def edges(self) -> tuple[Ints, Ints]:
        """Item and pair of all E facts, sorted. Shapes [E]."""
        rows = np.repeat(np.arange(self.held.shape[0]), np.diff(self.held.indptr))
        return rows, self.held.indices.astype(np.int64)

    def within(self, relation: int) -> sparse.csr_matrix:
        """1 where an item has a value under one relation. Shape [I, V]."""
        chosen = np.flatnonzero(self.relation == relation)
        part = self.held[:, chosen].tocoo()
        shape = (self.held.shape[0], len(self.values))
        return sparse.csr_matrix((part.data, (part.row, self.value[chosen][part.col])), shape)

    def holding(self, item: Ints, pair: Ints) -> Facts:
        """The same pairs, with these facts only. Shapes [E]."""
        return replace(self, held=held_matrix(item, pair, self.held.shape))


def held_matrix(item: Ints, pair: Ints, shape: tuple[int, int]) -> sparse.csr_matrix:
    """1 where an item has a pair. Shape [I, P]."""
    ones: Floats = np.ones(len(item), dtype=np.float32)
    found = sparse.csr_matrix((ones, (item, pair)), shape)
    found.sum_duplicates()
    found.data[:] = 1
    return found


def entries(matrix: sparse.csr_matrix, rows: Ints, columns: Ints) -> Floats:
    """Some entries of a matrix. Shape [n]."""
    if not len(rows):
        return np.zeros(0, dtype=np.float32)
    return np.asarray(matrix[rows, columns], dtype=np.float32).ravel()


def facts_of(dataset: Dataset, leave_out: frozenset[str] = frozenset()) -> Facts:
    """What the graph of a data set says about its items, relations that mirror each other once.

    Args:
        dataset: Items, triples and links.
        leave_out: Names of relations that are not looked at.
    """
    graph = merge_mirrors(graph_of(dataset))
    head, relation, tail = graph.triples()
    entity = item_entities(graph, dataset)
    known = entity >= 0
    item_of = np.full(len(graph), -1, dtype=np.int64)
    item_of[entity[known][::-1]] = np.flatnonzero(known)[::-1]
    out = np.array([name in leave_out for name in graph.relations], dtype=bool)
    ahead = (item_of[head] >= 0) & ~out[relation]
    behind = (item_of[tail] >= 0) & (item_of[head] < 0) & ~out[relation]
    item = np.concatenate([item_of[head[ahead]], item_of[tail[behind]]])
    way = np.concatenate([2 * relation[ahead], 2 * relation[behind] + 1])
    other = np.concatenate([tail[ahead], head[behind]])
    ways, way = np.unique(way, return_inverse=True)
    values, other = np.unique(other, return_inverse=True)
    pairs, pair = np.unique(way * max(len(values), 1) + other, return_inverse=True)
    return Facts(
        held_matrix(item, pair, (len(dataset.catalog), len(pairs))),
        pairs // max(len(values), 1),
        pairs % max(len(values), 1),
        tuple(graph.relations[at // 2] for at in ways),
        tuple(graph.names(values)),
        tuple(bool(at % 2 == 0) for at in ways),
    )
