"""What is known of the nodes of a graph before any message."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from fewrec.data.arrays import Bools, Floats, Ints
from fewrec.errors import ConfigError

Three = tuple[Tensor, Tensor, Tensor]


@dataclass(frozen=True)
class Nodes:
    """N entities, then people.

    Attributes:
        learned: Row of each entity's learned vector, -1 where it has none. Shape [N].
        text: Vectors of the texts there are, then a row of zeros. Shape [texts + 1, T].
        row: Row of each entity in ``text``. Shape [N].
    """

    learned: Ints
    text: Floats
    row: Ints

    @classmethod
    def of(cls, learned: Ints, text: Floats) -> Nodes:
        """Keep the texts that say anything.

        Args:
            learned: Shape [N].
            text: Zeros where an entity has no text. Shape [N, T]; T may be 0.

        Raises:
            ConfigError: There are not as many text vectors as entities.
        """
        if len(text) != len(learned):
            raise ConfigError(
                f"there are {len(text):,} text vectors for {len(learned):,} entities; give zeros "
                "where an entity has no text."
            )
        said = np.flatnonzero((text != 0).any(axis=1)) if text.shape[1] else np.empty(0, np.int64)
        row = np.full(len(text), len(said), dtype=np.int64)
        row[said] = np.arange(len(said))
        nothing = np.zeros((1, text.shape[1]), dtype=np.float32)
        return cls(learned, np.concatenate([text[said], nothing]).astype(np.float32), row)

    def first(self, nodes: Ints, device: str, forget: Bools | None = None) -> Three:
        """What ``Network.first`` wants to know of m nodes.

        Args:
            nodes: Shape [m].
            device: Where to.
            forget: True where the learned vector is to be left out. Shape [m].
        """
        size = len(self.learned)
        person = nodes >= size
        at = np.minimum(nodes, size - 1)
        learned = np.where(person, -1, self.learned[at])
        if forget is not None:
            learned = np.where(forget, -1, learned)
        text = self.text[np.where(person, len(self.text) - 1, self.row[at])]
        return to_device((learned, text, person), device)


def to_device(arrays: tuple[np.ndarray, np.ndarray, np.ndarray], device: str) -> Three:
    """Three arrays as tensors, of any shape."""
    one, two, three = (torch.from_numpy(array).to(device) for array in arrays)
    return one, two, three
