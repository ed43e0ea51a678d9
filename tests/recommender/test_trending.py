"""What is liked lately, on likes whose worth can be worked out by hand."""

import numpy as np
import pytest

from fewrec.data.events import Interactions
from fewrec.data.ids import IdMap
from fewrec.errors import ConfigError
from fewrec.recommender.trending import trending, trending_rows

DAY = 86_400.0


def likes(*rows, label=1.0):
    """Rows of (user, item, age in days); an age of None has no time."""
    users = IdMap(tuple(sorted({user for user, _, _ in rows})))
    items = IdMap(("a", "b", "c", "d"))
    times = [np.nan if age is None else 1000 * DAY - age * DAY for _, _, age in rows]
    ones = np.ones(len(rows), dtype=np.float32)
    return Interactions(
        users,
        items,
        user=np.array([users.row(user) for user, _, _ in rows], dtype=np.int64),
        item=np.array([items.row(item) for _, item, _ in rows], dtype=np.int64),
        label=label * ones,
        weight=ones,
        value=np.full(len(rows), np.nan),
        timestamp=np.array(times),
        rule="",
        has_negatives=True,
    )


def test_a_like_of_a_half_life_ago_counts_half():
    rows = likes(("u", "a", 14), ("v", "a", 14), ("w", "a", 14), ("u", "b", 0), ("v", "c", 7))
    found = trending(rows, 7 * DAY, now=1000 * DAY)
    np.testing.assert_allclose(found, [3 / 4, 1, 1 / 2, 0])
    order, _ = trending_rows(rows, 7 * DAY, now=1000 * DAY)
    assert order.tolist() == [1, 0, 2, 3]


def test_a_longer_half_life_remembers_the_many_of_long_ago():
    rows = likes(("u", "a", 14), ("v", "a", 14), ("w", "a", 14), ("u", "b", 0))
    found = trending(rows, 14 * DAY, now=1000 * DAY)
    np.testing.assert_allclose(found, [3 / 2, 1, 0, 0])


def test_an_old_log_has_the_same_trends_at_any_later_time():
    rows = likes(("u", "a", 3), ("v", "b", 1), ("w", "c", 2))
    soon, late = (trending(rows, DAY, now=days * DAY) for days in (1000, 20_000))
    np.testing.assert_array_equal(soon, late)
    np.testing.assert_allclose(soon, [1 / 4, 1, 1 / 2, 0])


def test_a_person_counts_once_for_an_item_by_the_last_like():
    rows = likes(("u", "a", 0), ("u", "a", 0), ("u", "a", 1), ("v", "b", 0), ("w", "b", 1))
    np.testing.assert_allclose(trending(rows, DAY, now=1000 * DAY), [1, 1.5, 0, 0])


def test_a_clock_that_runs_ahead_does_not_make_the_rest_old():
    rows = likes(("u", "a", -900), ("v", "b", 0), ("w", "b", 0))
    np.testing.assert_allclose(trending(rows, DAY, now=1000 * DAY), [1, 2, 0, 0])


def test_without_times_it_is_what_is_popular():
    rows = likes(("u", "b", None), ("v", "b", None), ("w", "a", None))
    order, found = trending_rows(rows, DAY, now=1000 * DAY)
    assert found.tolist() == [1, 2, 0, 0] and order.tolist() == [1, 0, 2, 3]


def test_among_what_nobody_liked_lately_the_popular_goes_first():
    rows = likes(("u", "a", 0), ("v", "c", None), ("v", "d", None), ("w", "d", None))
    order, found = trending_rows(rows, DAY, now=1000 * DAY)
    assert found.tolist() == [1, 0, 0, 0] and order.tolist() == [0, 3, 2, 1]


def test_dislikes_are_no_trend_and_nothing_is_nothing():
    assert not trending(likes(("u", "a", 0), label=0.0), DAY, now=1000 * DAY).any()
    assert not trending(likes(), DAY, now=1000 * DAY).any()


def test_a_half_life_must_be_above_zero():
    with pytest.raises(ConfigError, match=r"half-life must be above 0, not 0\.0"):
        trending(likes(("u", "a", 0)), 0.0, now=0.0)
