"""How a head learns K shots in under a second: examples, AdamW with warm-up, cross-validation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.ranker.finetune.folds import FEWEST, best_epoch, folds_of
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
        learning_rate: Of AdamW.
        weight_decay: Pull back to the start, per step and unit of learning rate.
        warm_up: Steps until the learning rate is reached.
        epochs: Most epochs.
    """

    learning_rate: float
    weight_decay: float
    warm_up: int
    epochs: int


def examples_of(
    task: Task,
    rows: Rows,
    label: Floats,
    items: int,
    echo: float,
    balance: bool,
    seed_from: np.random.Generator,
) -> Examples:
    """What a model learns from: the task's rows, and echoes from the shots' histories.

    Args:
        task: Says what the shots' labels are.
        rows: Of the K shots.
        label: Shape [K].
        items: I.
        echo: How much each history row counts as a shot of its own, at least 0.
        balance: Whether likes and dislikes weigh the same in total.
        seed_from: For tasks that draw.

    Returns:
        The task's examples first.
    """
    told = task.examples(rows, label, items, seed_from)
    if balance and task.calibrated:
        told = _balanced(told)
    if not (echo and task.echoes):
        return told
    again, answer, owner = rows.from_histories()
    first = int(told.group.max(initial=-1)) + 1
    echoes = Examples(again, answer, np.full(len(answer), echo), owner + first, owner)
    if balance:
        echoes = _balanced(echoes)
    return Examples(
        told.rows.joined(echoes.rows),
        np.concatenate([told.label, echoes.label]),
        np.concatenate([told.weight, echoes.weight]),
        np.concatenate([told.group, echoes.group]),
        np.concatenate([told.shot, echoes.shot]),
    )


def _balanced(told: Examples) -> Examples:
    """Weights under which both ends of the labels have half of the total; soft labels share."""
    total, likes = told.weight.sum(), told.weight @ told.label
    if not 0 < likes < total:
        return told
    factor = told.label * (total / (2 * likes)) + (1 - told.label) * (total / (2 * (total - likes)))
    return Examples(told.rows, told.label, told.weight * factor, told.group, told.shot)


def learn_head(
    evidence: Evidence,
    told: Examples,
    loss: str,
    schedule: HeadSchedule,
    epochs: int,
    judge: Callable[[Doubles], None] = lambda head: None,
) -> Doubles:
    """Train a head by AdamW on all examples at once.

    Args:
        evidence: Of the examples. N rows.
        told: Their labels, weights, groups.
        loss: Its name.
        schedule: Rate, decay, warm-up.
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
        slope = LOSSES[loss](logit, told.label, told.weight, told.group)[1]
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
    vectors: Floats,
    told: Examples,
    label: Floats,
    loss: str,
    schedule: HeadSchedule,
    folds: int,
    random: np.random.Generator,
) -> HeadFound:
    """Choose the number of epochs by cross-validation among the shots, then train on all.

    Args:
        vectors: Of the items. Shape [I, D].
        told: Examples; the first rows are those of the K shots, in order, where ``loss`` is not
            ``softmax``.
        label: Of the K shots. Shape [K].
        loss: Its name.
        schedule: How a head is trained.
        folds: F; with fewer than ``FEWEST`` shots nothing is held out and an eighth of the
            epochs is taken.
        random: Deals the folds.
    """
    evidence = Evidence.of(vectors, told.rows)
    held_out = np.full(len(label), np.nan)
    if len(label) < FEWEST:
        epochs = schedule.epochs // 8
        return HeadFound(
            learn_head(evidence, told, loss, schedule, epochs), epochs, np.zeros(0), held_out
        )
    fold = folds_of(label, folds, random)
    curves = np.zeros((folds, 1 + schedule.epochs))
    logits = np.zeros((len(label), 1 + schedule.epochs))
    for f in range(folds):
        curves[f], logits[fold == f] = _fold(evidence, told, loss, schedule, fold, f)
    epochs = best_epoch(curves)
    head = learn_head(evidence, told, loss, schedule, epochs)
    return HeadFound(head, epochs, curves.mean(axis=0), logits[:, epochs])


def _fold(
    evidence: Evidence, told: Examples, loss: str, schedule: HeadSchedule, fold: Ints, f: int
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
        curve.append(LOSSES[loss](logit, judged.label, judged.weight, judged.group)[0])
        logits.append(logit[first])

    learn_head(evidence.take(inside), told.take(inside), loss, schedule, schedule.epochs, judge)
    return np.array(curve), np.stack(logits, axis=1)
