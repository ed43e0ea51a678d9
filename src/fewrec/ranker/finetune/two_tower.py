"""Two towers: an item's vector beside the vectors of what a person liked and disliked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.histories import Histories
from fewrec.data.shots import Shots
from fewrec.errors import ConfigError
from fewrec.protocols import Training
from fewrec.ranker.finetune.folds import folds_of
from fewrec.ranker.finetune.head import BLOCK, Evidence, answers, starting_head
from fewrec.ranker.finetune.learning import HeadFound, fit_head
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
from fewrec.seeding import generator

if TYPE_CHECKING:
    from fewrec.ranker.finetune.reading import TextReader
    from fewrec.ranker.finetune.tuned import Tuned


@dataclass(frozen=True)
class TwoTower(ShotLearner):
    """Items and histories meet as vectors; attention picks what of a history counts.

    Items are encoded once, so answers are fast. In the mode ``head`` without a named model the
    vectors are ``Training.features.vectors``, and neither torch nor the extra ``lm`` is needed.
    """

    def fit(self, shots: Shots, training: Training) -> FittedTwoTower:
        """Learn the answers of K shots.

        Shots that all have the same label teach no order: then the head stays as it started,
        on the base rate, and a note says so.

        Raises:
            ConfigError: An encoder is to read, and there are no texts.
            AssetError: There is no such pretrained model.
            ModelError: The pretrained model cannot be read.
            MissingExtra: An encoder is to read, and the extra ``lm`` is not installed.
        """
        if self.tuning.mode == "head" and not self.tuning.model:
            return self._on_vectors(shots, training)
        return self.tuned(shots, training)[0]

    def _on_vectors(self, shots: Shots, training: Training) -> FittedTwoTower:
        vectors = np.ascontiguousarray(training.features.vectors, dtype=np.float32)
        rows = self.rows(shots)
        if not self.teaches_order(shots):
            return self._untrained(vectors, rows, shots.label)
        random = generator(training.seed, "two-tower")
        told = self.lesson(rows, shots, len(vectors)).examples(rows, shots.label, random)
        fold = folds_of(shots.label, self.folds, generator(training.seed, "folds"))
        evidence = Evidence.of(vectors, told.rows)
        found = fit_head(evidence, told, shots.label, self.schedule(), fold)
        return self._fitted(vectors, found, shots.label)

    def tuned(
        self, shots: Shots, training: Training, tell: Told = lambda what: None
    ) -> tuple[ReadingTwoTower, Tuned]:
        """The same with an encoder that reads, and that encoder, to be saved with its adapter."""
        check_texts(training, "Fine-tuning")
        from fewrec.ranker.finetune.encoder import open_encoder
        from fewrec.ranker.finetune.reading import ItemByItem, TextReader
        from fewrec.ranker.finetune.tuned import Tuned, fine_tune

        base = base_model(self.tuning.model_name)
        encoder = open_encoder(base)
        reading = ItemByItem.of(training.texts, encoder, self.tuning.item_tokens)
        everything = np.arange(len(training.texts))
        if not self.teaches_order(shots):
            vectors = reading.vectors(everything, encoder)
            fitted = self._untrained(vectors, self.rows(shots), shots.label)
            nothing = np.zeros(0)
            found = Tuned(encoder, fitted.head, 0, nothing, nothing)
        else:
            found = fine_tune(self.assignment(base, shots, training), encoder, reading, tell)
            vectors = reading.vectors(everything, found.encoder)
            fitted = self._fitted(vectors, found, shots.label)
        reader = TextReader(found.encoder, self.tuning.item_tokens)
        return ReadingTwoTower(**vars(fitted), reader=reader), found

    def _fitted(self, vectors: Floats, found: HeadFound | Tuned, label: Floats) -> FittedTwoTower:
        scale, shift = on_the_scale(self.goal, found.held_out, label)
        return FittedTwoTower(
            vectors=vectors,
            head=found.head,
            history=self.history,
            scale=scale,
            shift=shift,
            epochs=found.epochs,
            curve=tuple(float(loss) for loss in found.curve),
            task=self.task,
            loss=self.goal.loss,
        )

    def _untrained(self, vectors: Floats, rows: Rows, label: Floats) -> FittedTwoTower:
        head = starting_head(vectors.shape[1])
        logit = answers(head, Evidence.of(vectors, rows))
        return FittedTwoTower(
            vectors=vectors,
            head=head,
            history=self.history,
            scale=1.0,
            shift=base_rate_shift(logit, label),
            epochs=0,
            curve=(),
            task=self.task,
            loss=self.goal.loss,
            notes=(one_label(label),),
        )


@dataclass(frozen=True)
class FittedTwoTower:
    """Vectors and a head; nothing but arrays and numbers.

    Attributes:
        vectors: Of the items. Shape [I, D].
        head: Weights, as ``starting_head`` lays them out. Shape [D + SCALARS].
        history: Latest rows of a history that are looked at.
        scale: What logits of the head are multiplied with to become log-odds, above 0.
        shift: What is added then.
        epochs: Steps the head took, or epochs of the encoder where that was trained.
        curve: Mean loss on shots held out after each epoch; empty where nothing was held out.
        task: Name of the task.
        loss: Name of the loss.
        notes: What could not be learned, sentence by sentence.
    """

    vectors: Floats
    head: Doubles
    history: int
    scale: float
    shift: float
    epochs: int
    curve: tuple[float, ...]
    task: str
    loss: str
    notes: tuple[str, ...] = ()

    def logits(self, people: Histories, item: Ints) -> Doubles:
        """Log-odds of liking, row by row. Shape [N]."""
        rows = Rows.of(people, item, self.history)
        told = [
            answers(self.head, Evidence.of(self.vectors, rows.take(part)))
            for part in part_of(len(rows), BLOCK)
        ]
        return self.scale * np.concatenate([np.zeros(0), *told]) + self.shift

    def extended(self, training: Training) -> FittedTwoTower:
        """The same head beside more items, which stand after those known at fit.

        Raises:
            ConfigError: The vectors are of another kind than those at fit.
        """
        vectors = np.ascontiguousarray(training.features.vectors)
        known = vectors[: len(self.vectors)]
        if known.shape != self.vectors.shape or not np.allclose(known, self.vectors, atol=1e-5):
            raise ConfigError("The items have other vectors than at fit: fit again.")
        return replace(self, vectors=vectors)

    def scores(self, people: Histories, item: Ints) -> Doubles:
        """Answers in the unit of the task: a probability, stars. Shape [N]."""
        return task_named(self.task, self.loss).scores(self.logits(people, item))


@dataclass(frozen=True, kw_only=True)
class ReadingTwoTower(FittedTwoTower):
    """The same beside the encoder that made its vectors.

    Attributes:
        reader: Reads newcomers.
    """

    reader: TextReader

    def extended(self, training: Training) -> ReadingTwoTower:
        """The same head beside more items, which stand after those known at fit."""
        newcomers = self.reader.vectors(training.texts[len(self.vectors) :])
        return replace(self, vectors=np.concatenate([self.vectors, newcomers]))
