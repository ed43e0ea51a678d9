"""The training loop of soft prompts and LoRA on K shots."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from fewrec.data.arrays import Floats, Ints
from fewrec.knowledge.language.network import NextToken

_log = logging.getLogger(__name__)

BIAS_RATE = 0.05
"""Learning rate of the bias, whose scale is log-odds."""

FEW = 16
"""With fewer shots none is held out, and all epochs are run."""


@dataclass(frozen=True)
class Questions:
    """N shots as a network reads them.

    Attributes:
        prompts: Token ids of each. N lists.
        answers: Tokens of Yes and of No.
        label: From 0 to 1. Shape [N].
    """

    prompts: Sequence[Sequence[int]]
    answers: Sequence[int]
    label: Floats

    def take(self, rows: Ints) -> Questions:
        """Some of them. ``rows``: shape [M]."""
        return Questions([self.prompts[row] for row in rows], self.answers, self.label[rows])


@dataclass(frozen=True)
class Recipe:
    """How to train.

    Attributes:
        epochs: The most passes over the shots.
        rate: Learning rate of the first steps; falls to 0 by a cosine.
        batch: Shots a step.
        held_out: Share of the shots that say when to stop.
        seed: Of the split and the order.
    """

    epochs: int
    rate: float
    batch: int
    held_out: float
    seed: int


@dataclass(frozen=True)
class Course:
    """How a training went.

    Attributes:
        losses: Log-loss on the held-out shots before the first epoch and after each; on the
            training shots, while they were trained on, where none was held out.
        best: The epoch whose weights are kept; 0 is the start.
    """

    losses: tuple[float, ...]
    best: int


def tuned(
    network: NextToken, weights: Sequence[Tensor], bias: Tensor, asked: Questions, recipe: Recipe
) -> Course:
    """Train weights and bias in place; the epoch that was best on held-out shots is kept.

    The loss is the log-loss of sigmoid(log P(Yes) - log P(No) + bias): what is trained is what
    is asked later, and no other token.

    Args:
        network: Reads prompts; has the weights in it.
        weights: What may change.
        bias: Log-odds added to every answer. Shape [].
        asked: The shots.
        recipe: Settings.
    """
    random = np.random.default_rng(recipe.seed)
    learn, judge = _divided(asked.label, recipe.held_out, random)
    groups = [{"params": list(weights), "lr": recipe.rate}, {"params": [bias], "lr": BIAS_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = recipe.epochs * math.ceil(len(learn) / recipe.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: 0.5 * (1 + math.cos(math.pi * step / max(steps, 1)))
    )
    held = asked.take(judge)
    with torch.no_grad():
        bias.fill_(_level(asked.label[learn], _margins(network, held)))
    losses = [_judged(network, bias, held)]
    kept = [weight.detach().clone() for weight in (*weights, bias)]
    best = 0
    for epoch in range(1, recipe.epochs + 1):
        order = random.permutation(learn)
        seen = 0.0
        for at in range(0, len(order), recipe.batch):
            rows = order[at : at + recipe.batch]
            optimizer.zero_grad()
            loss = _loss(network, bias, asked.take(rows))
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(list(weights), 1.0)
            optimizer.step()
            schedule.step()
            seen += float(loss.detach()) * len(rows)
        losses.append(_judged(network, bias, held) if len(judge) else seen / len(learn))
        _log.info("Epoch %d: log-loss %.3f", epoch, losses[-1])
        if not len(judge) or losses[-1] < losses[best]:
            best, kept = epoch, [weight.detach().clone() for weight in (*weights, bias)]
    with torch.no_grad():
        for weight, good in zip((*weights, bias), kept, strict=True):
            weight.copy_(good)
    return Course(tuple(losses), best)


def _loss(network: NextToken, bias: Tensor, asked: Questions) -> Tensor:
    logs = network.logs(asked.prompts, asked.answers)
    return _log_loss(logs[:, 0] - logs[:, 1] + bias, asked.label)


def _log_loss(logits: Tensor, label: Floats) -> Tensor:
    told = torch.from_numpy(np.asarray(label, dtype=np.float32))
    return torch.nn.functional.binary_cross_entropy_with_logits(logits, told)


def _margins(network: NextToken, asked: Questions) -> Tensor:
    """Log P(Yes) - log P(No) of N questions, without gradients. Shape [N]."""
    if not len(asked.prompts):
        return torch.zeros(0)
    with torch.no_grad():
        fresh = NextToken(network.model, network.soft)  # what was read before is out of date
        logs = fresh.logs(asked.prompts, asked.answers)
        return logs[:, 0] - logs[:, 1]


def _level(label: Floats, margins: Tensor) -> float:
    """The bias that gives untrained answers the right mean; 0 where none is held out.

    A model may say Yes to everything; without this, the first epochs would only mend that. Of
    the held-out shots only the questions are looked at, not the labels.
    """
    if not len(margins):
        return 0.0
    share = float(np.clip(label.mean(), 0.05, 0.95))
    return math.log(share / (1 - share)) - float(margins.mean())


def _judged(network: NextToken, bias: Tensor, held: Questions) -> float:
    if not len(held.prompts):
        return math.nan
    return float(_log_loss(_margins(network, held) + bias.detach(), held.label))


def _divided(label: Floats, share: float, random: np.random.Generator) -> tuple[Ints, Ints]:
    """Rows to learn from and rows to judge by, likes and dislikes in the same shares."""
    order = random.permutation(len(label))
    if len(label) < FEW or share == 0:
        return order, order[:0]
    judge = np.concatenate(
        [some[: max(1, round(share * len(some)))] for some in _by_answer(order, label)]
    )
    return np.setdiff1d(order, judge), judge


def _by_answer(order: Ints, label: Floats) -> tuple[Ints, Ints]:
    liked = label[order] >= 0.5
    return order[liked], order[~liked]
