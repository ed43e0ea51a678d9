"""Scores for one person in about a millisecond: the fusion's sum without its summands.

With the gate ``g`` of an item and standardised experts ``z_e`` the score is

    s = sum_e [ w_e g + v_e (1 - g) ] z_e = b + g d
    b = sum_e v_e z_e
    d = sum_e (w_e - v_e) z_e

so two vectors say of a person all that the gate, which moves with everybody's events, does not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.histories import Histories
from fewrec.protocols import FittedRanker


def person_terms(
    experts: Sequence[FittedRanker],
    known: Doubles,
    new: Doubles,
    person: Histories,
    met: Ints,
    items: int,
) -> Floats:
    """The two vectors b and d of one person.

    Args:
        experts: E fitted rankers.
        known: Their weights w among known items. Shape [E].
        new: Their weights v among new items. Shape [E].
        person: The person (B = 1).
        met: Rows of the items that are no candidates, each once.
        items: I.

    Returns:
        b and d, both 0 for items that are no candidates. Shape [2, I].
    """
    rows: list[Floats] = []
    weights: list[tuple[float, float]] = []
    for e, ranker in enumerate(experts):
        if known[e] == 0.0 and new[e] == 0.0:
            continue
        moved = np.array(ranker.scores(person)[0])
        spread = _centred(moved, met)
        if spread > 0.0:
            rows.append(moved)
            weights.append((new[e] / spread, (known[e] - new[e]) / spread))
    if not rows:
        return np.zeros((2, items), dtype=np.float32)
    terms: Floats = np.array(weights, dtype=np.float32).T @ np.stack(rows)
    return terms


def gathered(terms: Floats, gate: Floats | np.float32, met: Ints) -> Floats:
    """The scores: b + g d, centred over the candidates.

    Args:
        terms: b and d. Shape [2, I].
        gate: g, or one for all items. Shape [I].
        met: Rows of the items that are no candidates, each once.

    Returns:
        Shape [I].
    """
    scores: Floats = terms[0] + gate * terms[1]
    scores -= scores.sum(dtype=np.float32) / np.float32(max(len(scores) - len(met), 1))
    return scores


def _centred(raw: Floats, met: Ints) -> float:
    """Take the candidates' mean away in place; their deviation, 0 where all are alike."""
    number = max(len(raw) - len(met), 1)
    raw[met] = 0.0
    mean = raw.sum() / np.float32(number)
    raw -= mean
    raw[met] = 0.0
    deviation = float(np.sqrt(raw @ raw / np.float32(number)))
    return 0.0 if deviation < 1e-6 * max(abs(float(mean)), 1e-3) else deviation
