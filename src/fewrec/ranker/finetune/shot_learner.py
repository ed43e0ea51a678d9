"""What two towers and the cross-encoder share: settings of the head, and the way to fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.shots import Shots
from fewrec.errors import ConfigError
from fewrec.knowledge.language.extra import needs_extra
from fewrec.protocols import Training
from fewrec.ranker.finetune.folds import calibration, folds_of
from fewrec.ranker.finetune.learning import HeadSchedule, Lesson
from fewrec.ranker.finetune.pretrained import Base
from fewrec.ranker.finetune.rows import Rows
from fewrec.ranker.finetune.tasks import Task, task_named
from fewrec.ranker.finetune.tuning import Tuning
from fewrec.seeding import generator

if TYPE_CHECKING:
    from fewrec.ranker.finetune.tuned import Assignment

_LEAST = {"history": 1, "folds": 2, "epochs": 0, "warm_up": 0, "echo": 0, "weight_decay": 0}

Told = Callable[[str], None]


@dataclass(frozen=True)
class ShotLearner:
    """Settings of a head on a pretrained encoder.

    Attributes:
        task: Name of the task: ``ranking``, ``rating``, ``click``, ``next-item``.
        loss: One of the task's losses; its first where "".
        history: Latest rows of a history that are looked at, at least 1.
        echo: How much each row of the shots' histories counts as a shot of its own (asked about
            by the rest of its history); 0 learns from the K labels alone.
        balance: Whether likes and dislikes among the shots weigh the same in total.
        folds: Of the cross-validation that chooses the head's number of epochs, at least 2;
            where the encoder is trained, ``tuning.folds`` counts.
        epochs: Most steps of the head on a frozen encoder, at least 0.
        learning_rate: Of the head there, above 0.
        weight_decay: Of the head there, at least 0.
        warm_up: Steps until the learning rate is reached, at least 0.
        tuning: What of the pretrained model is trained, and how.
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
    tuning: Tuning = field(default_factory=Tuning)

    def __post_init__(self) -> None:
        task_named(self.task, self.loss)
        kind = type(self).__name__
        for name, lowest in _LEAST.items():
            if not getattr(self, name) >= lowest:
                raise ConfigError(
                    f"{kind}: {name} must be at least {lowest}, not {getattr(self, name)}."
                )
        if not self.learning_rate > 0:
            raise ConfigError(f"{kind}: learning_rate must be above 0, not {self.learning_rate}.")

    @property
    def goal(self) -> Task:
        """The task with its loss."""
        return task_named(self.task, self.loss)

    def schedule(self) -> HeadSchedule:
        """How the head learns on a frozen encoder."""
        return HeadSchedule(
            self.goal.loss, self.learning_rate, self.weight_decay, self.warm_up, self.epochs
        )

    def rows(self, shots: Shots) -> Rows:
        """Items and histories of K shots."""
        return Rows.of(shots.people, shots.item, self.history)

    def lesson(self, rows: Rows, shots: Shots, items: int) -> Lesson:
        """How K shots become examples."""
        return Lesson.of(self.goal, rows, shots.label, items, self.echo, self.balance)

    def assignment(self, base: Base, shots: Shots, training: Training) -> Assignment:
        """Everything that fine-tuning an encoder depends on."""
        from fewrec.ranker.finetune.tuned import Assignment

        rows = self.rows(shots)
        folds = self.folds if self.tuning.mode == "head" else self.tuning.folds
        random = generator(training.seed, "folds")
        return Assignment(
            base=base,
            tuning=self.tuning,
            schedule=self.schedule(),
            lesson=self.lesson(rows, shots, len(training.texts)),
            rows=rows,
            label=shots.label,
            fold=folds_of(shots.label, folds, random),
            texts=training.texts,
            seed=training.seed,
        )

    def teaches_order(self, shots: Shots) -> bool:
        """Whether there is anything to learn: with one label only, there is not."""
        return len(shots) > 0 and (not self.goal.calibrated or float(np.ptp(shots.label)) > 1e-6)


def on_the_scale(task: Task, held_out: Doubles, label: Floats) -> tuple[float, float]:
    """Scale and shift that make log-odds of a head's logits; 1 and 0 where nothing tells."""
    if not task.calibrated or np.isnan(held_out).any():
        return 1.0, 0.0
    return calibration(held_out, label)


def base_rate_shift(logit: Doubles, label: Floats) -> float:
    """What brings logits of K shots, shape [K], to the base rate of their labels."""
    rate = (float(label.sum()) + 1.0) / (len(label) + 2.0)
    middle = float(logit.mean()) if len(logit) else 0.0
    return float(np.log(rate / (1.0 - rate))) - middle


def one_label(label: Floats) -> str:
    """What is said where no order could be learned."""
    if not len(label):
        return "there are no shots, so no order was learned."
    return f"all {len(label)} shots have the same label, so no order was learned from them."


def check_texts(training: Training, purpose: str) -> None:
    """Refuse to read where there is nothing to read, or nobody who can.

    Raises:
        ConfigError: The training data bring no texts.
        MissingExtra: The extra ``lm`` is not installed.
    """
    needs_extra(purpose, "lightning", "peft")
    if len(training.texts) != len(training.features):
        raise ConfigError(
            f"{purpose} reads the items' texts, and the training data have "
            f"{len(training.texts)} texts for {len(training.features)} items. Give "
            "Training(texts=item_texts(catalog))."
        )


def part_of(size: int, block: int) -> list[Ints]:
    """Row numbers from 0 to size - 1, at most ``block`` at a time."""
    return [np.arange(start, min(start + block, size)) for start in range(0, size, block)]
