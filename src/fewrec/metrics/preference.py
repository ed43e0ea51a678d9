"""How well scores tell what is liked from what is not: AUC, AUC per user, log-loss, Brier score."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints

_CLIP = 1e-6


def auc(scores: Floats | Doubles, labels: Floats, weights: Doubles | None = None) -> float:
    """Probability that a random liked row scores above a random row not liked; ties count half.

    The Mann-Whitney statistic: AUC = P(s+ > s-) + P(s+ = s-) / 2 (Hanley & McNeil 1982).

    Args:
        scores: Higher means more liked. Shape [R].
        labels: 1 liked, 0 not liked. Shape [R].
        weights: How often each row counts (for resampling), at least 0; None for once. Shape [R].

    Returns:
        In [0, 1]; NaN where only one label is present.
    """
    return weighted_auc(scores, labels)(np.ones(len(scores)) if weights is None else weights)


def weighted_auc(scores: Floats | Doubles, labels: Floats) -> Callable[[Doubles], float]:
    """AUC as a function of how often each row counts, sorted once for many resamplings.

    Args:
        scores: Higher means more liked. Shape [R].
        labels: 1 liked, 0 not liked. Shape [R].

    Returns:
        A function from weights, shape [R], to the AUC.
    """
    order = np.argsort(scores, kind="stable")
    score, positive = scores[order], labels[order] > 0
    level = np.zeros(len(score), dtype=np.int64)
    level[1:] = np.cumsum(score[1:] != score[:-1])

    def of(weights: Doubles) -> float:
        weight = weights[order]
        liked = np.bincount(level, weights=weight * positive)
        other = np.bincount(level, weights=weight * ~positive)
        pairs = float(liked.sum() * other.sum())
        if pairs == 0:
            return float("nan")
        below = np.cumsum(other) - other
        return float((liked * (below + other / 2)).sum() / pairs)

    return of


def user_auc(scores: Floats | Doubles, labels: Floats, users: Ints, people: int) -> Doubles:
    """AUC of each user's own rows; their plain mean is the UAUC.

    With P liked of n rows and the mid-ranks r (ties share their mean rank) within a user,
    AUC = (sum of r over liked - P (P + 1) / 2) / (P (n - P)).

    Args:
        scores: Shape [R].
        labels: Shape [R].
        users: Whose row it is, below ``people``. Shape [R].
        people: U.

    Returns:
        In [0, 1]; NaN for users without both labels. Shape [U].
    """
    order = np.lexsort((scores, users))
    user, score, liked = users[order], scores[order], labels[order] > 0
    size = np.bincount(user, minlength=people)
    rank = np.arange(len(user)) - (np.cumsum(size) - size)[user] + 1.0
    rank = _mean_within_ties(rank, user, score)
    positives = np.bincount(user, weights=liked, minlength=people)
    rank_sum = np.bincount(user, weights=rank * liked, minlength=people)
    pairs = positives * (size - positives)
    wins = rank_sum - positives * (positives + 1) / 2
    return np.where(pairs > 0, wins / np.maximum(pairs, 1), np.nan)


def log_losses(probabilities: Floats | Doubles, labels: Floats) -> Doubles:
    """-log of the probability given to what happened, row by row; their mean is the log-loss.

    Probabilities are clipped to [1e-6, 1 - 1e-6], so that one confident error is not infinite.

    Args:
        probabilities: P(like). Shape [R].
        labels: 1 liked, 0 not liked. Shape [R].

    Returns:
        At least 0, in nats. Shape [R].
    """
    sure = np.clip(np.asarray(probabilities, dtype=np.float64), _CLIP, 1 - _CLIP)
    return -np.where(labels > 0, np.log(sure), np.log1p(-sure))


def brier(probabilities: Floats | Doubles, labels: Floats) -> Doubles:
    """Squared error (p - y)^2 of each row; their mean is the Brier score (Brier 1950). Shape [R].

    Args:
        probabilities: P(like). Shape [R].
        labels: 1 liked, 0 not liked. Shape [R].
    """
    return (np.asarray(probabilities, dtype=np.float64) - (labels > 0)) ** 2


def _mean_within_ties(rank: Doubles, user: Ints, score: Floats | Doubles) -> Doubles:
    """Give rows of one user with equal scores the mean of their ranks; rows come sorted."""
    if len(rank) == 0:
        return rank
    new = (user[1:] != user[:-1]) | (score[1:] != score[:-1])
    tie = np.concatenate([[0], np.cumsum(new)])
    mean = np.bincount(tie, weights=rank).astype(np.float64) / np.bincount(tie)
    result: Doubles = mean[tie]
    return result
