"""How a head learns K shots in under a second: examples, AdamW with warm-up, cross-validation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.ranker.finetune.folds import best_epoch
from fewrec.ranker.finetune.head import SCALARS, Evidence, answers, forward, gradient, starting_head
from fewrec.ranker.finetune.losses import LOSSES
from fewrec.ranker.finetune.rows import Rows
from fewrec.ranker.finetune.tasks import Examples, Task

BETAS = (0.9, 0.999)
"""Of AdamW (Loshchilov & Hutter 2019)."""

TASTE_RATE = 0.3
"""Learning rate of the D numbers of taste, as a share of that of the few others."""

BIAS_RATE = 5.0
"""Learning rate of the bias, the same way: it only has to find the base rate."""


@dataclass(frozen=True)
class HeadSchedule:
    """How the head is trained; one step over all shots is an epoch.

    Attributes:
        loss: Name of the loss.
        learning_rate: Of AdamW.
        weight_decay: Pull back to the start, per step and unit of learning rate.
        warm_up: Steps until the learning rate is reached.
        epochs: Most epochs.
    """

    loss: str
    learning_rate: float
    weight_decay: float
    warm_up: int
    epochs: int


@dataclass(frozen=True)
class Lesson:
    """How shots become examples.

    Attributes:
        task: Says what the shots' labels are.
        items: I, the size of the catalogue.
        echo: How much each history row counts as a shot of its own, at least 0.
        like: What a like among the shots weighs, and one among the echoes.
        dislike: The same for dislikes; a label between 0 and 1 weighs a share of both.
    """

    task: Task
    items: int
    echo: float
    like: tuple[float, float] = (1.0, 1.0)
    dislike: tuple[float, float] = (1.0, 1.0)

    @classmethod
    def of(
        cls, task: Task, rows: Rows, label: Floats, items: int, echo: float, balance: bool
    ) -> Lesson:
        """For K shots; with ``balance``, likes and dislikes weigh the same in total."""
        echo = echo if task.echoes else 0.0
        if not (balance and task.calibrated):
            return cls(task, items, echo)
        shots, echoes = _factors(label), _factors(rows.from_histories()[1])
        return cls(task, items, echo, (shots[0], echoes[0]), (shots[1], echoes[1]))

    def examples(self, rows: Rows, label: Floats, random: np.random.Generator) -> Examples:
        """The task's examples of K shots, then echoes from the histories of the same shots."""
        told = self.task.examples(rows, label, self.items, random)
        told = replace(told, weight=told.weight * self._factor(told.label, 0))
        if not self.echo:
            return told
        again, answer, owner = rows.from_histories()
        weight = self.echo * self._factor(answer, 1)
        first = int(told.group.max(initial=-1)) + 1
        return Examples(
            told.rows.joined(again),
            np.concatenate([told.label, answer]),
            np.concatenate([told.weight, weight]),
            np.concatenate([told.group, owner + first]),
            np.concatenate([told.shot, owner]),
        )

    def _factor(self, label: Floats, kind: int) -> Doubles:
        return np.asarray(label * self.like[kind] + (1 - label) * self.dislike[kind], np.float64)


def _factors(label: Floats) -> tuple[float, float]:
    """Weights of likes and dislikes under which each has half of the total."""
    total, likes = float(len(label)), float(label.sum())
    if not 0 < likes < total:
        return 1.0, 1.0
    return total / (2 * likes), total / (2 * (total - likes))


def learn_head(
    evidence: Evidence,
    told: Examples,
    schedule: HeadSchedule,
    epochs: int,
    judge: Callable[[Doubles], None] = lambda head: None,
) -> Doubles:
    """Train a head by AdamW on all examples at once.

    Args:
        evidence: Of the examples. N rows.
        told: Their labels, weights, groups.
        schedule: Loss, rate, decay, warm-up.
        epochs: Steps to take.
        judge: Shown the head before the first step and after each.

    Returns:
        The head. Shape [D + SCALARS].
    """
    head = starting_head(evidence.vector.shape[1])
    rate = np.full(len(head), schedule.learning_rate)
    rate[:-SCALARS] *= TASTE_RATE
    rate[-1] *= BIAS_RATE
    decay = np.full(len(head), schedule.weight_decay)
    decay[-1] = 0.0
    first, second = np.zeros_like(head), np.zeros_like(head)
    judge(head)
    for step in range(1, epochs + 1):
        logit, pulls = forward(head, evidence)
        slope = LOSSES[schedule.loss](logit, told.label, told.weight, told.group)[1]
        g = gradient(head, evidence, pulls, slope)
        first = BETAS[0] * first + (1 - BETAS[0]) * g
        second = BETAS[1] * second + (1 - BETAS[1]) * g**2
        ahead = first / (1 - BETAS[0] ** step)
        ahead = ahead / (np.sqrt(second / (1 - BETAS[1] ** step)) + 1e-8)
        warm = rate * min(1.0, step / max(schedule.warm_up, 1))
        head = head - warm * (ahead + decay * head)
        judge(head)
    return head


@dataclass(frozen=True)
class HeadFound:
    """What cross-validation found, and the head fitted on everything with it.

    Attributes:
        head: Shape [D + SCALARS].
        epochs: How many were taken.
        curve: Mean loss on shots held out after each epoch; empty without folds. Shape [1 + E].
        held_out: Logit of each shot by a head that did not see it; NaN without folds. Shape [K].
    """

    head: Doubles
    epochs: int
    curve: Doubles
    held_out: Doubles


def fit_head(
    evidence: Evidence,
    told: Examples,
    label: Floats,
    schedule: HeadSchedule,
    fold: Ints,
) -> HeadFound:
    """Choose the number of epochs by cross-validation among the shots, then train on all.

    Args:
        evidence: Of the examples.
        told: Examples of the K shots.
        label: Of the K shots. Shape [K].
        schedule: How a head is trained.
        fold: Of each shot; with one fold only nothing is held out, and an eighth of the epochs
            is taken. Shape [K].
    """
    folds = int(fold.max(initial=0)) + 1
    if folds < 2:
        epochs = schedule.epochs // 8
        head = learn_head(evidence, told, schedule, epochs)
        return HeadFound(head, epochs, np.zeros(0), np.full(len(label), np.nan))
    curves = np.zeros((folds, 1 + schedule.epochs))
    logits = np.zeros((len(label), 1 + schedule.epochs))
    for f in range(folds):
        curves[f], logits[fold == f] = _fold(evidence, told, schedule, fold, f)
    epochs = best_epoch(curves)
    head = learn_head(evidence, told, schedule, epochs)
    return HeadFound(head, epochs, curves.mean(axis=0), logits[:, epochs])


def _fold(
    evidence: Evidence, told: Examples, schedule: HeadSchedule, fold: Ints, f: int
) -> tuple[Doubles, Doubles]:
    """Losses on one fold, shape [1 + E], and its shots' logits, shape [K_f, 1 + E]."""
    mine = fold[told.shot] == f
    inside, outside = np.flatnonzero(~mine), np.flatnonzero(mine)
    judged, seen = told.take(outside), evidence.take(outside)
    _, first = np.unique(judged.shot, return_index=True)
    curve: list[float] = []
    logits: list[Doubles] = []

    def judge(head: Doubles) -> None:
        logit = answers(head, seen)
        curve.append(LOSSES[schedule.loss](logit, judged.label, judged.weight, judged.group)[0])
        logits.append(logit[first])

    learn_head(evidence.take(inside), told.take(inside), schedule, schedule.epochs, judge)
    return np.array(curve), np.stack(logits, axis=1)
