"""Ranking: what is liked above what is not; the task of few-shot ranking."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fewrec.data.arrays import Doubles, Floats
from fewrec.ranker.finetune.rows import Rows
from fewrec.ranker.finetune.tasks.task import Examples, alone
from fewrec.ranker.preference import sigmoid


@dataclass(frozen=True)
class Ranking:
    """Labels: 1 liked, 0 not, or anything between. Scores: P(like).

    Attributes:
        loss: ``squared`` (y against sigmoid of the logit), ``bce``, or ``bpr`` (pairs of shots
            of which one is liked more).
    """

    loss: str = "squared"
    losses: tuple[str, ...] = ("squared", "bce", "bpr")
    calibrated: bool = True
    echoes: bool = True

    def with_loss(self, loss: str) -> Ranking:
        """The same task with another loss."""
        return replace(self, loss=loss)

    def examples(
        self, rows: Rows, label: Floats, items: int, random: np.random.Generator
    ) -> Examples:
        """The shots; with ``bpr`` all of them are compared with each other."""
        return alone(rows, label, together=self.loss == "bpr")

    def scores(self, logit: Doubles) -> Doubles:
        """P(like). Shape [N]."""
        return sigmoid(logit)
