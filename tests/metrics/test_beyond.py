import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fewrec.metrics.beyond import coverage, exposure, gini, intra_list_distance, novelty, overlap
from fewrec.seeding import generator


def test_values_worked_by_hand():
    top = np.array([[0, 1], [0, 2], [0, 1]])
    assert exposure(top, 5).tolist() == [3, 2, 1, 0, 0]
    assert coverage(top, 5) == pytest.approx(3 / 5)
    assert overlap(top) == pytest.approx((1 / 2 + 1 + 1 / 2) / 3)
    shown = [0, 0, 1, 2, 3]
    expected = sum((2 * (i + 1) - 6) * x for i, x in enumerate(shown)) / (5 * 6)
    assert gini(top, np.arange(5)) == pytest.approx(expected)


def test_everybody_the_same_list_and_everybody_another():
    same = np.tile(np.arange(3), (4, 1))
    assert overlap(same) == 1.0
    assert overlap(np.arange(12).reshape(4, 3)) == 0.0
    assert gini(np.arange(12).reshape(4, 3), np.arange(12)) == pytest.approx(0.0)
    assert gini(same, np.arange(3000)) > 0.99


def test_undefined_without_lists():
    assert np.isnan(overlap(np.array([[1, 2]])))
    assert np.isnan(coverage(np.zeros((0, 3), dtype=np.int64), 5))
    assert np.isnan(gini(np.array([[-1]]), np.arange(3)))
    assert np.isnan(novelty(np.array([[-1, -1], [0, 1]]), np.array([1, 1]), 3)[0])


def test_novelty_of_the_known_and_of_the_unheard_of():
    likes = np.array([7, 0])
    values = novelty(np.array([[0], [1], [-1]]), likes, 7)
    np.testing.assert_allclose(values, [0.0, 1.0, np.nan])


def test_intra_list_distance_by_hand():
    vectors = np.array([[1, 0], [0, 1], [-1, 0], [0, 0]], dtype=np.float32)
    top = np.array([[0, 0], [0, 1], [0, 2], [0, 3], [1, -1]])
    np.testing.assert_allclose(intra_list_distance(top, vectors), [0, 1, 1, np.nan, np.nan])
    three = intra_list_distance(np.array([[0, 1, 0]]), vectors)
    np.testing.assert_allclose(three, [2 / 3])


@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_overlap_equals_comparing_all_pairs_and_all_figures_are_shares(seed, people, k):
    random = generator(seed, "test")
    top = np.stack([random.permutation(7)[:k] for _ in range(people)])
    pairs = [
        len(set(a) & set(b)) / k
        for a, b in itertools.combinations([row.tolist() for row in top], 2)
    ]
    assert overlap(top) == pytest.approx(np.mean(pairs))
    vectors = random.normal(size=(7, 3)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    figures = [
        coverage(top, 7),
        gini(top, np.arange(7)),
        *novelty(top, random.integers(0, 5, 7), 5),
        *intra_list_distance(top, vectors),
    ]
    assert all(np.isnan(f) or 0 <= f <= 1 for f in figures)
