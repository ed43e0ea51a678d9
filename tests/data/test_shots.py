"""Shots hold what came before each row, and nothing else."""

import numpy as np
import pytest

from fewrec.data.events import Interactions
from fewrec.data.ids import IdMap
from fewrec.data.people import People
from fewrec.data.shots import Shots
from fewrec.errors import BadValue


def rows(timestamp: list[float]) -> Interactions:
    """Ann meets a, b, c, a; Bob meets b, c."""
    return Interactions(
        users=IdMap(("ann", "bob")),
        items=IdMap(("a", "b", "c")),
        user=np.array([0, 0, 0, 0, 1, 1]),
        item=np.array([0, 1, 2, 0, 1, 2]),
        label=np.array([1, 0, 1, 0, 1, 0], dtype=np.float32),
        weight=np.ones(6, dtype=np.float32),
        value=np.full(6, np.nan, dtype=np.float32),
        timestamp=np.array(timestamp),
        has_negatives=True,
    )


def test_a_row_knows_only_what_came_strictly_before_it():
    shots = Shots.of(rows([1, 2, 3, 4, 9, 9]), np.array([2, 5, 0]))
    assert shots.people.count.tolist() == [2, 0, 0]  # Bob's two rows share their moment
    assert shots.people.item.tolist() == [0, 1]
    assert shots.people.label.tolist() == [1, 0]
    assert shots.item.tolist() == [2, 2, 0]
    assert shots.label.tolist() == [1, 0, 1]


def test_earlier_rows_on_the_item_asked_about_are_left_out():
    shots = Shots.of(rows([1, 2, 3, 4, 5, 6]), np.array([3]))
    assert shots.people.item.tolist() == [1, 2]


def test_rows_without_a_time_come_before_those_with_one():
    shots = Shots.of(rows([np.nan, np.nan, 3, 4, np.nan, np.nan]), np.array([2, 4]))
    assert shots.people.item.tolist() == [0, 1]
    assert shots.people.count.tolist() == [2, 0]


def test_what_is_known_of_the_person_comes_along():
    users = IdMap(("ann", "bob"))
    people = People(users, (("job=baker",), ()), ("", "I like trains"), {})
    shots = Shots.of(rows([1, 2, 3, 4, 5, 6]), np.array([5, 2]), people)
    assert shots.people.attributes == ((), ("job=baker",))
    assert shots.people.profile == ("I like trains", "")


def test_taking_rows_by_number_and_by_mask():
    shots = Shots.of(rows([1, 2, 3, 4, 5, 6]), np.array([2, 3, 5]))
    for chosen in (np.array([2, 0]), np.array([True, False, True])):
        some = shots.take(chosen)
        assert sorted(some.item.tolist()) == [2, 2]
        assert sorted(some.people.count.tolist()) == [1, 2]
    assert len(shots.take(np.zeros(0, dtype=np.int64))) == 0


@pytest.mark.parametrize("wrong", [5.0, -1.0, np.nan])
def test_labels_outside_0_and_1_are_named(wrong):
    shots = Shots.of(rows([1, 2, 3, 4, 5, 6]), np.array([2, 3]))
    with pytest.raises(BadValue, match=r"label of row 2 does not lie between 0 and 1"):
        shots.labelled(np.array([1.0, wrong]))


def test_echoes_ask_about_each_row_of_a_history_knowing_the_rest_and_the_answer():
    shots = Shots.of(rows([1, 2, 3, 4, 9, 9]), np.array([2, 5]))  # Ann: a liked, b not -> c liked
    whole, echo = shots.echoed()
    assert echo.tolist() == [False, False, True, True]
    assert whole.item.tolist() == [2, 2, 0, 1]
    assert whole.label.tolist() == [1, 0, 1, 0]
    known = [
        sorted(zip(person.item.tolist(), person.label.tolist(), strict=True))
        for person in (whole.people.take(np.array([n])) for n in range(4))
    ]
    assert known == [[(0, 1), (1, 0)], [], [(1, 0), (2, 1)], [(0, 1), (2, 1)]]


def test_rows_of_shots_are_one_person_each():
    shots = Shots.of(rows([1, 2, 3, 4, 9, 9]), np.array([2, 5]))
    table = shots.rows(IdMap(("a", "b", "c")))
    assert table.user.tolist() == [0, 0, 0, 1]
    assert table.item.tolist() == [0, 1, 2, 2]
    assert table.label.tolist() == [1, 0, 1, 0]
    assert list(table.users) == ["shot-1", "shot-2"]
