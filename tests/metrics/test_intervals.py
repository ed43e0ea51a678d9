import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fewrec.metrics import intervals
from fewrec.metrics.intervals import (
    _draws,
    holm,
    mean_interval,
    paired_difference,
    statistic_interval,
)
from fewrec.metrics.preference import auc, auc_of_counts
from fewrec.seeding import generator


def test_the_interval_of_a_mean_agrees_with_theory():
    values = generator(0, "values").normal(0.4, 0.1, 400)
    found = mean_interval(values, seed=1)
    error = 1.96 * values.std() / math.sqrt(400)
    assert found.mean == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - error, abs=0.002)
    assert found.high == pytest.approx(values.mean() + error, abs=0.002)
    assert found.users == 400


def test_intervals_hold_the_truth_about_nineteen_times_in_twenty():
    inside = 0
    for trial in range(200):
        found = mean_interval(generator(trial, "coverage").normal(0, 1, 60), resamples=400)
        inside += found.low <= 0 <= found.high
    assert 178 <= inside <= 199


def test_rows_of_one_user_are_drawn_together():
    users = np.repeat(np.arange(20), 50)
    values = np.repeat(generator(0, "users").normal(0, 1, 20), 50)
    by_user = mean_interval(values, users)
    by_row = mean_interval(values)
    assert by_user.users == 20
    assert by_user.high - by_user.low > 4 * (by_row.high - by_row.low)


def test_undefined_values_are_left_out_and_weights_weigh():
    found = mean_interval(np.array([0.0, 1.0, np.nan]), weights=np.array([3.0, 1.0, 9.0]))
    assert found.mean == 0.25
    assert found.users == 2
    nothing = mean_interval(np.array([np.nan]))
    assert nothing.users == 0
    assert math.isnan(nothing.mean)
    assert math.isnan(mean_interval(np.array([0.3])).low)


def test_the_same_seed_gives_the_same_interval_and_another_seed_another():
    values = generator(0, "values").random(50)
    assert mean_interval(values, seed=3) == mean_interval(values, seed=3)
    assert mean_interval(values, seed=3) != mean_interval(values, seed=4)


def test_a_large_problem_is_drawn_in_blocks_that_hold_everybody():
    blocks = list(_draws(50_000, 200, 0))
    assert len(blocks) > 1
    assert sum(len(b) for b in blocks) == 200
    assert all((block.sum(axis=1) == 50_000).all() for block in blocks)


def test_many_users_are_drawn_in_groups_with_the_same_interval(monkeypatch):
    values = generator(0, "many").normal(0.3, 0.2, 6000)
    grouped = mean_interval(values)
    assert grouped.users == 6000
    monkeypatch.setattr(intervals, "MOST_UNITS", 10_000)
    alone = mean_interval(values)
    assert grouped.mean == pytest.approx(alone.mean)
    assert grouped.high - grouped.low == pytest.approx(alone.high - alone.low, rel=0.1)


def test_rows_of_one_user_share_a_unit():
    users = np.repeat(np.arange(5000), 2)
    unit, people = intervals.units(users)
    assert people == 5000
    assert len(np.unique(unit)) == intervals.MOST_UNITS
    assert np.array_equal(unit[::2], unit[1::2])


def test_a_clear_winner_a_clear_loser_and_a_tie():
    base = generator(0, "base").random(300) * 0.5
    noise = generator(1, "noise").normal(0, 0.05, 300)
    ahead = paired_difference(base + 0.05 + noise, base)
    assert ahead.verdict == "a"
    assert ahead.p < 1e-6
    assert ahead.not_worse
    behind = paired_difference(base, base + 0.05 + noise)
    assert behind.verdict == "b"
    assert not behind.not_worse
    level = paired_difference(base + noise, base)
    assert level.verdict == "tie"
    assert level.p > 0.05
    assert paired_difference(base, base).p == 1.0


def test_pairing_sees_what_unpaired_intervals_do_not():
    base = generator(0, "base").random(200)
    better = base + 0.02 + generator(1, "noise").normal(0, 0.01, 200)
    assert mean_interval(better).low < mean_interval(base).high
    assert paired_difference(better, base).verdict == "a"


def test_slightly_below_is_not_worse_within_one_percent():
    base = np.full(200, 0.5)
    a = base - 0.002 + generator(0, "noise").normal(0, 0.001, 200)
    found = paired_difference(a, base)
    assert found.verdict == "b"
    assert found.not_worse
    assert not paired_difference(a - 0.01, base).not_worse


def test_a_comparison_without_common_users_is_undefined():
    found = paired_difference(np.array([np.nan, 1.0]), np.array([1.0, np.nan]))
    assert found.users == 0
    assert found.verdict == "tie"
    assert math.isnan(found.difference)


def test_the_interval_of_a_pooled_auc():
    random = generator(0, "auc")
    users = np.repeat(np.arange(100), 20)
    labels = (random.random(2000) < 0.5).astype(np.float32)
    scores = labels + random.normal(0, 1, 2000)
    found = statistic_interval(auc_of_counts(scores, labels, users, 100), users, 100)
    assert found.low < found.mean < found.high
    assert found.mean == pytest.approx(auc(scores, labels))
    assert found.users == 100


def test_holm_by_hand():
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(holm([0.6, math.nan, 0.7]), [1.0, math.nan, 1.0])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_never_lowers_a_p_value_and_keeps_their_order(p_values):
    adjusted = holm(p_values)
    assert np.all(adjusted >= np.array(p_values) - 1e-12)
    assert np.all(adjusted <= 1)
    assert np.all(np.diff(adjusted[np.argsort(p_values, kind="stable")]) >= 0)
