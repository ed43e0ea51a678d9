"""The interface of a task: what the labels are, the loss, and how logits become scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.ranker.finetune.rows import Rows


@dataclass(frozen=True)
class Examples:
    """N rows to learn from.

    Attributes:
        rows: Items and histories. N rows.
        label: From 0 to 1. Shape [N].
        weight: How much each row counts, at least 0. Shape [N].
        group: Rows that are compared with each other have the same number. Shape [N].
        shot: Which of the K shots each row comes from; -1 for none. Shape [N].
    """

    rows: Rows
    label: Floats
    weight: Doubles
    group: Ints
    shot: Ints

    def __len__(self) -> int:
        return len(self.label)

    def take(self, chosen: Ints) -> Examples:
        """The chosen rows. ``chosen``: shape [M]."""
        return Examples(
            self.rows.take(chosen),
            self.label[chosen],
            self.weight[chosen],
            self.group[chosen],
            self.shot[chosen],
        )


class Task(Protocol):
    """One small file: write it, name it in ``TASKS``, and every model learns it.

    Attributes:
        loss: Name of the loss in force.
        losses: Names of the losses that fit, the default first.
        calibrated: Whether logits are log-odds of the label and may be put on that scale; then
            shots that all have the same label teach no order.
        echoes: Whether what histories hold is labelled in the same way, and may be learned from.
    """

    @property
    def loss(self) -> str:
        """Name of the loss in force, one of ``losses``."""
        ...

    @property
    def losses(self) -> tuple[str, ...]:
        """Names of the losses that fit, the default first."""
        ...

    @property
    def calibrated(self) -> bool:
        """Whether logits are log-odds of the label."""
        ...

    @property
    def echoes(self) -> bool:
        """Whether histories are labelled in the same way."""
        ...

    def with_loss(self, loss: str) -> Task:
        """The same task with another of its losses."""
        ...

    def examples(
        self, rows: Rows, label: Floats, items: int, random: np.random.Generator
    ) -> Examples:
        """What is learned from K shots: which rows, which labels, who is compared with whom.

        Args:
            rows: The shots' items and histories. K rows.
            label: Of the shots. Shape [K].
            items: I, for tasks that draw items nobody asked about.
            random: For those draws.
        """
        ...

    def scores(self, logit: Doubles) -> Doubles:
        """What a person is told: the answer in the task's own unit. Shape [N] to [N]."""
        ...


def alone(rows: Rows, label: Floats, *, together: bool = False) -> Examples:
    """K shots as they are: every row in one group (``together``), or each in its own."""
    size = len(rows)
    group = np.zeros(size, dtype=np.int64) if together else np.arange(size)
    return Examples(rows, np.asarray(label), np.ones(size), group, np.arange(size))
