"""What is known about items before any click, as arrays a ranker can compute with."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class ItemFeatures:
    """Text vectors, numbers and attributes of I items; equal only to itself.

    Attributes:
        vectors: Text vectors of length 1 (or 0 where an item has no text). Shape [I, D].
        numbers: Number columns, standardised, 0 where missing. Shape [I, M].
        attributes: 1 where item i has attribute a. Shape [I, A], float32.
        attribute_names: (relation, value) of each attribute, readable where the source is. A pairs.
        number_names: Column of each number, where known. M strings, or none.
        around: What a graph says around items in numbers, standardised; they say how well known
            an item is, not how good. Shape [I, G], G = 0 where not given.
        around_names: What each of these is. G strings.
        entities: What a network over the graph makes of the items, length 1 (or 0 where the graph
            has nothing to say). Shape [I, E], E = 0 without such a network.
    """

    vectors: Floats
    numbers: Floats
    attributes: sparse.csr_matrix
    attribute_names: tuple[tuple[str, str], ...]
    number_names: tuple[str, ...] = ()
    around: Floats = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    around_names: tuple[str, ...] = ()
    entities: Floats = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))

    def __post_init__(self) -> None:
        for block in ("around", "entities"):
            if not getattr(self, block).shape[1]:
                object.__setattr__(self, block, np.zeros((len(self), 0), dtype=np.float32))

    @classmethod
    def nothing(cls, items: int) -> ItemFeatures:
        """Items of which nothing is known."""
        return cls(
            np.zeros((items, 0), dtype=np.float32),
            np.zeros((items, 0), dtype=np.float32),
            sparse.csr_matrix((items, 0), dtype=np.float32),
            (),
        )

    def where(self, rows: slice | Ints) -> ItemFeatures:
        """Some of the items, by row."""
        return ItemFeatures(
            self.vectors[rows],
            self.numbers[rows],
            self.attributes[rows],
            self.attribute_names,
            self.number_names,
            self.around[rows],
            self.around_names,
            self.entities[rows],
        )

    def __len__(self) -> int:
        return int(self.vectors.shape[0])
