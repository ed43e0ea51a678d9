"""Any ranker as a model of shots: fitted on the rows of shots, asked about single items."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fewrec.data.arrays import Doubles, Ints
from fewrec.data.histories import Histories
from fewrec.data.people import People
from fewrec.data.shots import Shots
from fewrec.protocols import FittedRanker, Ranker, Training

BLOCK = 256
"""So many people are scored at once, to bound memory."""


@dataclass(frozen=True)
class Answering:
    """A ranker that answers rows.

    Attributes:
        ranker: Learns from the rows of histories and answers.
    """

    ranker: Ranker

    def fit(self, shots: Shots, training: Training) -> FittedAnswering:
        """Fit the ranker as if every shot were a person."""
        return FittedAnswering(self.ranker.fit(as_training(shots, training)), shots)


@dataclass(frozen=True)
class FittedAnswering:
    """A fitted ranker and the shots it learned from.

    Attributes:
        ranker: Scores all items.
        shots: What newcomers' scores are counted on, too.
    """

    ranker: FittedRanker
    shots: Shots

    def logits(self, people: Histories, item: Ints) -> Doubles:
        """The ranker's score of each row: an order, not log-odds. Shape [N]."""
        told = np.zeros(len(item))
        for start in range(0, len(item), BLOCK):
            some = np.arange(start, min(start + BLOCK, len(item)))
            scores = self.ranker.scores(people.take(some))
            told[some] = scores[np.arange(len(some)), item[some]]
        return told

    def extended(self, training: Training) -> FittedAnswering:
        """The same ranker for more items."""
        return replace(self, ranker=self.ranker.extended(as_training(self.shots, training)))


def as_training(shots: Shots, training: Training) -> Training:
    """What a ranker is fitted on: the rows of shots, each shot a person of whom no more is known.

    Args:
        shots: To learn from.
        training: Describes the items; its own rows are not looked at.
    """
    rows = shots.rows(training.interactions.items)
    return replace(training, interactions=rows, people=People.unknown(rows.users))
