"""Edges as single numbers, whose order is that of (row, relation, other)."""

from __future__ import annotations

from dataclasses import dataclass

from fewrec.data.arrays import Ints
from fewrec.errors import DataError


@dataclass(frozen=True)
class Keys:
    """Numbers for the edges of a graph: ``(row * R + relation) * N + other``.

    Attributes:
        entities: N.
        relations: R.
    """

    entities: int
    relations: int

    def __post_init__(self) -> None:
        if self.entities**2 * self.relations >= 2**63:
            raise DataError(
                f"a graph of {self.entities:,} entities and {self.relations:,} relations is "
                "too large to be sorted",
                fix="Leave out relations, or divide the graph.",
            )

    def join(self, row: Ints, relation: Ints, other: Ints) -> Ints:
        """Numbers of n edges. Shape [n]."""
        found: Ints = (row * self.relations + relation) * self.entities + other
        return found

    def split(self, keys: Ints) -> tuple[Ints, Ints, Ints]:
        """Row, relation and other entity of n numbers. Shapes [n]."""
        if not self.entities:
            return keys, keys, keys
        pair, other = keys // self.entities, keys % self.entities
        return pair // self.relations, pair % self.relations, other
