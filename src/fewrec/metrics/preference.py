"""How well scores tell what is liked from what is not: AUC, AUC per user, log-loss, Brier score."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Doubles, Floats, Ints

_CLIP = 1e-6
_BLOCK_CELLS = 2_000_000


def auc(scores: Floats | Doubles, labels: Floats) -> float:
    """Probability that a random liked row scores above a random row not liked; ties count half.

    The Mann-Whitney statistic: AUC = P(s+ > s-) + P(s+ = s-) / 2 (Hanley & McNeil 1982).

    Args:
        scores: Higher means more liked. Shape [R].
        labels: 1 liked, 0 not liked. Shape [R].

    Returns:
        In [0, 1]; NaN where only one label is present.
    """
    return float(user_auc(scores, labels, np.zeros(len(scores), dtype=np.int64), 1)[0])


def auc_of_counts(
    scores: Floats | Doubles, labels: Floats, users: Ints, people: int
) -> Callable[[Doubles], Doubles]:
    """Pooled AUC as a function of how often each user counts, for many resamplings at once.

    With A_uv the pairs (liked row of u, other row of v) that u's row wins, P_u and N_v the
    numbers of such rows, and c the counts, AUC(c) = c' A c / (c' P) (c' N).

    Args:
        scores: Higher means more liked. Shape [R].
        labels: 1 liked, 0 not liked. Shape [R].
        users: Whose row it is, below ``people``. Shape [R].
        people: U.

    Returns:
        A function from counts, shape [S, U], to S values; NaN where a label is absent.
    """
    liked = np.bincount(users, weights=labels > 0, minlength=people)
    other = np.bincount(users, weights=labels <= 0, minlength=people)
    wins = _wins(scores, labels, users, people)

    def of(counts: Doubles) -> Doubles:
        pairs = (counts @ liked) * (counts @ other)
        won = ((counts @ wins) * counts).sum(axis=1)
        return np.where(pairs > 0, won / np.where(pairs > 0, pairs, 1.0), np.nan)

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


def _wins(scores: Floats | Doubles, labels: Floats, users: Ints, people: int) -> Doubles:
    """A_uv, ties counted half. Shape [U, U]."""
    level = np.unique(scores, return_inverse=True)[1].astype(np.int64)
    levels = int(level.max(initial=-1)) + 1
    yes, no = labels > 0, labels <= 0
    shape = (people, levels)
    liked = sparse.csc_matrix((np.ones(int(yes.sum())), (users[yes], level[yes])), shape)
    other = sparse.csc_matrix((np.ones(int(no.sum())), (users[no], level[no])), shape)
    wins, below = np.zeros((people, people)), np.zeros(people)
    size = max(1, _BLOCK_CELLS // max(people, 1))
    for start in range(0, levels, size):
        at = other[:, start : start + size].toarray().T
        before = below + np.cumsum(at, axis=0) - at
        wins += liked[:, start : start + size] @ (before + at / 2)
        below += at.sum(axis=0)
    return wins


def _mean_within_ties(rank: Doubles, user: Ints, score: Floats | Doubles) -> Doubles:
    """Give rows of one user with equal scores the mean of their ranks; rows come sorted."""
    if len(rank) == 0:
        return rank
    new = (user[1:] != user[:-1]) | (score[1:] != score[:-1])
    tie = np.concatenate([[0], np.cumsum(new)])
    mean = np.bincount(tie, weights=rank).astype(np.float64) / np.bincount(tie)
    result: Doubles = mean[tie]
    return result
