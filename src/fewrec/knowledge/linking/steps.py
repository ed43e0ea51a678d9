"""One step of learning links: the loss of a batch, its slopes, and Adagrad on a few rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Floats, Ints


@dataclass(frozen=True)
class Batch:
    """B triples and a sample of K entities.

    Attributes:
        head: Shape [B].
        relation: Reciprocal ones count from R on. Shape [B].
        tail: Shape [B].
        sample: Entities that the softmax sums over. Shape [K].
    """

    head: Ints
    relation: Ints
    tail: Ints
    sample: Ints


@dataclass(frozen=True)
class Slopes:
    """What a batch says about the vectors it touched.

    Attributes:
        loss: Mean loss, without the penalty.
        entities: Rows, one may stand there several times. Shape [2B + K].
        of_entities: Slopes by their vectors. Shape [2B + K, D].
        of_relations: Slopes by the vectors of the batch's relations. Shape [B, D].
    """

    loss: float
    entities: Ints
    of_entities: Floats
    of_relations: Floats


def gradients(batch: Batch, vectors: Any, steps: Any, n3: float) -> Slopes:  # noqa: ANN401
    """Loss -s(t) + log sum_e exp s(e), its sum over a sample, and all slopes.

    Args:
        batch: What to learn from.
        vectors: Of entities, real or complex. Shape [N, D].
        steps: Of relations, alike. Shape [2R, D].
        n3: Weight of sum |x|^3 over head, relation and tail (Lacroix et al. 2018, eq. 8).
    """
    h, r, t = vectors[batch.head], steps[batch.relation], vectors[batch.tail]
    others = _real(vectors[batch.sample])
    asked = h * r
    q, true = _real(asked), np.einsum("bd,bd->b", _real(asked), _real(t))
    # the true tail is one of N, the sample stands for all others: each counts (N - 1) / K times
    sampled = q @ others.T
    weight = (len(vectors) - 1) / len(batch.sample)
    top = np.maximum(true, sampled.max(axis=1))
    own = np.exp(true - top)
    share = np.exp(sampled - top[:, None])
    share *= np.float32(weight)
    total = own + share.sum(axis=1)
    size = np.float32(len(q))
    loss = float(np.mean(np.log(total) + top - true))
    share /= (total * size)[:, None]
    slope = ((own / total - 1) / size)[:, None]
    by_asked = (share @ others + slope * _real(t)).view(h.dtype)
    found = (by_asked * r.conj(), (slope * q).view(h.dtype), by_asked * h.conj())
    kept = [
        _real(s + (3 * n3 / size) * np.abs(x) * x) for s, x in zip(found, (h, t, r), strict=True)
    ]
    return Slopes(
        loss,
        np.concatenate([batch.head, batch.tail, batch.sample]),
        np.concatenate([kept[0], kept[1], share.T @ q]),
        kept[2],
    )


@dataclass(frozen=True)
class Adagrad:
    """Steps that grow shorter for numbers that moved much (Duchi et al. 2011).

    Attributes:
        rate: Length of the first step.
        moved: Sum of squared slopes. Shape of the real view of the vectors.
    """

    rate: float
    moved: Floats

    @classmethod
    def of(cls, vectors: Any, rate: float) -> Adagrad:  # noqa: ANN401
        """Nothing moved yet."""
        return cls(rate, np.zeros_like(_real(vectors)))

    def step(self, vectors: Any, rows: Ints, slopes: Floats) -> None:  # noqa: ANN401
        """Move some rows; the slopes of a row that stands there several times are added up."""
        different, place = np.unique(rows, return_inverse=True)
        ones = np.ones(len(rows), dtype=np.float32)
        sums = sparse.csr_matrix((ones, (place, np.arange(len(rows)))), (len(different), len(rows)))
        total = sums @ slopes
        self.moved[different] += total**2
        _real(vectors)[different] -= self.rate * total / (np.sqrt(self.moved[different]) + 1e-10)


def _real(vectors: Any) -> Floats:  # noqa: ANN401
    """The same memory as real numbers. Shape [N, D] or [N, 2D]."""
    found: Floats = vectors.view(np.float32)
    return found
