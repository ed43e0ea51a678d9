"""Weights among new items: what is learned from hidden items, and what from lists of everything."""

from dataclasses import replace

import numpy as np
import pytest
from tests.ranker.test_weights import lists_of

from fewrec.ranker.gating import heard_of_all, known_and_new
from fewrec.ranker.rehearsal import KNOTS
from fewrec.ranker.weights import TrustFit

NAMES = COLD = ("item-prior", "text-knn")
WRONG = np.tile([1.0, 0.0], (len(KNOTS), 1))
"""A direction that hears only the expert who sees nothing."""


def everything(random, newness: float):
    """Lists in which only the second expert sees; a share of all items nobody met."""
    lists = lists_of(random, lists=40, strengths=(0.0, 1.5))
    warmth = np.where(random.random(lists.warmth.shape) < newness, 0.0, 0.9)
    return {k: replace(lists, warmth=warmth.astype(np.float32)) for k in KNOTS[:4]}


def heard(lists):
    return heard_of_all(lists, NAMES, COLD, WRONG, TrustFit())


def test_where_everything_is_new_all_lists_teach_the_direction(random):
    direction = heard(everything(random, 1.0))
    np.testing.assert_allclose(direction.sum(axis=1), 1.0)
    assert (direction[:, 1] > 0.7).all()


def test_where_much_is_known_hidden_items_alone_teach_it(random):
    np.testing.assert_array_equal(heard(everything(random, 0.2)), WRONG)
    np.testing.assert_array_equal(heard(everything(random, 0.0)), WRONG)


def test_in_between_it_moves_with_what_is_new(random):
    learned = [float(heard(everything(random, new))[1, 1]) for new in (0.5, 0.7, 0.9)]
    assert 0.0 < learned[0] < learned[1] < learned[2]


def test_nobody_s_order_is_left_to_an_expert_that_sees_nothing(random):
    """The whole fit: new items follow who sees, though hidden items had said the contrary."""
    _, new, _ = known_and_new(everything(random, 1.0), NAMES, COLD, WRONG, TrustFit())
    assert (new[:4, 1] > 2.0 * new[:4, 0]).all()


@pytest.mark.parametrize("cold", ((), ("text-knn",)))
def test_the_shape_stays(random, cold):
    direction = np.ones((len(KNOTS), len(cold)))
    found = heard_of_all(everything(random, 1.0), NAMES, cold, direction, TrustFit())
    assert found.shape == direction.shape
