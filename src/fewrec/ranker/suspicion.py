"""Labels that look wrong: what models of other people's rows say, against what the label says.

Cross-fitting gives every labelled row a P(like) that never saw its label. Rows are ordered by
log-loss; flagged are those that confident learning counts as the other class (Northcutt, Jiang
and Chuang 2021): P of the other label reaches the mean P of rows that carry that label.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.linked_people import linked_people
from fewrec.data.shots import Shots
from fewrec.errors import EmptyData
from fewrec.protocols import ShotModel, Training
from fewrec.ranker.preference import FLOOR, sigmoid
from fewrec.seeding import generator

TAUGHT = 300
"""A model learns from at most so many rows of other people, drawn at random."""


@dataclass(frozen=True)
class Doubts:
    """How doubtful N labels are.

    Attributes:
        probability: P(like) of each row, from other people's rows. Shape [N].
        loss: -log P(label). Shape [N].
        flagged: Whether the label looks wrong. Shape [N].
    """

    probability: Doubles
    loss: Doubles
    flagged: Bools

    @property
    def order(self) -> Ints:
        """Rows, the most doubtful first. Shape [N]."""
        return np.argsort(-self.loss, kind="stable")


def cross_fitted(
    model: ShotModel,
    shots: Shots,
    training: Training,
    *,
    group: Ints | None = None,
    folds: int = 5,
    seed: int = 0,
) -> Doubles:
    """P(like) of every row by a model that learned from other people's rows.

    Args:
        model: Its log-odds must mean P(like).
        shots: N labelled rows.
        training: Describes the items.
        group: Number of the person of each row, from 0; linked where None. Shape [N].
        folds: In how many parts people are cut, at least 2.
        seed: Of the parts and of the rows learned from.

    Returns:
        Shape [N].

    Raises:
        EmptyData: The rows are of fewer than two people.
    """
    group = linked_people(shots) if group is None else group
    people = int(group.max(initial=-1)) + 1
    if people < 2:
        raise EmptyData(
            "labels are checked against other people's rows, and there are not two people",
            fix="Give labelled rows of more people.",
        )
    random = generator(seed, "folds of labels")
    fold = (random.permutation(people) % min(folds, people))[group]
    chance = np.zeros(len(shots))
    for part in np.unique(fold):
        others = random.permutation(np.flatnonzero(fold != part))[:TAUGHT]
        asked = shots.take(fold == part)
        fitted = model.fit(shots.take(np.sort(others)), training)
        chance[fold == part] = sigmoid(fitted.logits(asked.people, asked.item))
    return chance


def doubts(probability: Doubles, label: Floats) -> Doubts:
    """Which labels look wrong.

    Args:
        probability: P(like) of each row, found without its label. Shape [N].
        label: Rows above one half count as liked. Shape [N].
    """
    liked = label > 0.5
    inside = np.clip(probability, FLOOR, 1.0 - FLOOR)
    mean = float(inside.mean()) if len(inside) else 0.5
    yes = float(inside[liked].mean()) if liked.any() else max(mean, 0.5)
    no = float(1.0 - inside[~liked].mean()) if (~liked).any() else max(1.0 - mean, 0.5)
    other = np.where(liked, (1.0 - inside >= no), (inside >= yes))
    against = np.where(liked, inside < 0.5, inside > 0.5)
    loss: Doubles = -np.log(np.where(liked, inside, 1.0 - inside))
    return Doubts(probability, loss, other & against)
