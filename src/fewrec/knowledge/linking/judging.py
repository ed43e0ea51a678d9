"""Where true triples stand among all others that are not known to be true."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.knowledge.linking.parting import Triples

BLOCK = 256
"""Triples asked at once."""


class Scorer(Protocol):
    """Scores all N entities as the missing end of B triples."""

    def tails(self, head: Ints, relation: Ints) -> Floats:
        """Shape [B, N]."""
        ...

    def heads(self, tail: Ints, relation: Ints) -> Floats:
        """Shape [B, N]."""
        ...


@dataclass(frozen=True)
class LinkRanks:
    """Ranks of the true ends of B triples, from 1; among equals the middle place.

    Attributes:
        tail: Of the tail, given head and relation. Shape [B].
        head: Of the head, given tail and relation. Shape [B].
    """

    tail: Doubles
    head: Doubles

    @property
    def reciprocal(self) -> Doubles:
        """Mean of the two reciprocal ranks of each triple. Shape [B]."""
        found: Doubles = (1 / self.tail + 1 / self.head) / 2
        return found

    def hits(self, k: int) -> Doubles:
        """Share of the two ends found among the first k, of each triple. Shape [B]."""
        found: Doubles = ((self.tail <= k).astype(np.float64) + (self.head <= k)) / 2
        return found


@dataclass(frozen=True)
class Known:
    """All true triples, found by two of their parts.

    Attributes:
        start: Where the ends of each (entity, relation) begin. Shape [keys + 1].
        key: Sorted entity * R + relation. Shape [keys].
        end: The other ends. Shape [E].
        relations: R.
    """

    start: Ints
    key: Ints
    end: Ints
    relations: int

    @classmethod
    def of(cls, entity: Ints, relation: Ints, end: Ints, relations: int) -> Known:
        """Sort triples by one end and the relation."""
        joined = entity * relations + relation
        order = np.argsort(joined, kind="stable")
        key, start = np.unique(joined[order], return_index=True)
        return cls(np.append(start, len(end)), key, end[order], relations)

    def ends(self, entity: int, relation: int) -> Ints:
        """What is known at the other end. Shape [n]."""
        asked = entity * self.relations + relation
        at = int(np.searchsorted(self.key, asked))
        if at == len(self.key) or self.key[at] != asked:
            return np.empty(0, dtype=np.int64)
        return self.end[self.start[at] : self.start[at + 1]]


def filtered_ranks(
    model: Scorer, asked: Triples, known: Iterable[Triples], relations: int
) -> LinkRanks:
    """Rank the true ends of B triples among all entities, leaving out other true answers.

    Source: the filtered setting of Bordes et al. (2013).

    Args:
        model: What scores.
        asked: The B triples.
        known: Everything that is true: training, validation and test part.
        relations: R.
    """
    head, relation, tail = (np.concatenate(part) for part in zip(*known, strict=True))
    forward = Known.of(head, relation, tail, relations)
    backward = Known.of(tail, relation, head, relations)
    ranks: tuple[list[Doubles], list[Doubles]] = ([], [])
    for at in range(0, len(asked[0]), BLOCK):
        h, r, t = (part[at : at + BLOCK] for part in asked)
        ranks[0].append(_ranks(model.tails(h, r), h, r, t, forward))
        ranks[1].append(_ranks(model.heads(t, r), t, r, h, backward))
    none = [np.empty(0)]
    return LinkRanks(np.concatenate(ranks[0] or none), np.concatenate(ranks[1] or none))


def _ranks(scores: Floats, entity: Ints, relation: Ints, end: Ints, known: Known) -> Doubles:
    found = np.empty(len(end))
    for row, (e, r, true) in enumerate(zip(entity.tolist(), relation.tolist(), end, strict=True)):
        mine = scores[row]
        value = mine[true]
        others = mine[known.ends(e, r)]
        higher = (mine > value).sum() - (others > value).sum()
        equal = (mine == value).sum() - (others == value).sum()
        found[row] = 1 + higher + equal / 2
    return found
