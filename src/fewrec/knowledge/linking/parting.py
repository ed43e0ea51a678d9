"""Parts triples into those to learn from, to choose by, and to test on, without leaks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Ints
from fewrec.errors import ConfigError
from fewrec.seeding import generator

Triples = tuple[Ints, Ints, Ints]
"""Heads, relations and tails, each of shape [E]."""


@dataclass(frozen=True)
class Parts:
    """Triples in three parts; two entities linked in one part are linked in no other.

    Attributes:
        train: To learn from.
        valid: To choose settings by.
        test: To judge by, once.
    """

    train: Triples
    valid: Triples
    test: Triples


def part_triples(triples: Triples, *, share: float = 0.1, seed: int = 0) -> Parts:
    """Hide pairs of entities, with all triples between them in either direction.

    Parting single triples leaves (film, genre, drama) in the test part and (drama, films, film)
    in the training part, and a model that knows one knows the other. Relations that are each
    other's reverse should be merged before (``merge_mirrors``).

    Args:
        triples: E different triples.
        share: Of the pairs, for each of ``valid`` and ``test``, in (0, 0.5).
        seed: Of the draw.

    Raises:
        ConfigError: The share is out of range.
    """
    if not 0 < share < 0.5:
        raise ConfigError(f"share of pairs to hide must lie between 0 and 0.5, not {share}.")
    head, relation, tail = triples
    pairs = np.stack([np.minimum(head, tail), np.maximum(head, tail)], axis=1)
    _, pair = np.unique(pairs, axis=0, return_inverse=True)
    count = int(pair.max(initial=-1)) + 1
    part = np.zeros(count, dtype=np.int64)
    hidden = round(share * count)
    drawn = generator(seed, "parts of a graph").permutation(count)
    part[drawn[:hidden]], part[drawn[hidden : 2 * hidden]] = 1, 2
    train, valid, test = (
        (head[at], relation[at], tail[at]) for at in (part[pair] == n for n in range(3))
    )
    return Parts(train, valid, test)
