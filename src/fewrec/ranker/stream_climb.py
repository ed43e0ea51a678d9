"""Climbing: weights moved one after the other, as long as the liked items of questions rise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fewrec.data.arrays import Doubles, Floats
from fewrec.ranker.stream_questions import Question

STEPS = (-0.5, -0.15, -0.05, 0.05, 0.15, 0.5)
"""Moves tried for one weight, in shares of the sum of all."""

LEAST_GAIN = 0.3
"""Least gain of a move, in liked items from nowhere to the top."""

DEPTH = 10.0
"""Rank at which a liked item is worth half as much as at the top."""


def climbed(questions: Sequence[Question], start: Doubles, passes: int, gain: float) -> Doubles:
    """Coordinate ascent on some questions.

    Args:
        questions: What is ahead of the liked item by each of W signals.
        start: Weights with sum 1. Shape [W].
        passes: Rounds over all weights.
        gain: A move must raise the summed worth of the liked items by so many of its standard
            errors, by questions.

    Returns:
        Weights with sum 1, none below 0. Shape [W].
    """
    ahead, stands = _packed(questions)
    weights = start.copy()
    score = np.tensordot(weights.astype(np.float32), ahead, axes=1)
    best = _worth(score, stands)
    for _ in range(passes):
        before = best
        for e in range(len(weights)):
            for step in STEPS:
                move = max(weights[e] + step * weights.sum(), 0.0) - weights[e]
                tried = score + np.float32(move) * ahead[e]
                value = _worth(tried, stands) if move else best
                if _better(value - best, gain):
                    best, score = value, tried
                    weights[e] += move
        weights /= max(float(weights.sum()), 1e-9)
        score = np.tensordot(weights.astype(np.float32), ahead, axes=1)
        if not _better(best - before, gain):
            break
    return weights


def _packed(questions: Sequence[Question]) -> tuple[Floats, Floats]:
    """Questions side by side, empty places standing for nothing. [W, L, N] and [L, N]."""
    width = max(len(question.stands) for question in questions)
    size = len(questions[0].ahead)
    ahead = np.zeros((size, len(questions), width), dtype=np.float32)
    stands = np.zeros((len(questions), width), dtype=np.float32)
    for n, question in enumerate(questions):
        ahead[:, n, : len(question.stands)] = question.ahead
        stands[n, : len(question.stands)] = question.stands
    return ahead, stands


def _better(gains: Doubles, errors: float) -> bool:
    """Whether gains of single questions add up to more than chance. ``gains``: shape [L]."""
    return float(gains.sum()) > LEAST_GAIN + errors * float(np.sqrt((gains**2).sum()))


def _worth(score: Floats, stands: Floats) -> Doubles:
    """Worth 1 / (1 + (rank / 10)^2) of each liked item; equals share the rank. Shape [L]."""
    beaten = (score > 1e-6).astype(np.float32) + (score >= -1e-6).astype(np.float32)
    rank = 0.5 * np.einsum("ln,ln->l", beaten, stands)
    worth: Doubles = 1.0 / (1.0 + (rank.astype(np.float64) / DEPTH) ** 2)
    return worth
