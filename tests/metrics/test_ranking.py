import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from fewrec.metrics.chance import random_hit_rate, random_ndcg, random_recall
from fewrec.metrics.ranking import hit_rate, hits, ndcg, recall, reciprocal_rank, top_items
from fewrec.seeding import generator

RELEVANT = sparse.csr_matrix(np.array([[1, 0, 1, 0, 0], [0, 0, 0, 0, 1], [0, 0, 0, 0, 0]]))
TOP = np.array([[0, 1, 2], [0, 1, 4], [0, 1, 2]])


def test_values_worked_by_hand():
    first = (1 + 1 / math.log2(4)) / (1 + 1 / math.log2(3))
    np.testing.assert_allclose(ndcg(TOP, RELEVANT, 3), [first, 0.5, np.nan])
    np.testing.assert_allclose(ndcg(TOP, RELEVANT, 1), [1.0, 0.0, np.nan])
    np.testing.assert_allclose(recall(TOP, RELEVANT, 1), [0.5, 0.0, np.nan])
    np.testing.assert_allclose(recall(TOP, RELEVANT, 3), [1.0, 1.0, np.nan])
    np.testing.assert_allclose(reciprocal_rank(TOP, RELEVANT, 3), [1.0, 1 / 3, np.nan])
    np.testing.assert_allclose(reciprocal_rank(TOP, RELEVANT, 2), [1.0, 0.0, np.nan])
    np.testing.assert_allclose(hit_rate(TOP, RELEVANT, 2), [1.0, 0.0, np.nan])


def test_an_empty_place_is_never_a_hit():
    relevant = sparse.csr_matrix(np.array([[0, 0, 1], [1, 0, 0]]))
    assert hits(np.array([[-1, 2], [-1, -1]]), relevant).tolist() == [[False, True], [False] * 2]


def test_an_explicit_zero_is_not_relevant():
    relevant = sparse.csr_matrix((np.array([0.0, 1.0]), ([0, 0], [0, 1])), shape=(1, 3))
    assert ndcg(np.array([[0]]), relevant, 1).tolist() == [0.0]
    assert recall(np.array([[0, 1]]), relevant, 2).tolist() == [1.0]


def test_lists_that_are_too_short_are_refused():
    with pytest.raises(ValueError, match="lists of 3 places cannot be judged at 10"):
        ndcg(TOP, RELEVANT, 10)


def test_top_items_leaves_out_excluded_and_other_than_candidates():
    scores = np.array([[5, 4, 3, 2, 1], [1, 2, 3, 4, 5]], dtype=np.float32)
    excluded = sparse.csr_matrix(np.array([[1, 0, 0, 0, 0], [0, 0, 0, 0, 0]]))
    candidates = np.array([True, True, False, True, False])
    top = top_items(scores, 3, excluded=excluded, candidates=candidates)
    assert top.tolist() == [[1, 3, -1], [3, 1, 0]]


def test_a_list_longer_than_the_catalogue_ends_in_empty_places():
    assert top_items(np.array([[1, 2]], dtype=np.float32), 4).tolist() == [[1, 0, -1, -1]]


@pytest.mark.parametrize("items, k", [(700, 3), (700, 40), (30, 30)])
@pytest.mark.parametrize("levels", [2, 40, 10**6])
def test_the_best_are_those_of_a_full_sort_however_many_are_equal(items, k, levels):
    random = generator(items + k + levels, "top")
    scores = random.integers(0, levels, (9, items)).astype(np.float32)
    scores[4] = 1.0
    whole = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    assert (top_items(scores, k) == whole).all()


def test_good_items_are_marked_or_looked_up_alike(monkeypatch):
    random = generator(0, "hits")
    relevant = sparse.csr_matrix(random.random((40, 60)) < 0.1)
    top = np.argsort(random.random((40, 60)), axis=1)[:, :10]
    top[::3, 7:] = -1
    marked = hits(top, relevant)
    monkeypatch.setattr("fewrec.metrics.ranking.MARKED", 0)
    assert marked.any() and (hits(top, relevant) == marked).all()


def test_ties_follow_the_given_order_even_at_the_edge_of_the_list():
    scores = np.array([[1, 0, 0, 0, 0, 0]], dtype=np.float32)
    assert top_items(scores, 3, order=np.array([5, 3, 1, 0, 2, 4])).tolist() == [[0, 5, 3]]


@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_top_items_equals_sorting_everything(seed, k, levels):
    random = generator(seed, "test")
    people, items = 3, 9
    scores = random.integers(0, levels, (people, items)).astype(np.float32)
    excluded = sparse.csr_matrix(random.random((people, items)) < 0.3)
    order = random.permutation(items)
    rank_in_order = np.argsort(order)
    top = top_items(scores, k, excluded=excluded, order=order)
    for b in range(people):
        usable = [i for i in range(items) if not excluded[b, i]]
        expected = sorted(usable, key=lambda i: (-scores[b, i], rank_in_order[i]))[:k]
        assert top[b].tolist() == expected + [-1] * (k - len(expected))


@given(st.integers(0, 10_000), st.integers(1, 8))
@settings(max_examples=60, deadline=None)
def test_bounds_and_invariance_to_the_numbering_of_items(seed, k):
    random = generator(seed, "test")
    people, items = 4, 11
    scores = random.random((people, items)).astype(np.float32)
    relevant = random.random((people, items)) < 0.3
    renamed = random.permutation(items)
    top = top_items(scores, k)
    other_top = top_items(scores[:, renamed], k)
    for metric in (ndcg, recall, reciprocal_rank, hit_rate):
        values = metric(top, sparse.csr_matrix(relevant), k)
        others = metric(other_top, sparse.csr_matrix(relevant[:, renamed]), k)
        np.testing.assert_allclose(values, others)
        known = values[~np.isnan(values)]
        assert np.all((known >= 0) & (known <= 1))
        assert np.array_equal(np.isnan(values), ~relevant.any(axis=1))


def test_a_perfect_ranking_is_worth_one_and_the_worst_nothing():
    relevant = sparse.csr_matrix(np.array([[0, 1, 1, 0, 0, 0]]))
    assert ndcg(np.array([[2, 1, 0, 3]]), relevant, 4)[0] == pytest.approx(1.0)
    assert ndcg(np.array([[0, 3, 4, 5]]), relevant, 4)[0] == 0.0


def test_random_expectations_agree_with_shuffling():
    random = generator(3, "chance")
    items, good, k = 12, 3, 5
    relevant = sparse.csr_matrix(np.tile(np.arange(items) < good, (20_000, 1)))
    top = np.argsort(random.random((20_000, items)), axis=1)[:, :k]
    size, count = np.array([items]), np.array([good])
    assert random_ndcg(size, count, k)[0] == pytest.approx(ndcg(top, relevant, k).mean(), abs=0.006)
    assert random_recall(size, count, k)[0] == pytest.approx(
        recall(top, relevant, k).mean(), abs=0.006
    )
    without = math.comb(items - good, k) / math.comb(items, k)
    assert random_hit_rate(size, count, k)[0] == pytest.approx(1 - without)


def test_random_expectations_where_the_list_holds_everything():
    size, good = np.array([3, 3]), np.array([3, 0])
    assert random_ndcg(size, good, 10)[0] == pytest.approx(1.0)
    assert random_recall(size, good, 10)[0] == 1.0
    assert random_hit_rate(size, good, 10)[0] == 1.0
    assert np.isnan(random_ndcg(size, good, 10)[1])
