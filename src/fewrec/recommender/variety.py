"""The diversity knob: slates that differ within themselves and from everybody else's.

Maximal marginal relevance (Carbonell and Goldstein 1998) picks, one after the other, the item of
largest ``(1 - D) relevance - D redundancy``. Redundancy here has two halves: likeness to what the
slate already holds, and how often the item stands at the top for everybody (its exposure).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Bools, Floats, Ints
from fewrec.data.features import ItemFeatures
from fewrec.metrics.ranking import top_items

POOL = 10
"""Candidates considered for a slate: so many times its length."""


@dataclass(frozen=True)
class Variety:
    """Re-ranks scores into varied slates.

    Attributes:
        vectors: What an item is: text vector and attributes side by side, length 1. [I, D'].
        exposure: Share of training people at whose top the item stands. Shape [I].
    """

    vectors: Floats
    exposure: Floats

    @classmethod
    def of(cls, features: ItemFeatures, scores: Floats, seen: Bools) -> Variety:
        """Learn exposures from the scores of some people. ``scores``, ``seen``: shape [B, I]."""
        return cls(item_vectors(features), exposure(scores, seen))

    def pick(self, scores: Floats, usable: Bools, diversity: float, k: int) -> Ints:
        """Choose slates.

        Args:
            scores: Shape [B, I].
            usable: What may be shown. Shape [B, I].
            diversity: D in [0, 1]; 0 ranks by score alone.
            k: Length of the slates.

        Returns:
            Item rows, best first; -1 where fewer than k items are usable. Shape [B, k].
        """
        open_scores = np.where(usable, scores, -np.inf).astype(np.float32)
        if diversity == 0.0:
            return top_items(open_scores, k)
        pool = top_items(open_scores, POOL * k)
        return np.stack(
            [self._one(open_scores[b], pool[b], diversity, k) for b in range(len(pool))]
        )

    def _one(self, scores: Floats, pool: Ints, diversity: float, k: int) -> Ints:
        """One slate by greedy marginal relevance. Shape [k]."""
        pool = pool[pool >= 0]
        slate = np.full(k, -1, dtype=np.int64)
        if len(pool) == 0:
            return slate
        relevance = scores[pool]
        spread = relevance[: max(k, 2)].std()
        value = (1.0 - diversity) * relevance / max(float(spread), 1e-6)
        value = value - diversity * EXPOSURE * np.sqrt(self.exposure[pool])
        near = self.vectors[pool] @ self.vectors[pool].T
        closest = np.zeros(len(pool), dtype=np.float32)
        left = np.ones(len(pool), dtype=bool)
        for place in range(min(k, len(pool))):
            marginal = np.where(left, value - diversity * LIKENESS * closest, -np.inf)
            best = int(np.argmax(marginal))
            slate[place], left[best] = pool[best], False
            closest = np.maximum(closest, near[best])
        return slate


EXPOSURE = 3.0
"""How much standing at everybody's top counts, in deviations of the scores in a slate."""

LIKENESS = 1.0
"""How much likeness to the slate so far counts, in the same unit."""


def exposure(scores: Floats, seen: Bools) -> Floats:
    """Share of B people at whose top 10 each item stands. Shapes [B, I], [B, I] -> [I]."""
    size = scores.shape[1]
    if not len(scores) or not size:
        return np.zeros(size, dtype=np.float32)
    top = top_items(np.where(seen, -np.inf, scores), min(10, size))
    share = np.bincount(top[top >= 0], minlength=size) / len(scores)
    return share.astype(np.float32)


def item_vectors(features: ItemFeatures) -> Floats:
    """Text vectors and a sketch of the attributes, each block of length 1, joined. [I, D']."""
    attributes = features.attributes
    width = min(attributes.shape[1], 256)
    held = np.bincount(attributes.indices, minlength=attributes.shape[1])
    common = np.argsort(-held, kind="stable")[:width]
    blocks = [features.vectors, attributes[:, common].toarray()]
    unit = [b / np.maximum(np.linalg.norm(b, axis=1, keepdims=True), 1e-6) for b in blocks]
    joined = np.concatenate([block for block in unit if block.shape[1]] or blocks, axis=1)
    length = np.maximum(np.linalg.norm(joined, axis=1, keepdims=True), 1e-6)
    described: Floats = (joined / length).astype(np.float32)
    return described
