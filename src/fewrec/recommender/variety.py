"""The diversity knob: slates that differ within themselves and from everybody else's.

Maximal marginal relevance (Carbonell and Goldstein 1998) picks, place after place, the item of
largest ``(1 - share) relevance - share redundancy``. Redundancy has two halves: likeness to what
the slate holds already, and the item's *level*, the score it has for people in general. Taking
the level away leaves what is special to this person, so slates differ from each other too.

The last places carry little of a slate's accuracy and can carry much of its variety. So the
knob D first turns the end of the slate and only then its beginning: at place j of k the share
is ``D (j / k)^(BEND (1 - D) / D)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Bools, Floats, Ints
from fewrec.data.features import ItemFeatures
from fewrec.metrics.ranking import top_items
from fewrec.protocols import FittedRanker, Training
from fewrec.ranker.rehearsal import asked_in, standardised
from fewrec.seeding import generator

POOL = 30
"""Candidates considered for a slate: so many times its length."""

LEVEL = 0.75
"""How much an item's level counts as redundancy, in deviations of the scores at the top."""

LIKENESS = 2.0
"""How much likeness to the slate so far counts, in the same unit."""

BEND = 8.0
"""How much later the beginning of a slate turns than its end."""

LEVEL_PEOPLE = 500
"""At most so many training people tell how an item is scored for people in general."""

LEVEL_ROWS = 10
"""Known rows of each of them."""

CELLS = 200_000
"""Scores (people times items) computed at once, so that memory stays bounded."""


@dataclass(frozen=True)
class Variety:
    """Re-ranks scores into varied slates.

    Attributes:
        vectors: What an item is: text vector and attributes side by side, length 1. [I, D'].
        level: Mean standardised score of the item over a sample of people. Shape [I].
    """

    vectors: Floats
    level: Floats

    @classmethod
    def of(
        cls,
        ranker: FittedRanker,
        training: Training,
        tell: Callable[[float], None] = lambda share: None,
    ) -> Variety:
        """Learn levels from a sample of training people, each known by a few rows.

        Args:
            ranker: Fitted on ``training``.
            training: The people and items.
            tell: Called with the share done.
        """
        rows, size = training.interactions, len(training.interactions.items)
        random = generator(training.seed, "level")
        some: Ints = random.permutation(np.unique(rows.user))[: asked_in(size, LEVEL_PEOPLE)]
        people = rows.histories(some).knowing([training.people.attributes[u] for u in some])
        place = np.arange(len(people.item)) - people.start[people.person]
        people = people.rows(place < LEVEL_ROWS)
        level, block = np.zeros(size, dtype=np.float32), max(1, CELLS // max(size, 1))
        for at in range(0, len(some), block):
            tell(at / len(some))
            part = people.take(np.arange(at, min(at + block, len(some))))
            seen = part.seen(size).toarray() > 0
            level += standardised(ranker.scores(part), seen).sum(axis=0, dtype=np.float32)
        tell(1.0)
        return cls(item_vectors(training.features), level / np.float32(max(len(some), 1)))

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
        spread = max(float(scores[pool[: max(k, 2)]].std()), 1e-6)
        relevance = scores[pool] / spread
        general = self.level[pool] * float(scores[np.isfinite(scores)].std()) / spread
        near = self.vectors[pool] @ self.vectors[pool].T
        closest = np.zeros(len(pool), dtype=np.float32)
        left = np.ones(len(pool), dtype=bool)
        for place, share in enumerate(_shares(diversity, k)[: len(pool)]):
            redundancy = LEVEL * general + LIKENESS * closest
            marginal = (1.0 - share) * relevance - share * redundancy
            marginal = np.where(left, marginal, -np.inf)
            best = int(np.argmax(marginal))
            slate[place], left[best] = pool[best], False
            closest = np.maximum(closest, near[best])
        return slate


def _shares(diversity: float, k: int) -> Floats:
    """How much redundancy counts at each place of a slate. Shape [k]."""
    places = np.arange(1, k + 1) / k
    shares = diversity * places ** (BEND * (1.0 - diversity) / diversity)
    return shares.astype(np.float32)


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
