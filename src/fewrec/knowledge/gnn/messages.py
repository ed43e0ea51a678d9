"""Who sends messages to whom: a graph in both directions, with people as nodes of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Bools, Ints
from fewrec.errors import ConfigError


@dataclass(frozen=True)
class Likes:
    """Who liked which entity.

    Attributes:
        user: From 0. Shape [n].
        entity: Row in the graph. Shape [n].
    """

    user: Ints
    entity: Ints

    def __post_init__(self) -> None:
        if len(self.user) != len(self.entity):
            raise ConfigError(
                f"likes need as many users ({len(self.user)}) as entities ({len(self.entity)})."
            )

    @classmethod
    def none(cls) -> Likes:
        """Nobody liked anything."""
        return cls(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.user)

    @property
    def users(self) -> int:
        """U."""
        return int(self.user.max(initial=-1)) + 1

    def of(self, chosen: Bools) -> Likes:
        """Some of them."""
        return Likes(self.user[chosen], self.entity[chosen])


@dataclass(frozen=True)
class Messages:
    """Edges by the node they point to (compressed sparse rows); M nodes, 2 (E + n) messages.

    Nodes are the N entities, then U people. Steps are the R relations, the same backwards, then
    likes from people to items and from items to people: 2R + 2 in all.

    Attributes:
        start: Where the messages to each node begin. Shape [M + 1].
        source: Who sends. Shape [2 (E + n)].
        step: By which relation. Shape [2 (E + n)].
        edge: Number of the triple, or E plus that of the like. Shape [2 (E + n)].
        entities: N.
        relations: R.
    """

    start: Ints
    source: Ints
    step: Ints
    edge: Ints
    entities: int
    relations: int

    @classmethod
    def of(
        cls, triples: tuple[Ints, Ints, Ints], likes: Likes, entities: int, relations: int
    ) -> Messages:
        """Lay out both directions of E triples and n likes.

        Args:
            triples: Heads, relations, tails, each of shape [E].
            likes: Of U people.
            entities: N.
            relations: R.
        """
        head, relation, tail = triples
        person = likes.user + entities
        edges, liked = np.arange(len(head)), len(head) + np.arange(len(likes))
        give, take = np.full(len(likes), 2 * relations), np.full(len(likes), 2 * relations + 1)
        target = np.concatenate([tail, head, likes.entity, person])
        source = np.concatenate([head, tail, person, likes.entity])
        step = np.concatenate([relation, relation + relations, give, take])
        edge = np.concatenate([edges, edges, liked, liked])
        nodes = entities + likes.users
        order = np.argsort(target, kind="stable")
        start = np.zeros(nodes + 1, dtype=np.int64)
        np.cumsum(np.bincount(target, minlength=nodes), out=start[1:])
        return cls(start, source[order], step[order], edge[order], entities, relations)

    def __len__(self) -> int:
        """M, the number of nodes."""
        return len(self.start) - 1

    @property
    def steps(self) -> int:
        """2R + 2."""
        return 2 * self.relations + 2
