"""Two towers: an item's vector beside the vectors of what a person liked and disliked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.histories import Histories
from fewrec.data.shots import Shots
from fewrec.errors import ConfigError
from fewrec.protocols import Training
from fewrec.ranker.finetune.folds import calibration
from fewrec.ranker.finetune.head import BLOCK, Evidence, answers, starting_head
from fewrec.ranker.finetune.learning import HeadSchedule, examples_of, fit_head
from fewrec.ranker.finetune.rows import Rows
from fewrec.ranker.finetune.tasks import task_named
from fewrec.seeding import generator


@dataclass(frozen=True)
class TwoTower:
    """Items and histories meet as vectors; attention picks what of a history counts.

    Attributes:
        task: Name of the task: ``ranking``, ``rating``, ``click``, ``next-item``.
        loss: One of the task's losses; its first where "".
        history: Latest rows of a history that are looked at, at least 1.
        echo: How much each row of the shots' histories counts as a shot of its own (asked about
            by the rest of its history); 0 learns from the K labels alone.
        balance: Whether likes and dislikes among the shots weigh the same in total.
        folds: Of the cross-validation that chooses the number of epochs, at least 2.
        epochs: Most steps of the head, at least 0.
        learning_rate: Of the head, above 0.
        weight_decay: Of the head, at least 0.
        warm_up: Steps until the learning rate is reached, at least 0.
    """

    task: str = "ranking"
    loss: str = ""
    history: int = 20
    echo: float = 0.3
    balance: bool = True
    folds: int = 4
    epochs: int = 80
    learning_rate: float = 0.01
    weight_decay: float = 3.0
    warm_up: int = 10

    def __post_init__(self) -> None:
        task_named(self.task, self.loss)
        least = {"history": 1, "folds": 2, "epochs": 0, "warm_up": 0, "echo": 0, "weight_decay": 0}
        for name, lowest in least.items():
            if not getattr(self, name) >= lowest:
                raise ConfigError(
                    f"TwoTower: {name} must be at least {lowest}, not {getattr(self, name)}."
                )
        if not self.learning_rate > 0:
            raise ConfigError(f"TwoTower: learning_rate must be above 0, not {self.learning_rate}.")

    def fit(self, shots: Shots, training: Training) -> FittedTwoTower:
        """Learn the answers of K shots; see ``FittedTwoTower.notes`` for what was done.

        Shots that all have the same label teach no order: then the head stays as it started,
        on the base rate.
        """
        vectors = np.ascontiguousarray(training.features.vectors, dtype=np.float32)
        rows = Rows.of(shots.people, shots.item, self.history)
        task = task_named(self.task, self.loss)
        if task.calibrated and (not len(shots) or np.ptp(shots.label) < 1e-6):
            return self._untrained(vectors, rows, shots.label)
        random = generator(training.seed, "two-tower")
        told = examples_of(
            task, rows, shots.label, len(vectors), self.echo, self.balance, random
        )  # fmt: skip
        schedule = HeadSchedule(self.learning_rate, self.weight_decay, self.warm_up, self.epochs)
        found = fit_head(vectors, told, shots.label, task.loss, schedule, self.folds, random)
        scale, shift = 1.0, 0.0
        if task.calibrated and not np.isnan(found.held_out).any():
            scale, shift = calibration(found.held_out, shots.label)
        return FittedTwoTower(
            vectors=vectors,
            head=found.head,
            history=self.history,
            scale=scale,
            shift=shift,
            epochs=found.epochs,
            curve=tuple(float(loss) for loss in found.curve),
            task=self.task,
            loss=task.loss,
        )

    def _untrained(self, vectors: Floats, rows: Rows, label: Floats) -> FittedTwoTower:
        head = starting_head(vectors.shape[1])
        logit = answers(head, Evidence.of(vectors, rows))
        rate = (float(label.sum()) + 1.0) / (len(label) + 2.0)
        middle = float(logit.mean()) if len(logit) else 0.0
        return FittedTwoTower(
            vectors=vectors,
            head=head,
            history=self.history,
            scale=1.0,
            shift=float(np.log(rate / (1.0 - rate))) - middle,
            epochs=0,
            curve=(),
            task=self.task,
            loss=task_named(self.task, self.loss).loss,
            notes=(
                f"all {len(label)} shots have the same label, so no order was learned from them.",
            ),
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
        epochs: Steps the head took.
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
            for part in np.split(np.arange(len(rows)), range(BLOCK, len(rows), BLOCK))
        ]
        return self.scale * np.concatenate(told) + self.shift

    def scores(self, people: Histories, item: Ints) -> Doubles:
        """Answers in the unit of the task: a probability, stars. Shape [N]."""
        return task_named(self.task, self.loss).scores(self.logits(people, item))
