"""Losses are what their equations say, and their slopes are their derivatives."""

import numpy as np
import pytest

from fewrec.ranker.finetune.losses import LOSSES
from fewrec.seeding import generator


@pytest.mark.parametrize("name", LOSSES)
def test_slopes_are_the_derivatives(name):
    random = generator(0, name)
    logit, label = random.normal(size=9), random.random(9).astype(np.float32)
    weight, group = random.random(9), np.arange(9) % 3
    value, slope = LOSSES[name](logit, label, weight, group)
    for row in range(9):
        step = np.zeros(9)
        step[row] = 1e-5
        ahead, behind = (
            LOSSES[name](logit + s * step, label, weight, group)[0] for s in (1.0, -1.0)
        )
        assert slope[row] == pytest.approx((ahead - behind) / 2e-5, abs=1e-6)
    assert value > 0


def told(name, logit, label, group=None):
    rows = len(logit)
    group = np.zeros(rows, dtype=np.int64) if group is None else np.array(group)
    arrays = np.array(logit, dtype=float), np.array(label, dtype=np.float32)
    return LOSSES[name](*arrays, np.ones(rows), group)[0]


def test_values_by_hand():
    assert told("squared", [0.0, 0.0], [1.0, 0.5]) == pytest.approx((0.25 + 0.0) / 2)
    assert told("bce", [0.0, 0.0], [1.0, 0.3]) == pytest.approx(np.log(2))
    assert told("bpr", [2.0, 1.0, 5.0], [1.0, 0.0, 1.0]) == pytest.approx(
        (np.log1p(np.exp(-1)) + np.log1p(np.exp(-4))) / 2
    )
    assert told("softmax", [0.0, 0.0, 0.0], [0.0, 1.0, 0.0]) == pytest.approx(np.log(3))


def test_pairs_stay_within_a_group():
    assert told("bpr", [9.0, 0.0, 0.0, 9.0], [0.0, 0.0, 1.0, 1.0], [0, 1, 0, 1]) > 4


def test_soft_labels_make_weaker_pairs():
    """A label of .6 is above one of .4, but says a fifth of what 1 above 0 says."""
    slope = LOSSES["bpr"](
        np.zeros(4),
        np.array([1.0, 0.0, 0.6, 0.4], dtype=np.float32),
        np.ones(4),
        np.array([0, 0, 1, 1]),
    )[1]
    assert slope[3] == pytest.approx(0.2 * slope[1], rel=1e-5)


@pytest.mark.parametrize("name", ["bpr", "softmax"])
def test_nothing_to_compare_is_no_loss(name):
    value, slope = LOSSES[name](
        np.array([1.0, 2.0]), np.zeros(2, dtype=np.float32), np.ones(2), np.array([0, 1])
    )
    assert value == 0
    assert slope.tolist() == [0, 0]
