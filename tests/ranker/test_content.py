"""Text and attribute neighbours, by hand in a plane with six things."""

from dataclasses import replace

import numpy as np
import pytest
from tests.contracts import TasteContract
from tests.ranker.worlds import hand_typed as hand
from tests.ranker.worlds import ordinary

from fewrec.data.histories import Histories
from fewrec.ranker.content import AttributeKNN, TextKNN, averaging, centred

TRAM, BUS, TRAIN, FIG, PLUM, PEAR = range(6)
PERSON = Histories.single([TRAM], [FIG])


class TestTextKNN(TasteContract):
    reads_items = True

    def ranker(self):
        return TextKNN()

    def test_scores_by_hand(self):
        # the mean of the five texts is (.2, 0); centred: tram and train (1, 0), bus (1, 1)/√2,
        # fig (-1, 0), plum (-1, -.6)/√1.36; likes weigh 1 / (1 + 1), dislikes -.3 / (1 + 1)
        scores = TextKNN(power=2.0, dislike=0.3).fit(hand()).scores(PERSON)[0]
        wanted = [0.5, 0.5 * 0.5, 0.5, -0.15, -0.15 / 1.36, 0.0]
        np.testing.assert_allclose(scores, wanted, atol=1e-6)

    def test_the_power_lets_the_nearest_count(self):
        scores = TextKNN(power=4.0).fit(hand()).scores(Histories.single([TRAM]))[0]
        np.testing.assert_allclose(scores[[TRAIN, BUS]], [0.5, 0.5 * 0.25], atol=1e-6)

    def test_facts_name_liked_items_alone_with_what_they_add(self):
        facts = TextKNN().fit(hand()).facts(PERSON, np.array([BUS, PLUM, TRAM]))
        assert [(f.item, f.liked) for f in facts[0]] == [("tram", True)]
        assert facts[0][0].amount == pytest.approx(0.25)
        assert facts[1] == []  # only the disliked fig is near
        assert facts[2] == []  # the tram is no reason for itself

    def test_items_without_text_do_not_move_the_mean(self):
        training = hand()
        more = np.concatenate([training.features.vectors, np.zeros((60, 2), dtype=np.float32)])
        with_empty = replace(training.features, vectors=more)
        fitted = TextKNN().fit(replace(training, features=with_empty))
        np.testing.assert_allclose(fitted.mean, [0.2, 0.0], atol=1e-6)
        assert not fitted.vectors[6:].any()


class TestAttributeKNN(TasteContract):
    reads_items = True

    def ranker(self):
        return AttributeKNN()

    def test_scores_by_hand(self):
        kind, green = np.log(7 / 4), np.log(7 / 3)  # held by 3 and by 2 of 6
        length = np.hypot(kind, green)
        fruit = vehicle = kind / length  # shares in the rows of fig and tram
        scores = AttributeKNN(dislike=0.3).fit(hand()).scores(PERSON)[0]
        both = (green / length) ** 2
        wanted = [
            0.5 - 0.15 * both,
            0.5 * vehicle,
            0.5 * vehicle,
            0.5 * both - 0.15,
            -0.15 * fruit,
            -0.15 * fruit,
        ]
        np.testing.assert_allclose(scores, wanted, atol=1e-6)

    def test_facts_name_what_is_shared_and_by_how_many(self):
        fitted = AttributeKNN().fit(hand())
        person = Histories.single([TRAM, BUS, PLUM])
        (train, fig) = fitted.facts(person, np.array([TRAIN, FIG]))
        (vehicle,) = train
        assert (vehicle.relation, vehicle.values) == ("kind", ("vehicle",))
        assert (vehicle.item, vehicle.count, vehicle.of) == ("bus", 2, 3)  # the latest of two
        assert {(f.values, f.item, f.count) for f in fig} == {
            (("green",), "tram", 1),
            (("fruit",), "plum", 1),
        }

    def test_amounts_of_all_attributes_add_up_to_the_score(self):
        fitted = AttributeKNN().fit(hand())
        person = Histories.single([TRAM, PLUM])
        scores = fitted.scores(person)[0]
        for i, about in zip((BUS, FIG), fitted.facts(person, np.array([BUS, FIG])), strict=True):
            assert sum(f.amount for f in about) == pytest.approx(scores[i], rel=1e-5)

    def test_what_everybody_has_says_nothing(self):
        training = hand()
        everywhere = training.features.attributes.copy().toarray()
        everywhere[:, 0] = 1
        features = replace(
            training.features, attributes=type(training.features.attributes)(everywhere)
        )
        fitted = AttributeKNN().fit(replace(training, features=features))
        assert not fitted.matrix[:, 0].toarray().any()


def test_averaging_is_a_mean_shrunk_by_one_row():
    people = replace(Histories.single([0, 1], [2]), weight=np.array([1, 2, 1], dtype=np.float32))
    np.testing.assert_allclose(averaging(people, 0.5), [1 / 4, 2 / 4, -0.5 / 2])
    five = averaging(Histories.single(list(range(5))), 0.3).sum()
    assert averaging(Histories.single([0]), 0.3).sum() < five < 1


def test_centring_leaves_items_without_text_alone():
    vectors = np.array([[1, 0], [0, 0]], dtype=np.float32)
    moved = centred(vectors, np.array([0.5, 0.5], dtype=np.float32))
    np.testing.assert_allclose(moved, [[np.sqrt(0.5), -np.sqrt(0.5)], [0, 0]], rtol=1e-6)


def test_known_people_find_the_new_item_of_their_shelf():
    people = ordinary().interactions.histories()
    for ranker in (TextKNN(), AttributeKNN()):
        scores = ranker.fit(ordinary()).scores(people)[:, [7, 15, 23]]
        assert (scores.argmax(axis=1) == np.arange(len(people)) % 3).all()
