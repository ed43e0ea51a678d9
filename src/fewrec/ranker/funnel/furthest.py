"""The furthest step: what was carted first, then what was viewed, then what is popular."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Floats, Ints
from fewrec.data.evidence import Fact
from fewrec.data.histories import Histories
from fewrec.protocols import Training
from fewrec.ranker.baselines import FittedPopularity, Popularity


@dataclass(frozen=True)
class FurthestStep:
    """The trivial ranker of a funnel, by the weight of the furthest step on the item.

    Among items of the same step the one goes first on which it was taken more often, then the
    one that more people came to. Steps that were not liked say nothing.
    """

    def fit(self, training: Training) -> FittedFurthestStep:
        """Count what people came to."""
        return FittedFurthestStep(Popularity().fit(training))


@dataclass(frozen=True)
class FittedFurthestStep:
    """Popularity among targets, which breaks ties."""

    level: FittedPopularity

    def scores(self, people: Histories) -> Floats:
        """10 times the weight of the furthest step, and below 1 for what breaks ties. [B, I]."""
        level = self.level.scores(people)
        score: Floats = 0.5 * level / max(float(np.abs(level).max(initial=0.0)), 1.0)
        steps = people.steps
        if steps is None:
            return score
        liked = steps.label > 0
        place = steps.person[liked], steps.item[liked]
        furthest, times = np.zeros_like(score), np.zeros_like(score)
        np.maximum.at(furthest, place, steps.weight[liked])
        np.add.at(times, place, 1.0)
        return score + 10.0 * furthest + times / (1.0 + times)

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Whoever looked at a thing knows it; no reason is told."""
        return [[] for _ in items]

    def extended(self, training: Training) -> FittedFurthestStep:
        """Count again."""
        return FurthestStep().fit(training)
