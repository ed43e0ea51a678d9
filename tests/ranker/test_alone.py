"""One person alone is scored as in a batch, and rows that are remembered are the rows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from tests.ranker.worlds import KNOWN, everybody, world

from fewrec.ranker.item_item import row_sum
from fewrec.ranker.row_memory import RowMemory
from fewrec.recommender.asking import Revisiting
from fewrec.recommender.rankers import hybrid


@pytest.mark.parametrize("name", ["ordinary", "nothing described", "repeated rows", "no rows"])
def test_the_quick_sum_is_the_sum_of_the_contributions(name):
    fitted = hybrid().fit(world(name))
    for who, person in everybody(KNOWN).items():
        for alone in (person, Revisiting(**vars(person))):
            summed = fitted.contributions(alone).sum(axis=1)
            np.testing.assert_allclose(fitted.scores(alone), summed, atol=1e-5, err_msg=who)


def test_terms_of_some_experts_add_up():
    fitted = hybrid().fit(world("ordinary"))
    person = next(iter(everybody(KNOWN).values()))
    names = list(fitted.experts)
    parts = [fitted.terms(person, some) for some in (names[:3], names[3:], [])]
    np.testing.assert_allclose(sum(parts), fitted.terms(person, names), atol=1e-5)


def test_a_sum_of_rows(random):
    matrix = sparse.random(30, 20, 0.3, format="csr", dtype=np.float32, random_state=0)
    rows, share = np.array([3, 29, 3, 0]), random.normal(size=4).astype(np.float32)
    np.testing.assert_allclose(row_sum(matrix, rows, share), share @ matrix[rows].toarray(), 1e-5)
    assert not row_sum(matrix, rows[:0], share[:0]).any()


@pytest.mark.parametrize("room", [2 * 8 * 4, 10**6])
def test_remembered_rows_are_worked_out_once_and_stay_within_their_room(room, random):
    matrix, asked = random.normal(size=(50, 8)).astype(np.float32), []

    def rows(wanted):
        asked.extend(wanted.tolist())
        return matrix[wanted]

    memory = RowMemory(rows, 8, room)
    for _ in range(200):
        some = random.integers(0, 6, size=random.integers(0, 6))
        share = random.normal(size=len(some)).astype(np.float32)
        found = memory.weighted(some, share)
        near = 1e-5 if room == 10**6 else 1e-3  # all rows at once, or some in 16 bits
        np.testing.assert_allclose(found, share @ matrix[some], rtol=1e-4, atol=near)
    if room == 10**6:
        memory.learn(np.arange(3))
        assert sorted(asked) == list(range(6))
    assert len(memory._known) <= memory.most == room // (32 if room == 10**6 else 16)
