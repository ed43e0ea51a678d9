"""The item prior: regression from features, then the posterior by hand."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from tests.contracts import RankerContract
from tests.ranker.worlds import NEW, labelled, ordinary, world
from tests.ranker.worlds import hand_typed as hand

from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.data.ids import IdMap
from fewrec.data.people import People
from fewrec.protocols import Training
from fewrec.ranker.baselines import ItemCounts
from fewrec.ranker.prior import FittedItemPrior, ItemPrior, Regression

TRAM, BUS, TRAIN, FIG, PLUM, PEAR = range(6)


class TestItemPrior(RankerContract):
    def ranker(self):
        return ItemPrior()

    def test_everybody_gets_the_same(self):
        fitted = self.fitted()
        np.testing.assert_array_equal(
            fitted.scores(Histories.single([0])), fitted.scores(Histories.single())
        )

    def test_a_new_item_like_popular_ones_promises_more(self, random):
        fitted = ItemPrior().fit(taste_for_first_column(random))
        new_good, new_bad = fitted.promise[-2:]
        assert new_good > fitted.promise.mean() > new_bad
        assert fitted.rate[-2] > 0.6 > 0.4 > fitted.rate[-1]

    def test_only_items_nobody_met_are_called_new(self, random):
        training = taste_for_first_column(random)
        about = ItemPrior().fit(training).facts(Histories.single(), np.arange(62))
        assert [i for i, facts in enumerate(about) if facts] == [60]

    def test_features_that_tell_are_believed_more(self, random):
        training = taste_for_first_column(random)
        noise = random.normal(size=(62, 1)).astype(np.float32)
        told = ItemPrior().fit(training)
        noisy = ItemPrior().fit(
            replace(training, features=replace(training.features, numbers=noise))
        )
        assert told.regression.strength > noisy.regression.strength

    def test_without_rows_a_like_is_as_likely_as_not(self):
        fitted = ItemPrior().fit(world("no rows"))
        np.testing.assert_allclose(fitted.rate, 0.5)

    def test_without_features_all_new_items_are_equal(self):
        fitted = ItemPrior().fit(world("nothing described"))
        assert len(np.unique(fitted.level[list(NEW)])) == 1
        counts = ItemCounts.of(ordinary().interactions)
        known = counts.met > 0
        expected = np.average(counts.rate(1.0)[known], weights=counts.met[known])
        np.testing.assert_allclose(fitted.rate[list(NEW)], expected, rtol=1e-6)


def test_the_posterior_by_hand():
    # The regression says: met 4 times, liked half of the time, worth 10 rows.
    nothing, counts = ItemFeatures.nothing(6), ItemCounts.of(hand().interactions)
    regression = constant(np.log1p(4.0), 0.5, 10.0)
    fitted = FittedItemPrior.of(regression, nothing, counts)
    np.testing.assert_allclose(fitted.rate[TRAM], (3 + 10 * 0.5) / (3 + 10), rtol=1e-6)
    np.testing.assert_allclose(fitted.rate[PLUM], (1 + 10 * 0.5) / (2 + 10), rtol=1e-6)
    promise = np.log1p(4 * 0.5)
    np.testing.assert_allclose(fitted.promise, promise, rtol=1e-6)
    wanted = 3 / 4 * np.log1p(3) + 1 / 4 * promise
    np.testing.assert_allclose(fitted.level[TRAM], wanted, rtol=1e-6)


def test_more_rows_move_an_item_to_what_was_observed():
    regression = constant(0.0, 0.5, 10.0)
    rates = []
    for likes in (0, 1, 10, 100, 1000):
        counts = ItemCounts(
            np.array([float(likes)]), np.array([float(likes)]), np.array([likes]), 1000
        )
        rates.append(float(FittedItemPrior.of(regression, ItemFeatures.nothing(1), counts).rate[0]))
    assert rates == sorted(rates)
    assert rates[0] == 0.5
    assert rates[-1] > 0.99


def test_predictions_stay_in_their_range():
    counts = ItemCounts(np.zeros(1), np.zeros(1), np.zeros(1, dtype=np.int64), 0)
    high = FittedItemPrior.of(constant(-3.0, 4.0, 2.0), ItemFeatures.nothing(1), counts)
    assert float(high.rate[0]) == pytest.approx(0.99)
    assert float(high.level[0]) == 0.0


def constant(met: float, rate: float, strength: float) -> Regression:
    """A regression that says the same of every item."""
    none = np.zeros((0, 0), dtype=np.float32)
    return Regression(
        mean=np.zeros(0, dtype=np.float32),
        text=none,
        kept=np.zeros(0, dtype=np.int64),
        idf=np.zeros(0),
        attributes=none,
        size=np.zeros(2),
        weights=np.zeros((1, 2)),
        intercept=np.array([met, rate]),
        loud=(0.0, 0.0),
        strength=strength,
    )


def taste_for_first_column(random) -> Training:
    """60 items met by 40 people who like what has a high number, and two new items."""
    items, users = (
        IdMap(tuple(f"i{n}" for n in range(62))),
        IdMap(tuple(f"u{n}" for n in range(40))),
    )
    number = random.normal(size=60)
    rows = [
        (u, i, float(random.random() < 1 / (1 + np.exp(-3 * number[i]))))
        for u in range(40)
        for i in range(60)
        if random.random() < 0.5 / (1 + np.exp(-2 * number[i]))
    ]
    numbers = np.append(number, [2.0, -2.0])[:, None].astype(np.float32)
    features = ItemFeatures(
        np.zeros((62, 0), dtype=np.float32), numbers, sparse.csr_matrix((62, 0)), ()
    )
    return Training(labelled(users, items, rows), features, People.unknown(users))
