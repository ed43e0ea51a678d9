"""Whether a probability means what it says: of all "70 %", seven in ten should be liked."""

from __future__ import annotations

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


def reliability(
    probabilities: Floats | Doubles,
    labels: Floats,
    *,
    bins: int = 10,
    weights: Doubles | None = None,
) -> Reliability:
    """Sort rows into bins by their predicted probability and compare with what happened.

    Args:
        probabilities: P(like), in [0, 1]. Shape [R].
        labels: 1 liked, 0 not liked. Shape [R].
        bins: Number of bins of equal width.
        weights: How often each row counts (for resampling); None for once. Shape [R].

    Returns:
        The table; its ``error`` is the expected calibration error.
    """
    weight = np.ones(len(probabilities)) if weights is None else weights
    sure = np.asarray(probabilities, dtype=np.float64)
    place = np.clip((sure * bins).astype(np.int64), 0, bins - 1)
    count = np.bincount(place, weights=weight, minlength=bins)
    filled = np.where(count > 0, count, np.nan)
    return Reliability(
        edges=np.linspace(0.0, 1.0, bins + 1),
        count=count.astype(np.int64),
        predicted=np.bincount(place, weights=weight * sure, minlength=bins) / filled,
        observed=np.bincount(place, weights=weight * (labels > 0), minlength=bins) / filled,
    )


def calibration_error(
    probabilities: Floats | Doubles, labels: Floats, weights: Doubles | None = None
) -> float:
    """Expected calibration error over 10 equal-width bins, in [0, 1]; NaN without rows.

    Args:
        probabilities: P(like), in [0, 1]. Shape [R].
        labels: 1 liked, 0 not liked. Shape [R].
        weights: How often each row counts (for resampling); None for once. Shape [R].
    """
    return reliability(probabilities, labels, weights=weights).error
