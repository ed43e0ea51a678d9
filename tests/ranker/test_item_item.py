"""Item-kNN and the EASE family, each against a plain reference."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from tests.contracts import RankerContract, TasteContract
from tests.ranker.worlds import hand_typed as hand
from tests.ranker.worlds import ordinary

from fewrec.data.histories import Histories
from fewrec.ranker.feature_space import FeatureSpace
from fewrec.ranker.item_item import EASE, ItemKNN, ease_weights, largest_of_rows

TRAM, BUS, TRAIN, FIG, PLUM, PEAR = range(6)


class TestItemKNN(TasteContract):
    def ranker(self):
        return ItemKNN()

    def test_shrunk_cosines_by_loops(self):
        likes = hand().interactions.likes().toarray()
        wanted = np.zeros((6, 6))
        for j in range(6):
            for i in range(6):
                norms = np.linalg.norm(likes[:, j]) * np.linalg.norm(likes[:, i])
                wanted[j, i] = 0 if i == j else likes[:, j] @ likes[:, i] / (norms + 2.0)
        weights = ItemKNN(shrink=2.0).fit(hand()).weights.toarray()
        np.testing.assert_allclose(weights, wanted, rtol=1e-6)
        assert weights[TRAM, BUS] == pytest.approx(2 / (np.sqrt(3 * 2) + 2))

    def test_a_score_is_the_sum_over_what_was_liked(self):
        fitted = ItemKNN(shrink=2.0).fit(hand())
        person = replace(Histories.single([TRAM, PLUM], [BUS]), weight=np.float32([1, 2, 1]))
        wanted = fitted.weights.toarray()[TRAM] + 2 * fitted.weights.toarray()[PLUM]
        np.testing.assert_allclose(fitted.scores(person)[0], wanted, rtol=1e-6)

    def test_only_the_nearest_neighbours_count(self):
        every = ItemKNN(shrink=2.0).fit(hand()).weights.toarray()
        one = ItemKNN(shrink=2.0, neighbours=1).fit(hand()).weights.toarray()
        assert ((one > 0).sum(axis=1) <= 1).all()
        np.testing.assert_allclose(one.max(axis=1), every.max(axis=1), rtol=1e-6)

    def test_the_facts_of_one_like_are_its_score(self):
        fitted = ItemKNN().fit(ordinary())
        person = Histories.single([0])
        facts = fitted.facts(person, np.array([1, 2, 9]))
        scores = fitted.scores(person)[0]
        for i, about in zip((1, 2), facts, strict=False):
            assert [fact.amount for fact in about] == [pytest.approx(scores[i], rel=1e-6)]
        assert facts[2] == []


class TestExposureKNN(RankerContract):
    def ranker(self):
        return ItemKNN(exposure=0.5)

    def test_what_was_met_speaks_for_what_those_who_met_it_like(self):
        met = np.nan_to_num(_met(0.5))
        likes = hand().interactions.likes().toarray()
        weights = ItemKNN(shrink=2.0, exposure=0.5).fit(hand()).weights.toarray()
        for j, i in ((TRAIN, FIG), (PLUM, TRAM), (FIG, TRAM)):
            norms = np.linalg.norm(met[:, j]) * np.linalg.norm(likes[:, i])
            assert weights[j, i] == pytest.approx(met[:, j] @ likes[:, i] / (norms + 2.0))

    def test_a_dislike_adds_half_of_a_like(self):
        fitted = ItemKNN(exposure=0.5).fit(ordinary())
        like, dislike = (fitted.scores(Histories.single(*p)) for p in (([0],), ([], [0])))
        np.testing.assert_allclose(dislike, like / 2, rtol=1e-6)

    def test_a_dislike_is_no_reason(self):
        fitted = ItemKNN(exposure=0.5).fit(ordinary())
        assert all(not about for about in fitted.facts(Histories.single([], [0]), np.arange(8)))


def _met(exposure):
    rows = hand().interactions
    met = np.zeros((4, 6))
    for u, i, label in zip(rows.user, rows.item, rows.label, strict=True):
        met[u, i] = 1.0 if label else exposure
    return met


def textbook_ease(likes, regularisation):
    """Steck (2019), equation 8: B = I - P diagMat(1 / diag(P)), P = (X'X + lambda I)^-1."""
    inverse = np.linalg.inv(likes.T @ likes + regularisation * np.eye(likes.shape[1]))
    return np.eye(likes.shape[1]) - inverse / np.diag(inverse)[None, :]


def least_squares(met, likes, regularisation):
    """Column by column: ridge regression of likes of i on everything met but i itself."""
    items = met.shape[1]
    weights = np.zeros((items, items))
    for i in range(items):
        others = np.delete(np.arange(items), i)
        rows = met[:, others]
        system = rows.T @ rows + regularisation * np.eye(items - 1)
        weights[others, i] = np.linalg.solve(system, rows.T @ likes[:, i])
    return weights


class TestEASE(TasteContract):
    def ranker(self):
        return EASE()

    @pytest.mark.parametrize("regularisation", (0.5, 100.0))
    def test_the_formula_of_the_paper(self, regularisation):
        likes = ordinary().interactions.likes()
        plain = EASE(regularisation=regularisation, described=0.0)
        weights = plain.fit(ordinary()).weights.toarray()
        wanted = textbook_ease(likes.toarray().astype(np.float64), regularisation)
        np.testing.assert_allclose(weights, wanted, atol=1e-5)

    @pytest.mark.parametrize("users", (5, 40))
    def test_people_space_and_item_space_agree(self, users, random):
        likes = sparse.csr_matrix((random.random((users, 12)) < 0.3).astype(np.float32))
        padded = sparse.vstack([likes, sparse.csr_matrix((40, 12), dtype=np.float32)]).tocsr()
        few, many = (ease_weights(x, x, 3.0) for x in (likes, padded))  # zero rows change nothing
        np.testing.assert_allclose(few, many, atol=1e-5)
        np.testing.assert_allclose(few, textbook_ease(likes.toarray(), 3.0), atol=1e-5)

    @pytest.mark.parametrize("users", (5, 40))
    def test_what_is_told_of_items_are_further_people(self, users, random):
        likes = sparse.csr_matrix((random.random((users, 12)) < 0.3).astype(np.float32))
        told = random.normal(size=(3, 12)).astype(np.float32)
        whole = np.concatenate([likes.toarray(), told])
        found = ease_weights(likes, likes, 3.0, told)
        np.testing.assert_allclose(found, textbook_ease(whole, 3.0), atol=1e-5)
        crossed = ease_weights(likes * 0.5, likes, 3.0, told)
        halved = np.concatenate([likes.toarray() * 0.5, told])
        np.testing.assert_allclose(crossed, least_squares(halved, whole, 3.0), atol=1e-5)

    def test_descriptions_count_as_likes_of_so_many_people(self):
        features = ordinary().features
        rows = FeatureSpace.of(features).by_direction(features)
        np.testing.assert_allclose((rows**2).sum() / rows.shape[1], 1.0, rtol=1e-5)
        likes = ordinary().interactions.likes().toarray()
        whole = np.concatenate([likes, 2.0 * rows])
        weights = EASE(regularisation=5.0, described=4.0).fit(ordinary()).weights.toarray()
        np.testing.assert_allclose(weights, textbook_ease(whole, 5.0), atol=1e-4)

    def test_a_description_counts_as_likes_of_the_usual_weight(self):
        rows = ordinary().interactions
        thrice = replace(ordinary(), interactions=replace(rows, weight=rows.weight * 3))
        plain = EASE(regularisation=10.0).fit(ordinary()).weights
        heavy = EASE(regularisation=90.0).fit(thrice).weights  # all of it nine times as much
        np.testing.assert_allclose(heavy.toarray(), plain.toarray(), atol=1e-5)

    def test_without_items_that_were_met_nothing_is_told(self):
        rows = ordinary().interactions
        nobody = replace(ordinary(), interactions=rows.where(np.zeros(0, dtype=np.int64)))
        assert EASE(max_items=3).fit(nobody).weights.nnz == 0
        assert EASE().fit(nobody).weights.nnz > 0

    def test_nobody_has_to_have_met_an_item_that_is_described(self):
        training = ordinary()
        rows = training.interactions
        never = replace(training, interactions=rows.where(rows.item != 0))
        assert EASE().fit(never).weights[:, 0].nnz > 0
        assert EASE(described=0.0).fit(never).weights[:, 0].nnz == 0

    def test_large_catalogues_keep_the_most_liked_items(self):
        weights = EASE(regularisation=1.0, max_items=3, described=0.0).fit(hand()).weights.toarray()
        inside = [TRAM, BUS, FIG]  # 3, 2 and 2 likes
        outside = [TRAIN, PLUM, PEAR]
        assert not weights[outside].any() and not weights[:, outside].any()
        likes = hand().interactions.likes().toarray()[:, inside]
        np.testing.assert_allclose(
            weights[np.ix_(inside, inside)], textbook_ease(likes, 1.0), atol=1e-6
        )

    def test_only_the_largest_weights_of_a_row_are_kept(self):
        every = EASE(regularisation=1.0).fit(ordinary()).weights.toarray()
        some = EASE(regularisation=1.0, kept=4).fit(ordinary()).weights.toarray()
        assert ((some != 0).sum(axis=1) <= 4).all()
        for row, cut in zip(every, some, strict=True):
            kept = np.flatnonzero(cut)
            np.testing.assert_allclose(cut[kept], row[kept])
            assert np.abs(row[kept]).min(initial=9) >= np.abs(np.delete(row, kept)).max()


class TestExposureEASE(RankerContract):
    def ranker(self):
        return EASE(exposure=0.5)

    @pytest.mark.parametrize("users", (6, 40))
    def test_a_general_least_squares_without_the_own_item(self, users, random):
        met = random.random((users, 9)) * (random.random((users, 9)) < 0.5)
        likes = (random.random((users, 9)) < 0.3).astype(np.float64)
        weights = ease_weights(
            sparse.csr_matrix(met, dtype=np.float32),
            sparse.csr_matrix(likes, dtype=np.float32),
            2.0,
        )
        np.testing.assert_allclose(weights, least_squares(met, likes, 2.0), atol=1e-5)

    def test_likes_are_regressed_on_what_was_met(self):
        plain = EASE(regularisation=1.0, exposure=0.25, described=0.0)
        weights = plain.fit(hand()).weights.toarray()
        likes = hand().interactions.likes().toarray()
        np.testing.assert_allclose(weights, least_squares(_met(0.25), likes, 1.0), atol=1e-6)


def test_largest_of_rows_by_sorting(random):
    dense = random.normal(size=(7, 9)) * (random.random((7, 9)) < 0.6)
    cut = largest_of_rows(sparse.csr_matrix(dense), 3).toarray()
    for row, kept in zip(dense, cut, strict=True):
        wanted = np.where(np.abs(row) >= np.sort(np.abs(row))[-3], row, 0.0)
        np.testing.assert_allclose(kept, wanted, rtol=1e-6)


@pytest.mark.parametrize("kept", (1, 3, 50))
def test_of_equal_weights_those_stored_first_stay(kept, random):
    """Against a stable sort of whole rows; whole numbers are equal often."""
    whole = sparse.csr_matrix(random.integers(-3, 4, size=(30, 40)).astype(np.float32))
    cut = largest_of_rows(whole, kept)
    for row in range(30):
        sizes = np.abs(whole[row].data)
        stay = np.sort(np.argsort(-sizes, kind="stable")[:kept])
        np.testing.assert_array_equal(cut[row].indices, whole[row].indices[stay])
        np.testing.assert_array_equal(cut[row].data, whole[row].data[stay])
