"""Chance, popularity, own like-rate, item mean plus user mean."""

from dataclasses import replace

import numpy as np
import pytest
from tests.contracts import RankerContract
from tests.ranker.worlds import hand_typed as hand
from tests.ranker.worlds import ordinary, together, world

from fewrec.data.histories import Histories
from fewrec.ranker.baselines import (
    Chance,
    ItemCounts,
    ItemUserMean,
    LikeRate,
    Popularity,
    user_rate,
)

TRAM, BUS, TRAIN, FIG, PLUM, PEAR = range(6)


class TestChance(RankerContract):
    def ranker(self):
        return Chance()

    def test_the_seed_decides_the_order(self):
        one, two = (Chance().fit(replace(ordinary(), seed=seed)).order for seed in (0, 1))
        assert not np.array_equal(one, two)
        assert len(np.unique(one)) == len(one)


class TestPopularity(RankerContract):
    def ranker(self):
        return Popularity()

    def test_it_counts_likes_not_meetings(self):
        scores = Popularity().fit(hand()).scores(Histories.single())[0]
        np.testing.assert_allclose(np.expm1(scores), [3, 2, 1, 2, 1, 1], rtol=1e-6)

    def test_a_repeated_like_counts_in_the_score_and_not_among_people(self):
        rows = hand().interactions
        twice = rows.where(np.concatenate([np.arange(len(rows)), [0]]))  # ann and the tram again
        fitted = Popularity().fit(replace(hand(), interactions=twice))
        (fact,) = fitted.facts(Histories.single(), np.array([TRAM]))[0]
        assert (fact.count, fact.of) == (3, 4)
        assert np.expm1(fitted.level[TRAM]) == pytest.approx(4)

    def test_new_likes_count_when_extended(self):
        rows = hand().interactions
        fewer = replace(hand(), interactions=rows.where(np.arange(len(rows)) > 0))
        again = Popularity().fit(fewer).extended(hand())
        np.testing.assert_array_equal(again.level, Popularity().fit(hand()).level)


class TestReach(RankerContract):
    def ranker(self):
        return Popularity(weighed=False)

    def test_it_counts_people_whatever_their_likes_weigh(self):
        rows = hand().interactions
        weighed = replace(rows, weight=np.linspace(0.2, 3.0, len(rows), dtype=np.float32))
        again = weighed.where(np.concatenate([np.arange(len(rows)), [0, 0]]))
        fitted = Popularity(weighed=False).fit(replace(hand(), interactions=again))
        np.testing.assert_allclose(np.expm1(fitted.level), [3, 2, 1, 2, 1, 1], rtol=1e-6)
        assert fitted.facts(Histories.single(), np.array([TRAM]))[0][0].part == "reach"

    def test_it_is_told_apart_only_where_likes_differ_in_weight(self):
        rows = hand().interactions
        assert not rows.likes_differ
        half = np.where(rows.item == BUS, 0.5, 1.0).astype(np.float32)
        assert replace(rows, weight=half).likes_differ
        assert not rows.where(np.zeros(0, dtype=np.int64)).likes_differ


class TestLikeRate(RankerContract):
    def ranker(self):
        return LikeRate()

    def test_each_person_has_one_score_for_everything(self):
        people = together(
            Histories.single(), Histories.single([TRAM]), Histories.single([], [FIG, PLUM])
        )
        scores = LikeRate().fit(hand()).scores(people)
        base = 10 / 13
        wanted = [base, (1 + 2 * base) / 3, 2 * base / 4]
        np.testing.assert_allclose(scores, np.repeat(np.array(wanted)[:, None], 6, 1), rtol=1e-6)

    def test_weights_count(self):
        strong = replace(Histories.single([TRAM], [FIG]), weight=np.float32([3, 1]))
        assert user_rate(strong, 0.5) == pytest.approx((3 + 1) / (4 + 2))


class TestItemUserMean(RankerContract):
    def ranker(self):
        return ItemUserMean()

    def test_scores_by_hand(self):
        base = 10 / 13
        likes, met = np.array([3, 2, 1, 2, 1, 1]), np.array([3, 2, 2, 2, 2, 2])
        mean = (likes + 5 * base) / (met + 5)
        person = Histories.single([TRAIN], [TRAM])
        leniency = ((1 - mean[TRAIN]) + (0 - mean[TRAM])) / (2 + 3)
        scores = ItemUserMean().fit(hand()).scores(person)[0]
        np.testing.assert_allclose(scores, mean + leniency, rtol=1e-6)

    def test_strengths_stay_when_extended(self):
        ranker = ItemUserMean(item_strength=1.0, user_strength=0.5)
        fitted = ranker.fit(hand())
        person = Histories.single([TRAM])
        np.testing.assert_array_equal(fitted.extended(hand()).scores(person), fitted.scores(person))


def test_counts_of_a_typed_world():
    counts = ItemCounts.of(hand().interactions)
    np.testing.assert_array_equal(counts.liked, [3, 2, 1, 2, 1, 1])
    np.testing.assert_array_equal(counts.met, [3, 2, 2, 2, 2, 2])
    np.testing.assert_array_equal(counts.people, [3, 2, 1, 2, 1, 1])
    assert counts.users == 4
    assert counts.base_rate == pytest.approx(10 / 13)


def test_without_rows_the_base_rate_is_a_half():
    assert ItemCounts.of(world("no rows").interactions).base_rate == 0.5
