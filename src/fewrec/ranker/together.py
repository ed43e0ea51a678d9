"""Scores for many people at once: the fusion's sum without its summands.

As in ``alone``, with the gate ``g`` of an item and standardised experts ``z_e``,

    s = sum_e [ w_e g + v_e (1 - g) ] z_e = b + g d
    b = sum_e v_e z_e
    d = sum_e (w_e - v_e) z_e

An expert is asked once about everybody; what it says is then centred, scaled and added up for a
few people at a time, whose rows stay in the processor's cache meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.histories import Histories
from fewrec.protocols import FittedRanker

CELLS = 100_000
"""So many scores (people times items) are added up at once."""


@dataclass(frozen=True)
class Crowd:
    """What experts say of many people, as far as it does not move with the items' gates.

    Attributes:
        base: b, 0 for items that are no candidates. Shape [B, I].
        gated: d, likewise. Shape [B, I].
        seen: Items that are no candidates, non-zero. Shape [B, I].
    """

    base: Floats
    gated: Floats
    seen: sparse.csr_matrix

    @classmethod
    def of(
        cls,
        experts: Sequence[FittedRanker],
        known: Doubles,
        new: Doubles,
        people: Histories,
        items: int,
    ) -> Crowd:
        """Ask every expert that anybody trusts about those who do.

        Args:
            experts: E fitted rankers.
            known: Each person's weights w among known items. Shape [B, E].
            new: Each person's weights v among new items. Shape [B, E].
            people: B people.
            items: I.
        """
        seen = people.seen(items)
        base = np.zeros((len(people), items), dtype=np.float32)
        gated = np.zeros_like(base)
        for e, ranker in enumerate(experts):
            asked = np.flatnonzero((known[:, e] != 0.0) | (new[:, e] != 0.0))
            if not len(asked):
                continue
            raw = ranker.scores(people if len(asked) == len(people) else people.take(asked))
            for part, rows in _parts(asked, items):
                moved = np.array(raw[part], dtype=np.float32)
                spread = _centred(moved, *_places(seen, rows))
                scale = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0.0)
                _add(base, rows, moved, new[rows, e] * scale)
                _add(gated, rows, moved, (known[rows, e] - new[rows, e]) * scale)
        return cls(base, gated, seen)

    def centre(self, gate: Floats) -> Floats:
        """Mean of b + g d over each person's candidates. ``gate``: g, shape [I]. Shape [B]."""
        number = np.maximum(self.base.shape[1] - np.diff(self.seen.indptr), 1)
        total: Floats = self.base.sum(axis=1) + self.gated @ gate
        centre: Floats = total / number.astype(np.float32)
        return centre

    def scores(self, gate: Floats) -> Floats:
        """The scores: b + g d, centred over each person's candidates. Shape [B, I].

        Args:
            gate: g. Shape [I].
        """
        scores: Floats = self.gated * gate
        scores += self.base
        scores -= self.centre(gate)[:, None]
        return scores


def _parts(rows: Ints, items: int) -> Iterator[tuple[slice, Ints]]:
    """Places and rows, a few at a time."""
    size = max(1, CELLS // max(items, 1))
    for start in range(0, len(rows), size):
        part = slice(start, min(start + size, len(rows)))
        yield part, rows[part]


def _add(total: Floats, rows: Ints, moved: Floats, weight: Doubles) -> None:
    """Add weighted rows in place; nothing where no weight is."""
    if weight.any():
        more = moved * weight.astype(np.float32)[:, None]
        if rows[-1] - rows[0] + 1 == len(rows):
            total[rows[0] : rows[-1] + 1] += more
        else:
            total[rows] += more


def _places(seen: sparse.csr_matrix, rows: Ints) -> tuple[Ints, Ints]:
    """How many items each of some people has seen, and which, one person after the other."""
    count = np.diff(seen.indptr)[rows]
    if rows[-1] - rows[0] + 1 == len(rows):
        return count, seen.indices[seen.indptr[rows[0]] : seen.indptr[rows[-1] + 1]]
    return count, seen[rows].indices


def _centred(raw: Floats, count: Ints, column: Ints) -> Doubles:
    """Take the candidates' means away in place; their deviations, 0 where all are alike.

    Args:
        raw: Scores. Shape [B, I].
        count: How many items are no candidates of each person. Shape [B].
        column: Which, one person after the other.

    Returns:
        Shape [B].
    """
    number = np.maximum(raw.shape[1] - count, 1).astype(np.float32)
    row = np.repeat(np.arange(len(raw)), count)
    raw[row, column] = 0.0
    mean = raw.sum(axis=1) / number
    raw -= mean[:, None]
    raw[row, column] = 0.0
    square = np.einsum("bi,bi->b", raw, raw) / number
    deviation: Doubles = np.sqrt(square).astype(np.float64)
    deviation[deviation < 1e-6 * np.maximum(np.abs(mean), 1e-3)] = 0.0
    return deviation
