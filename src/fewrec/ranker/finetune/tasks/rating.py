"""Rating: how many stars."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fewrec.data.arrays import Doubles, Floats
from fewrec.ranker.finetune.rows import Rows
from fewrec.ranker.finetune.tasks.task import Examples, alone
from fewrec.ranker.preference import sigmoid


@dataclass(frozen=True)
class Rating:
    """Labels: ratings scaled to [0, 1], lowest 0, highest 1. Scores: in stars.

    Attributes:
        loss: ``squared``.
        lowest: Stars that the label 0 stands for.
        highest: Stars that the label 1 stands for.
    """

    loss: str = "squared"
    lowest: float = 1.0
    highest: float = 5.0
    losses: tuple[str, ...] = ("squared",)
    calibrated: bool = True
    echoes: bool = False

    def with_loss(self, loss: str) -> Rating:
        """The same task with another loss."""
        return replace(self, loss=loss)

    def examples(
        self, rows: Rows, label: Floats, items: int, random: np.random.Generator
    ) -> Examples:
        """The shots as they are."""
        return alone(rows, label)

    def scores(self, logit: Doubles) -> Doubles:
        """Expected stars. Shape [N]."""
        return self.lowest + (self.highest - self.lowest) * sigmoid(logit)
