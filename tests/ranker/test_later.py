"""What later rows teach: a planted mood, planted tastes, and the many cases without later rows."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.data.toy import toy_world
from fewrec.metrics.preference import auc
from fewrec.protocols import Training
from fewrec.ranker.fusion import Fusion
from fewrec.ranker.later import HALF_LIVES, Later
from fewrec.ranker.rating_factors import RatingFactors, ratings_of
from fewrec.ranker.residuals import ResidualKNN
from fewrec.recommender.rankers import EXPERTS
from fewrec.recommender.storage import _put_together, _taken_apart

NAMES = ("popularity", "residual-knn")


def training_of(rows, dataset):
    return Training(rows, ItemFeatures.nothing(len(dataset.catalog)), dataset.people)


@pytest.fixture(scope="module")
def world():
    return toy_world(users=150, per_shelf=48)


@pytest.fixture(scope="module")
def moody(world):
    """Labels drawn by a mood that drifts slowly, person by person, whatever the item."""
    rows, random = world.interactions, np.random.default_rng(3)
    order, bounds = rows.by_user
    label = np.zeros(len(rows), dtype=np.float32)
    for start, end in pairwise(bounds):
        drift = np.cumsum(random.normal(0, 0.7, end - start))
        label[order[start:end]] = random.random(end - start) < 1 / (1 + np.exp(-drift))
    return replace(rows, label=label, value=label)


@pytest.fixture(scope="module")
def fitted(moody, world):
    fusion = Fusion({name: EXPERTS[name]() for name in NAMES}, ())
    return fusion.fit(training_of(moody, world))


def test_a_drifting_mood_is_learned_and_moves_the_answer(fitted, moody):
    assert fitted.later is not None
    assert fitted.later.weights[-len(HALF_LIVES) :].sum() > 0.5
    item = np.arange(20)
    glad = Histories.single()
    rising = replace(
        glad,
        start=np.array([0, 20]),
        item=item,
        label=(item >= 10).astype(np.float32),
        weight=np.ones(20, dtype=np.float32),
    )
    falling = replace(rising, label=1 - rising.label)
    up, down = (fitted.probabilities(people).mean() for people in (rising, falling))
    assert up > down + 0.1


def test_it_ranks_held_out_rows_better_than_without(moody, world):
    rows = moody
    order, bounds = rows.by_user
    held = np.zeros(len(rows), dtype=bool)
    for start, end in pairwise(bounds):
        held[order[end - max(1, (end - start) // 10) : end]] = True
    made = {name: EXPERTS[name]() for name in NAMES}
    learned = training_of(rows.where(~held), world)
    asked, values = rows.where(held), []
    for later in (Later(), None):
        fusion = Fusion(made, (), later=later).fit(learned)
        chance = fusion.probabilities(learned.interactions.histories())
        values.append(auc(chance[asked.user, asked.item], asked.label))
    assert values[0] > values[1] + 0.01


def test_strangers_are_answered_as_if_there_were_no_later_rows(fitted):
    plain = replace(fitted, later=None)
    stranger = Histories.single()
    assert np.array_equal(fitted.probabilities(stranger), plain.probabilities(stranger))
    assert np.array_equal(fitted.scores(stranger), plain.scores(stranger))


def test_parts_add_up_to_the_answer(fitted, moody):
    people = moody.histories(np.array([3, 4, 5]))
    item = np.array([1, 7, 30])
    whole = fitted.logits(people, fitted.item_logits[None, :])[np.arange(3), item]
    np.testing.assert_allclose(fitted.pair_logits(people, item), whole, atol=1e-4)
    assert fitted.pair_parts(people, item)["later"].any()


def test_without_times_dislikes_or_rows_nothing_is_learned(world):
    rows, experts = world.interactions, {"residual-knn": ResidualKNN()}

    def signals(*given):
        pytest.fail("nothing is to be asked")

    for bare in (
        replace(rows, timestamp=np.full(len(rows), np.nan)),
        replace(rows, has_negatives=False),
        rows.where(np.zeros(len(rows), dtype=bool)),
        rows.where(np.unique(rows.user, return_index=True)[1]),
    ):
        assert Later().fit(experts, training_of(bare, world), signals) is None


def test_it_is_saved_with_the_model_and_grows_with_the_catalogue(fitted, moody, world):
    class Known:
        features = ItemFeatures.nothing(len(world.catalog))
        fitted_rows = 1

    arrays, plain = _taken_apart(Known, fitted, Later())
    again = _put_together(arrays, plain)
    people = moody.histories(np.arange(5))
    assert np.array_equal(again.probabilities(people), fitted.probabilities(people))
    taste = fitted.later.moods.taste
    assert taste.widened(160).scores(people).shape == (5, 160)
    assert np.array_equal(taste.widened(160).scores(people)[:, :144], taste.scores(people))


def test_factors_expect_more_of_what_ones_own_kind_rates_higher(world):
    rows, random = world.interactions, np.random.default_rng(5)
    side = np.where((rows.user % 2) == (rows.item % 2), 1.0, -1.0)
    value = np.clip(np.round(3 + 1.5 * side + random.normal(0, 0.5, len(rows))), 1, 5)
    rated = replace(rows, value=value.astype(np.float32), label=(value >= 4).astype(np.float32))
    found = RatingFactors(factors=2, penalty=3.0).fit(training_of(rated, world))
    even = Histories.single(likes=[0, 2, 4, 6, 8], dislikes=[1, 3, 5, 7, 9])
    expected = found.scores(even)[0, 10:]
    assert expected[::2].min() > expected[1::2].max()
    assert np.isfinite(found.scores(Histories.single())).all()


def test_prices_and_hours_are_no_ratings(world):
    rows = world.interactions
    hours = replace(rows, value=np.linspace(0, 100, len(rows)).astype(np.float32))
    assert np.array_equal(ratings_of(hours), rows.label)
    stars = replace(rows, value=(1 + np.arange(len(rows)) % 5).astype(np.float32))
    assert np.array_equal(ratings_of(stars), stars.value)
