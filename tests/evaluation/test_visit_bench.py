"""Moments of visits: who is asked about, and that nothing from the moment on is known."""

from dataclasses import replace

import numpy as np
import pytest

from fewrec.errors import EmptyData
from fewrec.evaluation.visit_bench import Asked, bare, visit_split


@pytest.fixture(scope="module")
def timed(toy):
    """The toy's rows, a minute after each other."""
    rows = toy.interactions
    times = 60.0 * np.arange(len(rows), dtype=np.float64)
    return replace(toy, interactions=replace(rows, timestamp=times))


@pytest.mark.parametrize("last", [False, True])
def test_nothing_from_the_moment_on_is_known(timed, last):
    rows = timed.interactions
    split, length = visit_split(timed, Asked(20, last), 0)
    assert 0 < len(split.users) <= 20 and (length > 0).all()
    asked = dict(zip(split.test.user.tolist(), split.test.timestamp.tolist(), strict=True))
    assert set(asked) == set(split.users.tolist()) and (split.test.label > 0).all()
    for user, moment in asked.items():
        mine = rows.user == user
        known = split.train.timestamp[split.train.user == user]
        assert np.array_equal(
            np.sort(known), np.sort(rows.timestamp[mine & (rows.timestamp < moment)])
        )
        assert not last or moment == rows.timestamp[mine].max()
    others = ~np.isin(rows.user, split.users)
    assert others.sum() == (~np.isin(split.train.user, split.users)).sum()


def test_draws_differ_by_seed_and_agree_with_one(timed):
    one, again, other = (visit_split(timed, Asked(20), seed)[0] for seed in (3, 3, 4))
    assert np.array_equal(one.test.item, again.test.item)
    assert not np.array_equal(one.test.timestamp, other.test.timestamp)


def test_bare_people_are_in_no_visit(timed):
    people = visit_split(timed, Asked(5), 0)[0].histories
    assert people.session is not None and bare(people).session is None
    assert np.array_equal(bare(people).item, people.item)


def test_rows_without_an_order_are_refused(timed):
    rows = replace(timed.interactions, timestamp=np.full(len(timed.interactions), np.nan))
    with pytest.raises(EmptyData, match="order of the rows is not known"):
        visit_split(replace(timed, interactions=rows), Asked(), 0)
