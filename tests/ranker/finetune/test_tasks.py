"""Each task: its labels, its losses, its unit; one model learns them all."""

from __future__ import annotations

import numpy as np
import pytest
from tests.ranker.finetune.world import ITEMS, shelf_shots, shelf_training

from fewrec.errors import ConfigError
from fewrec.ranker.finetune.rows import Rows
from fewrec.ranker.finetune.tasks import TASKS, NextItem, task_named
from fewrec.ranker.finetune.two_tower import TwoTower
from fewrec.seeding import generator

WAYS = [(name, loss) for name in TASKS for loss in task_named(name).losses]


@pytest.mark.parametrize(("name", "loss"), WAYS)
def test_every_task_learns_with_each_of_its_losses(name, loss):
    assert task_named(name, loss).loss == loss
    shots, test = shelf_shots(60), shelf_shots(300, seed=7)
    if name == "next-item":
        shots = shots.take(shots.label == 1)
    fitted = TwoTower(task=name, loss=loss).fit(shots, shelf_training())
    told = fitted.scores(test.people, test.item)
    assert told[test.label == 1].mean() > told[test.label == 0].mean()
    low, high = {"rating": (1.0, 5.0), "next-item": (-np.inf, np.inf)}.get(name, (0.0, 1.0))
    assert ((told > low) & (told < high)).all()


def test_unknown_tasks_and_losses_are_named():
    with pytest.raises(ConfigError, match=r"no task 'rankin'.*'ranking'"):
        TwoTower(task="rankin")
    with pytest.raises(ConfigError, match=r"the task 'rating' has no loss 'bpr'"):
        TwoTower(task="rating", loss="bpr")


def test_the_next_item_stands_beside_items_nobody_met():
    shots = shelf_shots(40)
    rows = Rows.of(shots.people, shots.item, 4)
    told = NextItem(drawn=3).examples(rows, np.ones(40, np.float32), ITEMS, generator(0))
    assert told.label.reshape(40, 4)[:, 0].all()
    assert told.rows.item.reshape(40, 4)[:, 0].tolist() == shots.item.tolist()
    again = told.rows.item[:, None] == told.rows.history
    assert again[told.label == 0].any(axis=1).mean() < 0.1
    assert (np.bincount(told.group) == 4).all()


def test_stars_are_the_scale_s_own():
    half = task_named("rating").scores(np.array([0.0, 50.0, -50.0]))
    assert half.tolist() == pytest.approx([3.0, 5.0, 1.0])
