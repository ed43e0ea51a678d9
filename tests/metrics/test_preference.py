import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fewrec.metrics import preference
from fewrec.metrics.calibration import (
    calibration_error,
    calibration_error_of_counts,
    reliability,
)
from fewrec.metrics.preference import auc, auc_of_counts, brier, log_losses, user_auc
from fewrec.seeding import generator


def brute_force_auc(scores, labels):
    liked = [s for s, y in zip(scores, labels, strict=True) if y]
    other = [s for s, y in zip(scores, labels, strict=True) if not y]
    if not liked or not other:
        return math.nan
    wins = sum((a > b) + (a == b) / 2 for a in liked for b in other)
    return wins / (len(liked) * len(other))


def test_auc_worked_by_hand():
    labels = np.array([1, 0, 1, 0], dtype=np.float32)
    assert auc(np.array([0.9, 0.1, 0.8, 0.2]), labels) == 1.0
    assert auc(np.array([0.1, 0.9, 0.2, 0.8]), labels) == 0.0
    assert auc(np.array([0.5, 0.5, 0.5, 0.5]), labels) == 0.5
    assert auc(np.array([0.5, 0.5, 0.9, 0.1]), labels) == pytest.approx(3.5 / 4)


def test_auc_without_both_labels_is_undefined():
    assert math.isnan(auc(np.array([0.1, 0.2]), np.ones(2, dtype=np.float32)))
    assert math.isnan(auc(np.zeros(0), np.zeros(0, dtype=np.float32)))


@given(st.integers(0, 10_000), st.integers(1, 25), st.integers(1, 5))
@settings(max_examples=80, deadline=None)
def test_auc_and_user_auc_agree_with_counting_all_pairs(seed, rows, levels):
    random = generator(seed, "test")
    scores = random.integers(0, levels, rows).astype(np.float32)
    labels = random.integers(0, 2, rows).astype(np.float32)
    users = random.integers(0, 4, rows)
    np.testing.assert_allclose(auc(scores, labels), brute_force_auc(scores, labels))
    expected = [brute_force_auc(scores[users == u], labels[users == u]) for u in range(5)]
    np.testing.assert_allclose(user_auc(scores, labels, users, 5), expected)


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_auc_does_not_change_under_order_preserving_maps(seed):
    random = generator(seed, "test")
    scores = random.normal(size=20)
    labels = (random.random(20) < 0.5).astype(np.float32)
    np.testing.assert_allclose(auc(scores, labels), auc(np.exp(scores), labels))


@given(st.integers(0, 10_000), st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_counts_of_users_mean_repeated_users(seed, levels):
    random = generator(seed, "test")
    scores = random.integers(0, levels, 30) / levels
    labels = (random.random(30) < 0.5).astype(np.float32)
    users = random.integers(0, 5, 30)
    counts = random.integers(0, 3, (4, 6)).astype(np.float64)
    pooled = auc_of_counts(scores, labels, users, 6)(counts)
    error = calibration_error_of_counts(scores, labels, users, 6)(counts)
    for s, times in enumerate(counts[:, users].astype(int)):
        again, liked = np.repeat(scores, times), np.repeat(labels, times)
        np.testing.assert_allclose(pooled[s], auc(again, liked))
        np.testing.assert_allclose(error[s], calibration_error(again, liked), atol=1e-12)


def test_blocks_of_scores_change_nothing(monkeypatch):
    random = generator(0, "test")
    scores, users = random.random(200), random.integers(0, 9, 200)
    labels = (random.random(200) < 0.5).astype(np.float32)
    counts = random.integers(0, 3, (5, 9)).astype(np.float64)
    whole = auc_of_counts(scores, labels, users, 9)(counts)
    monkeypatch.setattr(preference, "_BLOCK_CELLS", 9 * 7)
    np.testing.assert_allclose(auc_of_counts(scores, labels, users, 9)(counts), whole)


def test_log_loss_and_brier_by_hand():
    labels = np.array([1, 0], dtype=np.float32)
    losses = log_losses(np.array([0.8, 0.8]), labels)
    np.testing.assert_allclose(losses, [-math.log(0.8), -math.log(0.2)])
    np.testing.assert_allclose(brier(np.array([0.8, 0.8]), labels), [0.04, 0.64])


def test_one_confident_error_is_not_infinite():
    assert log_losses(np.array([0.0]), np.array([1], dtype=np.float32))[0] == pytest.approx(
        -math.log(1e-6)
    )


def test_calibration_by_hand():
    said = np.array([0.05, 0.05, 0.95, 1.0])
    labels = np.array([0, 1, 1, 1], dtype=np.float32)
    table = reliability(said, labels)
    assert table.count.tolist() == [2, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    assert table.observed[0] == 0.5
    assert table.observed[9] == 1.0
    assert np.isnan(table.predicted[4])
    assert table.error == pytest.approx(0.5 * 0.45 + 0.5 * 0.025)
    assert calibration_error(said, labels) == table.error


def test_calibration_of_honest_and_of_boastful_probabilities():
    random = generator(0, "calibration")
    truth = random.random(20_000)
    labels = (random.random(20_000) < truth).astype(np.float32)
    assert calibration_error(truth, labels) < 0.02
    assert calibration_error(np.where(truth > 0.5, 1.0, 0.0), labels) == pytest.approx(
        0.25, abs=0.02
    )


def test_calibration_without_rows_is_undefined():
    assert math.isnan(calibration_error(np.zeros(0), np.zeros(0, dtype=np.float32)))
