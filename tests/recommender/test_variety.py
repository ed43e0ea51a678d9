"""The diversity knob: what it gives, and what it never does."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from tests.ranker.worlds import crowd

from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.metrics.beyond import coverage, gini, intra_list_distance, overlap
from fewrec.metrics.ranking import top_items
from fewrec.ranker.baselines import Popularity
from fewrec.ranker.ials import IALS
from fewrec.recommender.variety import LEVEL_ROWS, POOL, Variety, item_vectors

STEPS = (0.0, 0.2, 0.4, 0.6, 0.8)
EVERY = (*STEPS, 1.0)


@cache
def asked():
    """Scores of a crowd's people by a real ranker, what each may be shown, and the knob."""
    training = crowd()
    fitted = IALS(regularisation=20.0, least=1.0).fit(training)
    people = training.interactions.histories()
    scores = fitted.scores(people)
    seen = people.seen(scores.shape[1]).toarray() > 0
    return scores, ~seen, Variety.of(fitted, training)


def slates(diversity, k=5):
    scores, usable, variety = asked()
    return variety.pick(scores, usable, diversity, k)


class TestWithout:
    def test_at_0_it_is_the_top_by_score(self):
        scores, usable, _ = asked()
        np.testing.assert_array_equal(slates(0.0), top_items(np.where(usable, scores, -np.inf), 5))

    def test_a_little_begins_with_the_best_score(self):
        first = slates(0.0)[:, 0]
        assert (slates(1e-6) == slates(0.0)).mean() > 0.99
        assert (slates(0.05)[:, 0] == first).mean() > 0.5


class TestMore:
    def test_slates_differ_more_within_themselves(self):
        vectors = crowd().features.vectors
        within = [float(np.nanmean(intra_list_distance(slates(d), vectors))) for d in EVERY]
        assert min(within) > within[0] - 0.01
        assert within[-1] > within[0] + 0.1

    def test_slates_differ_more_from_each_other(self):
        shown = [coverage(slates(d), 90) for d in STEPS]
        common = [overlap(slates(d)) for d in STEPS]
        unequal = [gini(slates(d), np.arange(90)) for d in STEPS]
        assert all(b >= a - 0.02 for a, b in pairwise(shown))
        assert shown[-1] > 1.2 * shown[0]
        assert all(b <= a + 0.02 for a, b in pairwise(common))
        assert all(b <= a + 0.02 for a, b in pairwise(unequal))

    def test_the_end_of_a_slate_turns_before_its_beginning(self):
        before = slates(0.0)
        for diversity in (0.2, 0.4, 0.6):
            kept = (slates(diversity) == before).mean(axis=0)
            assert kept[0] >= kept[-1]
            assert kept[-1] < 1.0

    def test_relevance_is_given_up_slowly(self):
        scores, _, _ = asked()
        gained = [float(np.take_along_axis(scores, slates(d), axis=1).mean()) for d in EVERY]
        assert gained == sorted(gained, reverse=True)
        assert gained[2] > 0.95 * gained[0]

    def test_even_at_1_only_promising_items_are_shown(self):
        scores, usable, _ = asked()
        pool = top_items(np.where(usable, scores, -np.inf), POOL * 2)
        for slate, promising in zip(slates(1.0, k=2), pool, strict=True):
            assert set(slate) <= set(promising)

    def test_nothing_alike_follows_by_hand(self):
        """Two near twins at the top: with a knob, the second twin makes room."""
        vectors = np.array([[1, 0], [0.99, np.sqrt(1 - 0.99**2)], [0, 1]], dtype=np.float32)
        variety = Variety(vectors, level=np.zeros(3, dtype=np.float32))
        scores = np.array([[1.0, 0.5, 0.4]], dtype=np.float32)
        usable = np.ones((1, 3), dtype=bool)
        np.testing.assert_array_equal(variety.pick(scores, usable, 0.0, 2), [[0, 1]])
        np.testing.assert_array_equal(variety.pick(scores, usable, 0.7, 2), [[0, 2]])

    def test_what_everybody_gets_makes_room_by_hand(self):
        vectors = np.eye(3, dtype=np.float32)
        variety = Variety(vectors, level=np.array([1.0, 0.0, 0.0], dtype=np.float32))
        scores = np.array([[1.0, 0.9, 0.0]], dtype=np.float32)
        usable = np.ones((1, 3), dtype=bool)
        np.testing.assert_array_equal(variety.pick(scores, usable, 0.0, 1), [[0]])
        np.testing.assert_array_equal(variety.pick(scores, usable, 0.5, 1), [[1]])


class TestNever:
    @pytest.mark.parametrize("diversity", EVERY)
    def test_what_may_not_be_shown_is_not(self, diversity):
        _, usable, _ = asked()
        slate = slates(diversity)
        assert np.take_along_axis(usable, np.maximum(slate, 0), axis=1)[slate >= 0].all()

    @pytest.mark.parametrize("diversity", EVERY)
    def test_no_item_stands_twice(self, diversity):
        for slate in slates(diversity, k=20):
            shown = slate[slate >= 0]
            assert len(set(shown)) == len(shown)

    @pytest.mark.parametrize("diversity", EVERY)
    @pytest.mark.parametrize("left", (0, 1, 3))
    def test_where_little_is_left_places_stay_empty(self, diversity, left):
        scores, _, variety = asked()
        usable = np.zeros((2, 90), dtype=bool)
        usable[0, [5, 50, 80][:left]] = True
        usable[1] = True
        slate = variety.pick(scores[:2], usable, diversity, 6)
        assert slate.shape == (2, 6)
        assert slate.dtype == np.int64
        assert set(slate[0]) - {-1} == {5, 50, 80} & set(np.flatnonzero(usable[0]))
        assert (slate[0][left:] == -1).all()
        assert (slate[1] >= 0).all()

    @pytest.mark.parametrize("diversity", EVERY)
    def test_a_slate_longer_than_the_catalogue_has_empty_places(self, diversity):
        slate = slates(diversity, k=100)
        assert slate.shape == (100, 100)
        _, usable, _ = asked()
        np.testing.assert_array_equal((slate >= 0).sum(axis=1), usable.sum(axis=1))

    @pytest.mark.parametrize("diversity", EVERY)
    def test_other_people_in_the_batch_do_not_matter(self, diversity):
        scores, usable, variety = asked()
        alone = variety.pick(scores[3:4], usable[3:4], diversity, 5)
        np.testing.assert_array_equal(alone[0], slates(diversity)[3])

    def test_equal_scores_and_nothing_described_still_give_a_slate(self):
        training = replace(crowd(), features=ItemFeatures.nothing(90))
        nobody = replace(training, interactions=training.interactions.where(np.zeros(0, np.int64)))
        variety = Variety.of(Popularity().fit(nobody), nobody)
        assert np.isfinite(variety.vectors).all()
        assert not variety.level.any()
        slate = variety.pick(np.zeros((2, 90), np.float32), np.ones((2, 90), dtype=bool), 0.5, 4)
        assert (slate >= 0).all()


class TestLearned:
    def test_vectors_have_length_one(self):
        _, _, variety = asked()
        np.testing.assert_allclose(np.linalg.norm(variety.vectors, axis=1), 1.0, rtol=1e-5)

    def test_the_level_is_the_mean_score_of_people_known_by_a_few_rows(self):
        training = crowd()
        fitted, rows = IALS(regularisation=20.0, least=1.0).fit(training), training.interactions
        total = np.zeros(90)
        for u in range(100):
            mine = np.flatnonzero(rows.user == u)[:LEVEL_ROWS]  # in order of time
            label = rows.label[mine] > 0
            person = Histories.single(rows.item[mine][label], rows.item[mine][~label])
            open_ = np.isin(np.arange(90), rows.item[mine], invert=True)
            scores = fitted.scores(person)[0].astype(np.float64)
            if scores[open_].std() > 1e-9:
                z = (scores - scores[open_].mean()) / scores[open_].std()
                total += np.where(open_, z, 0.0)
        np.testing.assert_allclose(asked()[2].level, total / 100, atol=1e-4)

    def test_progress_ends_at_one(self):
        told = []
        Variety.of(Popularity().fit(crowd()), crowd(), told.append)
        assert told == sorted(told)
        assert told[-1] == 1.0

    def test_without_text_attributes_tell_what_is_alike(self):
        features = crowd().features
        silent = replace(features, vectors=np.zeros((90, 0), dtype=np.float32))
        vectors, shelf = item_vectors(silent), np.arange(90) % 3
        np.testing.assert_allclose(vectors @ vectors.T, shelf[:, None] == shelf[None, :])
