"""Marginal relevance and caps on items whose likeness is obvious."""

import numpy as np
import pytest

from fewrec.data.choice import Menu
from fewrec.errors import ConfigError
from fewrec.metrics.beyond import intra_list_distance
from fewrec.policy.diversity import MarginalRelevance, capped
from fewrec.policy.plackett_luce import PlackettLuce
from fewrec.protocols import Policy
from fewrec.seeding import generator

ANYWAY = generator(0)
SCORES = np.array([1.0, 0.9, 0.8, 0.4, 0.3], dtype=np.float32)
VECTORS = np.array([[1, 0], [1, 0], [1, 0], [0, 1], [0, 1]], dtype=np.float32)
MENU = Menu(SCORES, VECTORS)


def slate(policy, menu=MENU, k=3):
    return policy.choose(menu, k, ANYWAY).items.tolist()


def test_without_weight_the_score_decides():
    assert slate(MarginalRelevance(0.0)) == [0, 1, 2]


def test_with_weight_the_second_place_goes_to_the_other_kind():
    assert slate(MarginalRelevance(0.7)) == [0, 3, 1]


def test_without_vectors_nothing_is_alike():
    assert slate(MarginalRelevance(0.7), Menu(SCORES)) == [0, 1, 2]


def test_a_pinned_item_counts_as_placed():
    assert slate(MarginalRelevance(0.7), Menu(SCORES, VECTORS, pins={0: 4})) == [4, 0, 1]


def test_a_cap_gives_two_kinds_without_any_vectors():
    menu = capped(Menu(SCORES), np.array([[0], [0], [0], [1], [1]]), most=1, name="kind")
    assert slate(PlackettLuce(explore=0.0), menu) == [0, 3]
    assert slate(MarginalRelevance(0.0), menu) == [0, 3]


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.7, 1.0])
def test_without_chance_the_drawing_policy_shows_the_same(weight):
    drawn = PlackettLuce(explore=0.0, diversity=weight)
    assert slate(drawn) == slate(MarginalRelevance(weight))
    assert drawn.choose(MENU, 3, ANYWAY).propensities.tolist() == [1, 1, 1]


def test_certainty_is_told():
    policy = MarginalRelevance(0.7)
    assert policy.choose(MENU, 3, ANYWAY).propensities.tolist() == [1, 1, 1]
    assert policy.propensities(MENU, np.array([0, 3, 2])).tolist() == [1, 1, 0]
    assert policy.propensities(MENU, np.array([1, 3, 1])).tolist() == [0, 0, 0]


def test_more_weight_never_makes_slates_of_a_crowd_more_alike():
    random = generator(3, "crowd")
    vectors = random.normal(size=(200, 8))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    scores = (vectors[:, 0] + 0.3 * random.normal(size=200)).astype(np.float32)
    spread = [
        intra_list_distance(
            np.array([slate(MarginalRelevance(w), Menu(scores, vectors), 10)]), vectors
        )
        for w in (0.0, 0.3, 0.6, 0.9)
    ]
    assert (np.diff(np.ravel(spread)) >= 0).all() and spread[-1] > spread[0] + 0.1


@pytest.mark.parametrize("policy", [MarginalRelevance(), PlackettLuce()])
def test_all_keep_the_contract(policy):
    assert isinstance(policy, Policy)
    drawn = policy.choose(MENU, 9, generator(1))
    assert sorted(drawn.items.tolist()) == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(policy.propensities(MENU, drawn.items), drawn.propensities)


def test_a_weight_out_of_range_is_refused():
    with pytest.raises(ConfigError, match="weight must lie between 0 and 1, not 2"):
        MarginalRelevance(2.0)
