"""Implicit ALS: the fold-in against the library and against the normal equations."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from implicit.cpu.als import AlternatingLeastSquares
from scipy import sparse
from tests.contracts import TasteContract
from tests.ranker.worlds import NEW, ordinary
from threadpoolctl import threadpool_limits

from fewrec.data.histories import Histories
from fewrec.ranker.ials import IALS


class TestIALS(TasteContract):
    def ranker(self):
        return IALS()

    @pytest.fixture
    def small(self):
        return IALS(factors=5, regularisation=0.7, least=1.0, alpha=3.0, iterations=4)

    def test_the_fold_in_solves_the_normal_equations(self, small):
        fitted = small.fit(ordinary())
        items, weight = np.array([0, 3, 9]), np.float32([1.0, 2.5, 0.4])
        person = replace(Histories.single(items, [17]), weight=np.append(weight, np.float32(1)))
        # x = (Y'CY + lambda I)^-1 Y'C p   (Hu et al. 2008, equation 4)
        y = fitted.factors.astype(np.float64)
        confidence, liked = np.ones(len(y)), np.zeros(len(y))
        confidence[items], liked[items] = 1 + 3.0 * weight, 1
        system = y.T @ (confidence[:, None] * y) + 0.7 * np.eye(5)
        wanted = np.linalg.solve(system, y.T @ (confidence * liked))
        np.testing.assert_allclose(fitted.tastes(person)[0], wanted, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(fitted.scores(person)[0], y @ wanted, rtol=1e-4, atol=1e-5)

    @pytest.mark.parametrize("likes", ([2], list(range(16))))  # fewer and more than factors
    def test_the_fold_in_is_that_of_the_library(self, small, likes):
        fitted = small.fit(ordinary())
        library = AlternatingLeastSquares(factors=5, regularization=0.7, alpha=1.0, num_threads=1)
        library.item_factors = fitted.factors
        row = np.zeros((1, len(fitted.factors)), dtype=np.float32)
        row[0, likes] = 1 + 3.0
        wanted = library.recalculate_user(0, sparse.csr_matrix(row))
        taste = fitted.tastes(Histories.single(likes))[0]
        np.testing.assert_allclose(taste, wanted, rtol=1e-3, atol=1e-5)

    def test_a_very_long_history_needs_no_matrix_of_its_own_size(self, small):
        fitted, person = small.fit(ordinary()), Histories.single([0, 3, 9] * 2000)
        tracemalloc.start()
        taste = fitted.tastes(person)[0]
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert np.isfinite(taste).all()
        assert peak < 20e6  # 6,000 x 6,000 numbers would be 288 MB

    def test_the_penalty_grows_with_the_people(self):
        ranker = IALS(regularisation=30.0, least=0.5)
        assert [ranker.penalty(people) for people in (0, 1, 150, 10_000)] == [15, 15, 30, 30]
        assert ranker.penalty(75) == pytest.approx(30.0 * 0.5**0.25)
        system = IALS(factors=5).fit(ordinary())
        y = system.factors.astype(np.float64)
        people = int((np.diff(ordinary().interactions.likes().indptr) > 0).sum())
        wanted = y.T @ y + IALS().penalty(people) * np.eye(5)
        np.testing.assert_allclose(np.linalg.inv(system.inverse), wanted, rtol=1e-4, atol=1e-4)

    def test_what_a_like_adds_sums_up_to_the_taste(self, small):
        person = Histories.single([0, 3, 9], [17])
        fitted = small.fit(ordinary())
        shares = fitted.taste_shares(person)
        np.testing.assert_allclose(shares.sum(axis=0), fitted.tastes(person)[0], atol=1e-6)
        assert not shares[3].any()  # the dislike

    def test_dislikes_and_new_items_say_nothing(self):
        fitted = IALS().fit(ordinary())
        assert not fitted.scores(Histories.single([], [0, 9])).any()
        assert not fitted.scores(Histories.single([0]))[:, list(NEW)].any()

    def test_the_library_finds_one_thread_whatever_the_machine_is_set_to(self, monkeypatch):
        monkeypatch.setattr("implicit.utils._checked_blas_config", False)  # it warns once only
        with threadpool_limits(limits=2, user_api="blas"):  # warnings are errors here
            IALS(iterations=1).fit(ordinary())
