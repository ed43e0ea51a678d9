import numpy as np
import pytest

from fewrec.metrics.columns import from_columns
from fewrec.metrics.ranking import ndcg, recall

USER = ["b", "b", "a", "z", "a"]
ITEM = ["y", "x", "x", "x", "w"]
RANK = np.array([2, 1, 1, 1, 3])
GOOD_USER, GOOD_ITEM = ["b", "a", "c", "b"], ["y", "w", "x", "v"]
NUMBERS = {"a": 10**9, "b": -7, "c": 5, "v": 3, "w": 4, "x": 0, "y": 10**12, "z": 6}


def as_strings(values):
    return np.array(values)


def as_numbers(values):
    return np.array([NUMBERS[value] for value in values])


def as_close_numbers(values):
    return np.array([ord(value) for value in values])


@pytest.mark.parametrize("ids", [as_strings, as_numbers, as_close_numbers])
def test_lists_of_columns_are_judged_as_by_hand(ids):
    found = from_columns(ids(USER), ids(ITEM), RANK, ids(GOOD_USER), ids(GOOD_ITEM))
    assert found.users.tolist() == sorted(ids(["a", "b", "c"]).tolist())
    place = {user: n for n, user in enumerate(found.users.tolist())}
    a, b, c = (place[user] for user in ids(["a", "b", "c"]).tolist())
    named = [found.items[row].tolist() if row >= 0 else None for row in found.top[a]]
    assert named == [ids(["x"])[0], None, ids(["w"])[0]]
    second = (1 / np.log2(3)) / (1 + 1 / np.log2(3))
    gain, share = ndcg(found.top, found.relevant, 2), recall(found.top, found.relevant, 3)
    assert [gain[a], gain[b], gain[c]] == pytest.approx([0.0, second, 0.0])
    assert [share[a], share[b], share[c]] == [1.0, 0.5, 0.0]


def test_nobody_and_nothing():
    none = np.zeros(0, dtype=np.int64)
    found = from_columns(np.array([1]), np.array([1]), np.array([1]), none, none)
    assert len(found.users) == 0 and found.relevant.shape[0] == 0


def test_ranks_that_cannot_be():
    one = np.array([1, 1])
    with pytest.raises(ValueError, match="ranks begin at 1, one is 0"):
        from_columns(one, np.array([1, 2]), np.array([0, 1]), one, one)
    with pytest.raises(ValueError, match="two items stand at the same place"):
        from_columns(one, np.array([1, 2]), np.array([1, 1]), one, one)
