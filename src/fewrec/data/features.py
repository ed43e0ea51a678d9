"""What is known about items before any click, as arrays a ranker can compute with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class ItemFeatures:
    """Text vectors, numbers and attributes of I items; equal only to itself.

    Attributes:
        vectors: Text vectors of length 1 (or 0 where an item has no text). Shape [I, D].
        numbers: Number columns and numbers of the graph around items, standardised, 0 where
            missing. Shape [I, M].
        attributes: 1 where item i has attribute a. Shape [I, A], float32.
        attribute_names: (relation, value) of each attribute, readable where the source is. A pairs.
        number_names: What each number is, where known. M strings, or none.
    """

    vectors: Floats
    numbers: Floats
    attributes: sparse.csr_matrix
    attribute_names: tuple[tuple[str, str], ...]
    number_names: tuple[str, ...] = ()

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
        )

    def __len__(self) -> int:
        return int(self.vectors.shape[0])
