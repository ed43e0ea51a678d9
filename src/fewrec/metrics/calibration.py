"""Whether a probability means what it says: of all "70 %", seven in ten should be liked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints


@dataclass(frozen=True)
class Reliability:
    """Predicted and observed shares in equal-width bins of the predicted probability.

    Attributes:
        edges: Bin b reaches from ``edges[b]`` up to, but not including, ``edges[b + 1]``
            (the last bin includes 1). Shape [bins + 1].
        count: Rows in each bin. Shape [bins].
        predicted: Mean prediction in each bin; NaN where it is empty. Shape [bins].
        observed: Share of liked rows in each bin; NaN where it is empty. Shape [bins].
    """

    edges: Doubles
    count: Ints
    predicted: Doubles
    observed: Doubles

    @property
    def error(self) -> float:
        """Expected calibration error, sum of (n_b / R) |predicted_b - observed_b|.

        Guo et al. 2017, equation 3. NaN where there are no rows.
        """
        total = int(self.count.sum())
        if total == 0:
            return float("nan")
        gap = np.abs(np.nan_to_num(self.predicted) - np.nan_to_num(self.observed))
        return float((self.count * gap).sum() / total)


def reliability(probabilities: Floats | Doubles, labels: Floats, *, bins: int = 10) -> Reliability:
    """Sort rows into bins by their predicted probability and compare with what happened.

    Args:
        probabilities: P(like), in [0, 1]. Shape [R].
        labels: 1 liked, 0 not liked. Shape [R].
        bins: Number of bins of equal width.

    Returns:
        The table; its ``error`` is the expected calibration error.
    """
    sure = np.asarray(probabilities, dtype=np.float64)
    place = _bin(sure, bins)
    count = np.bincount(place, minlength=bins)
    filled = np.where(count > 0, count, np.nan)
    return Reliability(
        edges=np.linspace(0.0, 1.0, bins + 1),
        count=count.astype(np.int64),
        predicted=np.bincount(place, weights=sure, minlength=bins) / filled,
        observed=np.bincount(place, weights=labels > 0, minlength=bins) / filled,
    )


def calibration_error(probabilities: Floats | Doubles, labels: Floats) -> float:
    """Expected calibration error over 10 equal-width bins, in [0, 1]; NaN without rows.

    Args:
        probabilities: P(like), in [0, 1]. Shape [R].
        labels: 1 liked, 0 not liked. Shape [R].
    """
    return reliability(probabilities, labels).error


def calibration_error_of_counts(
    probabilities: Floats | Doubles, labels: Floats, users: Ints, people: int, *, bins: int = 10
) -> Callable[[Doubles], Doubles]:
    """Calibration error as a function of how often each user counts, for many resamplings.

    Args:
        probabilities: P(like), in [0, 1]. Shape [R].
        labels: 1 liked, 0 not liked. Shape [R].
        users: Whose row it is, below ``people``. Shape [R].
        people: U.
        bins: Number of bins of equal width.

    Returns:
        A function from counts, shape [S, U], to S values; NaN where nobody has a row.
    """
    sure = np.asarray(probabilities, dtype=np.float64)
    cell = users * bins + _bin(sure, bins)
    excess = np.bincount(cell, weights=sure - (labels > 0), minlength=people * bins)
    excess = excess.reshape(people, bins)
    rows = np.bincount(users, minlength=people).astype(np.float64)

    def of(counts: Doubles) -> Doubles:
        total = counts @ rows
        gap = np.abs(counts @ excess).sum(axis=1)
        return np.where(total > 0, gap / np.where(total > 0, total, 1.0), np.nan)

    return of


def _bin(sure: Doubles, bins: int) -> Ints:
    return np.clip((sure * bins).astype(np.int64), 0, bins - 1)
