"""Shots of one person are known by what they share."""

import numpy as np

from fewrec.data.histories import Histories
from fewrec.data.linked_people import SHARED, linked_people
from fewrec.data.shots import Shots, joined


def shot(items: list[int], label: float = 1.0) -> Shots:
    """The first items are the history, the last one is asked about; all have one label."""
    people = Histories.single(items[:-1] if label else (), () if label else items[:-1])
    return Shots(people, np.array(items[-1:]), np.array([label], dtype=np.float32))


def together(*shots: Shots) -> Shots:
    people = shots[0].people
    for one in shots[1:]:
        people = joined(people, one.people)
    return Shots(
        people,
        np.concatenate([one.item for one in shots]),
        np.concatenate([one.label for one in shots]),
    )


def test_shots_that_share_enough_are_one_person_also_through_others():
    window = SHARED + 2
    walk = [shot(list(range(at, at + window))) for at in (0, 2, 4, 100)]
    assert linked_people(together(*walk)).tolist() == [0, 0, 0, 1]


def test_one_pair_too_few_is_two_people():
    one, other = list(range(10)), [*range(SHARED - 1), *range(50, 55)]
    assert linked_people(together(shot(one), shot(other))).tolist() == [0, 1]


def test_the_same_items_with_other_labels_are_nothing_in_common():
    items = list(range(10))
    assert linked_people(together(shot(items, 1.0), shot(items, 0.0))).tolist() == [0, 1]


def test_a_shot_alone_is_a_person():
    assert linked_people(shot([1, 2, 3])).tolist() == [0]
