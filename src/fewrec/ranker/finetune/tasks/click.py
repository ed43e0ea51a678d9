"""Click: will somebody who is shown an item click on it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fewrec.data.arrays import Doubles, Floats
from fewrec.ranker.finetune.rows import Rows
from fewrec.ranker.finetune.tasks.task import Examples, alone
from fewrec.ranker.preference import sigmoid


@dataclass(frozen=True)
class Click:
    """Labels: 1 clicked, 0 shown and not clicked. Scores: P(click).

    Attributes:
        loss: ``bce``, or ``bpr`` where only the order counts.
    """

    loss: str = "bce"
    losses: tuple[str, ...] = ("bce", "bpr")
    calibrated: bool = True
    echoes: bool = True

    def with_loss(self, loss: str) -> Click:
        """The same task with another loss."""
        return replace(self, loss=loss)

    def examples(
        self, rows: Rows, label: Floats, items: int, random: np.random.Generator
    ) -> Examples:
        """The shots; with ``bpr`` all of them are compared with each other."""
        return alone(rows, label, together=self.loss == "bpr")

    def scores(self, logit: Doubles) -> Doubles:
        """P(click). Shape [N]."""
        return sigmoid(logit)
