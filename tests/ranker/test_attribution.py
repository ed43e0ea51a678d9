"""Which liked items a score is said to come from."""

import numpy as np
import pytest

from fewrec.data.histories import Histories
from fewrec.ranker.attribution import history_facts

IDS = ("a", "b", "c", "d", "e")


def named(person, shares, candidates, most=3):
    shares = np.array(shares, dtype=np.float32)
    about = history_facts("item-knn", person, shares, np.array(candidates), IDS, most)
    return [[(fact.item, round(fact.amount, 4)) for fact in facts] for facts in about]


def test_the_largest_shares_come_first_and_only_some():
    person = Histories.single([0, 1, 2])
    shares = [[0.1, 0.0], [0.3, -1.0], [0.2, 0.5]]
    assert named(person, shares, [3, 4], most=2) == [[("b", 0.3), ("c", 0.2)], [("c", 0.5)]]


def test_rows_of_one_item_are_one_fact():
    person = Histories.single([0, 1, 0])
    assert named(person, [[0.1], [0.15], [0.1]], [3]) == [[("a", 0.2), ("b", 0.15)]]


def test_a_dislike_is_never_named_and_takes_no_place():
    person = Histories.single([0], [1, 2])
    assert named(person, [[0.1], [0.9], [0.8]], [3], most=1) == [[("a", 0.1)]]


def test_an_item_is_no_reason_for_itself():
    person = Histories.single([0, 1])
    assert named(person, [[0.9, 0.9], [0.1, 0.1]], [0, 3]) == [
        [("b", 0.1)],
        [("a", 0.9), ("b", 0.1)],
    ]


@pytest.mark.parametrize("person", (Histories.single(), Histories.single([], [2])))
def test_without_likes_there_are_no_facts(person):
    shares = np.ones((len(person.item), 2), dtype=np.float32)
    assert history_facts("item-knn", person, shares, np.array([0, 1]), IDS) == [[], []]
