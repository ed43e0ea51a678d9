"""Next item: which of all items comes next."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fewrec.data.arrays import Doubles, Floats
from fewrec.ranker.finetune.rows import Rows
from fewrec.ranker.finetune.tasks.task import Examples


@dataclass(frozen=True)
class NextItem:
    """Labels: the item of a shot above 0 came next. Scores: logits, which order all items.

    Attributes:
        loss: ``softmax`` over the item and ``drawn`` others.
        drawn: Items drawn evenly from the catalogue for each shot to stand beside the one that
            came next; one that stands in the history is drawn once more.
    """

    loss: str = "softmax"
    drawn: int = 8
    losses: tuple[str, ...] = ("softmax",)
    calibrated: bool = False
    echoes: bool = False

    def with_loss(self, loss: str) -> NextItem:
        """The same task with another loss."""
        return replace(self, loss=loss)

    def examples(
        self, rows: Rows, label: Floats, items: int, random: np.random.Generator
    ) -> Examples:
        """A group for each shot: its item, then ``drawn`` others with label 0."""
        size = 1 + self.drawn
        asked = rows.take(np.repeat(np.arange(len(rows)), size))
        item = np.where(
            np.arange(len(asked)) % size == 0, asked.item, random.integers(items, size=len(asked))
        )
        again = (asked.history == item[:, None]) & (asked.liked + asked.disliked > 0)
        again[::size] = False
        redrawn = np.where(again.any(axis=1), random.integers(items, size=len(asked)), item)
        chosen = np.repeat(np.asarray(label), size)
        chosen = np.where(redrawn == asked.item, chosen, 0.0).astype(np.float32)
        shot = np.repeat(np.arange(len(rows)), size)
        filled = Rows(redrawn, asked.history, asked.liked, asked.disliked)
        return Examples(filled, chosen, np.ones(len(asked)), shot, shot)

    def scores(self, logit: Doubles) -> Doubles:
        """The logits themselves. Shape [N]."""
        return logit
