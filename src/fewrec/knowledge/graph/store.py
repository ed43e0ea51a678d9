"""A knowledge graph: entities, relations and edges in both directions, found by row number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from fewrec.data.arrays import Bools, Ints
from fewrec.errors import UnknownId, nearest
from fewrec.knowledge.graph.keys import Keys
from fewrec.knowledge.graph.names import Names


@dataclass(frozen=True)
class Adjacency:
    """Edges by the entity they start from (compressed sparse rows).

    The edges of entity ``n`` are ``start[n]:start[n + 1]``, sorted by relation and other entity.

    Attributes:
        start: Where each entity's edges begin; the last number is E. Shape [N + 1].
        other: The entity at the other end. Shape [E].
        relation: Shape [E].
    """

    start: Ints
    other: Ints
    relation: Ints

    @cached_property
    def degree(self) -> Ints:
        """How many edges each entity has. Shape [N]."""
        found: Ints = np.diff(self.start)
        return found

    def rows(self) -> Ints:
        """The entity each edge starts from. Shape [E]."""
        return np.repeat(np.arange(len(self.start) - 1), self.degree)


@dataclass(frozen=True)
class Neighbours:
    """The n edges of one entity, those that start from it first.

    Attributes:
        other: The entity at the other end. Shape [n].
        relation: Shape [n].
        forward: True where the edge starts from the entity asked about. Shape [n].
    """

    other: Ints
    relation: Ints
    forward: Bools

    def __len__(self) -> int:
        return len(self.other)


@dataclass(frozen=True, eq=False)
class Graph:
    """N entities (rows 0..N-1), R relations (0..R-1) and E different edges.

    Attributes:
        entities: Names of the entities.
        relations: Names of the R relations.
        outgoing: Edges by their head.
        incoming: The same edges by their tail.
    """

    entities: Names
    relations: tuple[str, ...]
    outgoing: Adjacency
    incoming: Adjacency

    @classmethod
    def of(cls, triples: Iterable[tuple[str, str, str]]) -> Graph:
        """Build a graph in memory; entities and relations in order of first appearance.

        Args:
            triples: (head, relation, tail); the same one several times counts once.
        """
        entities: dict[str, int] = {}
        relations: dict[str, int] = {}
        edges: list[tuple[int, int, int]] = []
        for head, relation, tail in triples:
            edges.append(
                (
                    entities.setdefault(head, len(entities)),
                    relations.setdefault(relation, len(relations)),
                    entities.setdefault(tail, len(entities)),
                )
            )
        coded = np.array(edges, dtype=np.int64).reshape(-1, 3)
        return cls.of_rows(Names.of(list(entities)), tuple(relations), *coded.T)

    @classmethod
    def of_rows(
        cls, entities: Names, relations: tuple[str, ...], head: Ints, relation: Ints, tail: Ints
    ) -> Graph:
        """Build a graph in memory of edges given as row numbers; equal ones count once.

        Args:
            entities: N names.
            relations: R names.
            head: Shape [E].
            relation: Shape [E].
            tail: Shape [E].
        """
        keys = Keys(len(entities), len(relations))
        there = np.unique(keys.join(head, relation, tail))
        head, relation, tail = keys.split(there)
        back = np.sort(keys.join(tail, relation, head))
        return cls(entities, relations, _adjacency(keys, there), _adjacency(keys, back))

    @classmethod
    def open(cls, folder: Path) -> Graph:
        """Open a graph that ``save`` or ``write_graph`` wrote; arrays stay in their files.

        Raises:
            DataError: There is no graph in the folder, or it is broken or of another version.
        """
        from fewrec.knowledge.graph.files import read_graph

        return read_graph(folder)

    def save(self, folder: Path) -> None:
        """Write the graph to a folder, whole or not at all; an older graph there is replaced.

        Raises:
            DataError: The folder holds other files, or cannot be written.
        """
        from fewrec.knowledge.graph.files import save_graph

        save_graph(self, folder)

    def __len__(self) -> int:
        """N, the number of entities."""
        return len(self.entities)

    @property
    def edges(self) -> int:
        """E, the number of different edges."""
        return len(self.outgoing.other)

    def names(self, rows: Ints) -> list[str]:
        """Names of the entities in n rows. n texts.

        Raises:
            UnknownId: A row is not one of 0..N-1.
        """
        rows = np.asarray(rows, dtype=np.int64)
        self._check(rows)
        return self.entities.texts(rows)

    def rows(self, names: Sequence[str]) -> Ints:
        """Rows of n entities; -1 where a name is unknown. Shape [n]."""
        from fewrec.knowledge.graph.names import hashed

        return self.entities.index.find(hashed(names))

    def row(self, name: str) -> int:
        """Row of one entity.

        Raises:
            UnknownId: The graph has no such entity.
        """
        row = int(self.rows([name])[0])
        if row < 0:
            raise UnknownId(f"the graph has no entity {name!r}")
        return row

    def relation(self, name: str) -> int:
        """Number of a relation.

        Raises:
            UnknownId: The graph has no such relation; the message offers the nearest names.
        """
        if name not in self.relations:
            fix = nearest(name, self.relations, "relations") if self.relations else ""
            raise UnknownId(f"the graph has no relation {name!r}", fix=fix)
        return self.relations.index(name)

    def triples(self) -> tuple[Ints, Ints, Ints]:
        """Head, relation and tail of all edges, sorted in this order. Shapes [E]."""
        return self.outgoing.rows(), self.outgoing.relation, self.outgoing.other

    @cached_property
    def degree(self) -> Ints:
        """Edges of each entity, in and out; one from an entity to itself counts twice. [N]."""
        return self.outgoing.degree + self.incoming.degree

    def neighbours(self, row: int) -> Neighbours:
        """All edges of one entity, in both directions.

        Raises:
            UnknownId: The row is not one of 0..N-1.
        """
        self._check(np.array([row]))
        there, back = (
            slice(int(side.start[row]), int(side.start[row + 1]))
            for side in (self.outgoing, self.incoming)
        )
        forward = np.zeros(there.stop - there.start + back.stop - back.start, dtype=bool)
        forward[: there.stop - there.start] = True
        return Neighbours(
            np.concatenate([self.outgoing.other[there], self.incoming.other[back]]),
            np.concatenate([self.outgoing.relation[there], self.incoming.relation[back]]),
            forward,
        )

    def _check(self, rows: Ints) -> None:
        wrong = rows[(rows < 0) | (rows >= len(self))]
        if len(wrong):
            raise UnknownId(f"the graph has no row {wrong[0]}: it has {len(self):,} entities")


def _adjacency(keys: Keys, ascending: Ints) -> Adjacency:
    row, relation, other = keys.split(ascending)
    start = np.zeros(keys.entities + 1, dtype=np.int64)
    np.cumsum(np.bincount(row, minlength=keys.entities), out=start[1:])
    return Adjacency(start, other, relation)
