"""How probable an edge is: a logistic regression with a part of its own for each relation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from fewrec.data.arrays import Bools, Doubles, Floats, Ints

SHARED_PRIOR, OWN_PRIOR = 1.0, 4.0
"""Precisions of the normal priors: weights that all relations share, and what each adds."""


@dataclass(frozen=True)
class EdgeScorer:
    """P(edge | signals) = 1 / (1 + exp(-(a_r + x · (w + w_r)))).

    Attributes:
        mean: Of each signal. Shape [F].
        scale: Its standard deviation. Shape [F].
        shared: w, the constant last. Shape [F + 1].
        own: w_r of each relation. Shape [R, F + 1].
    """

    mean: Doubles
    scale: Doubles
    shared: Doubles
    own: Doubles

    @classmethod
    def fit(
        cls, signals: Floats, relation: Ints, true: Bools, weight: Doubles, relations: int
    ) -> EdgeScorer:
        """Fit by penalised likelihood.

        Args:
            signals: Shape [n, F].
            relation: Of each edge. Shape [n].
            true: Which are edges. Shape [n].
            weight: How often each counts. Shape [n].
            relations: R.
        """
        mean = signals.mean(axis=0, dtype=np.float64)
        scale = np.maximum(signals.std(axis=0, dtype=np.float64), 1e-6)
        order = np.argsort(relation, kind="stable")
        x, y = _with_constant((signals[order] - mean) / scale), true[order].astype(np.float64)
        n = weight[order]
        ends = np.searchsorted(relation[order], np.arange(relations + 1))
        width = x.shape[1]

        def loss(flat: Doubles) -> tuple[float, Doubles]:
            shared, own = flat[:width], flat[width:].reshape(relations, width)
            total = 0.5 * SHARED_PRIOR * float(shared @ shared)
            total += 0.5 * OWN_PRIOR * float((own * own).sum())
            slope = np.concatenate([SHARED_PRIOR * shared, (OWN_PRIOR * own).ravel()])
            for r in range(relations):
                here = slice(ends[r], ends[r + 1])
                part, wanted, often = x[here], y[here], n[here]
                z = part @ (shared + own[r])
                total += float(often @ (np.logaddexp(0, z) - wanted * z))
                pull = part.T @ (often * (_sigmoid(z) - wanted))
                slope[:width] += pull
                slope[width * (r + 1) : width * (r + 2)] += pull
            return total, slope

        start = np.zeros(width * (relations + 1))
        found = optimize.minimize(
            loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 150}
        ).x
        return cls(mean, scale, found[:width], found[width:].reshape(relations, width))

    def probability(self, signals: Floats, relation: Ints) -> Doubles:
        """P(edge) of n edges. Shape [n]."""
        x = _with_constant((signals - self.mean) / self.scale)
        return _sigmoid(np.einsum("nf,nf->n", x, self.shared + self.own[relation]))


def _with_constant(x: Doubles) -> Doubles:
    return np.concatenate([x, np.ones((len(x), 1))], axis=1)


def _sigmoid(z: Doubles) -> Doubles:
    found: Doubles = 0.5 * (1 + np.tanh(0.5 * z))
    return found
