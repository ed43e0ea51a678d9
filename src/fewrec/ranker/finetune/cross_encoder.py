"""A cross-encoder: history and item in one text, so that every word may look at every other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from fewrec.data.arrays import Doubles, Ints
from fewrec.data.histories import Histories
from fewrec.data.shots import Shots
from fewrec.protocols import Training
from fewrec.ranker.finetune.head import answers, starting_head
from fewrec.ranker.finetune.pretrained import base_model
from fewrec.ranker.finetune.rows import Rows
from fewrec.ranker.finetune.shot_learner import (
    ShotLearner,
    Told,
    base_rate_shift,
    check_texts,
    on_the_scale,
    one_label,
    part_of,
)
from fewrec.ranker.finetune.tasks import task_named

if TYPE_CHECKING:
    from fewrec.ranker.finetune.reading import HistoryAndItem
    from fewrec.ranker.finetune.tuned import Tuned

BLOCK = 256


@dataclass(frozen=True)
class CrossEncoder(ShotLearner):
    """Reads "Liked: ... Disliked: ..." and the item's text together; needs the extra ``lm``.

    Every row is a text of its own, so answers take long, and echoes of histories would take ten
    times as long to learn from: ``echo`` is 0 where nothing else is said.
    """

    echo: float = 0.0

    def fit(self, shots: Shots, training: Training) -> FittedCrossEncoder:
        """Learn the answers of K shots; one label only teaches no order, and a note says so.

        Raises:
            ConfigError: There are no texts.
            AssetError: There is no such pretrained model.
            ModelError: The pretrained model cannot be read.
            MissingExtra: The extra ``lm`` is not installed.
        """
        return self.tuned(shots, training)[0]

    def tuned(
        self, shots: Shots, training: Training, tell: Told = lambda what: None
    ) -> tuple[FittedCrossEncoder, Tuned]:
        """The same, with what is needed to save the adapter."""
        check_texts(training, "A cross-encoder")
        from fewrec.ranker.finetune.encoder import open_encoder
        from fewrec.ranker.finetune.reading import HistoryAndItem
        from fewrec.ranker.finetune.tuned import Tuned, fine_tune

        base = base_model(self.tuning.model_name)
        encoder = open_encoder(base)
        reading = HistoryAndItem(training.texts, encoder, self.tuning.row_tokens)
        told: dict[str, Any] = {"history": self.history, "task": self.task, "loss": self.goal.loss}
        if not self.teaches_order(shots):
            head = starting_head(encoder.network.width)
            logit = answers(head, reading.evidence(self.rows(shots), encoder))
            shift, nothing = base_rate_shift(logit, shots.label), np.zeros(0)
            notes = (one_label(shots.label),)
            fitted = FittedCrossEncoder(reading, head, 1.0, shift, 0, (), notes=notes, **told)
            return fitted, Tuned(encoder, head, 0, nothing, nothing)
        found = fine_tune(self.assignment(base, shots, training), encoder, reading, tell)
        reading = HistoryAndItem(training.texts, found.encoder, self.tuning.row_tokens)
        scale, shift = on_the_scale(self.goal, found.held_out, shots.label)
        curve = tuple(float(loss) for loss in found.curve)
        fitted = FittedCrossEncoder(reading, found.head, scale, shift, found.epochs, curve, **told)
        return fitted, found


@dataclass(frozen=True)
class FittedCrossEncoder:
    """An encoder in memory and a head.

    Attributes:
        reading: Reads rows with the fine-tuned encoder.
        head: Weights, as ``starting_head`` lays them out. Shape [D + SCALARS].
        scale: What logits of the head are multiplied with to become log-odds, above 0.
        shift: What is added then.
        epochs: Of the encoder.
        curve: Mean loss on shots held out after each epoch; empty where nothing was held out.
        history: Latest rows of a history that are looked at.
        task: Name of the task.
        loss: Name of the loss.
        notes: What could not be learned, sentence by sentence.
    """

    reading: HistoryAndItem
    head: Doubles
    scale: float
    shift: float
    epochs: int
    curve: tuple[float, ...]
    history: int
    task: str
    loss: str
    notes: tuple[str, ...] = ()

    def logits(self, people: Histories, item: Ints) -> Doubles:
        """Log-odds of liking, row by row. Shape [N]."""
        rows = Rows.of(people, item, self.history)
        told = [
            answers(self.head, self.reading.evidence(rows.take(part), self.reading.encoder))
            for part in part_of(len(rows), BLOCK)
        ]
        return self.scale * np.concatenate([np.zeros(0), *told]) + self.shift

    def scores(self, people: Histories, item: Ints) -> Doubles:
        """Answers in the unit of the task: a probability, stars. Shape [N]."""
        return task_named(self.task, self.loss).scores(self.logits(people, item))

    def extended(self, training: Training) -> FittedCrossEncoder:
        """The same encoder beside more items."""
        return replace(self, reading=replace(self.reading, texts=training.texts))
