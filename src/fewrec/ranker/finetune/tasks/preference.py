"""Ranking and click: labels of yes and no, and the probability of yes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fewrec.data.arrays import Doubles, Floats
from fewrec.ranker.finetune.rows import Rows
from fewrec.ranker.finetune.tasks.task import Examples, alone
from fewrec.ranker.preference import sigmoid


@dataclass(frozen=True)
class Preference:
    """Labels: 1 liked (or clicked), 0 not (or shown and not clicked), or anything between.

    Scores: P(like), P(click).

    Attributes:
        loss: ``squared`` (y against sigmoid of the logit), ``bce``, or ``bpr`` (pairs of shots
            of which one is liked more), where only the order counts.
    """

    loss: str = "squared"
    losses: tuple[str, ...] = ("squared", "bce", "bpr")
    calibrated: bool = True
    echoes: bool = True

    def with_loss(self, loss: str) -> Preference:
        """The same task with another loss."""
        return replace(self, loss=loss)

    def examples(
        self, rows: Rows, label: Floats, items: int, random: np.random.Generator
    ) -> Examples:
        """The shots; with ``bpr`` all of them are compared with each other."""
        return alone(rows, label, together=self.loss == "bpr")

    def scores(self, logit: Doubles) -> Doubles:
        """P(like), or P(click). Shape [N]."""
        return sigmoid(logit)
