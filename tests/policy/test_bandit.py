"""The linear head: exact against the closed form, better with every reaction, plain to store."""

from dataclasses import replace

import numpy as np
import pytest
from tests.ranker.worlds import crowd, world

from fewrec.errors import ConfigError, EmptyData
from fewrec.policy.bandit import DIRECTIONS, Belief, FitLinearHead, LinearHead, item_inputs
from fewrec.ranker.ials import IALS
from fewrec.ranker.saving import pack, unpack
from fewrec.seeding import generator


def head() -> LinearHead:
    training = crowd()
    inputs = item_inputs(training.interactions, IALS(factors=8).fit(training).factors)
    return FitLinearHead().fit(training.interactions, inputs)


@pytest.fixture(scope="module")
def fitted() -> LinearHead:
    return head()


def reactions(head, count, seed=0):
    random = generator(seed, "reactions")
    items = random.integers(0, len(head.inputs), size=count)
    return items, (random.random(count) < 0.5).astype(np.float32)


def by_formula(head, items, rewards):
    """(S^-1 + X'X / v)^-1 and its mean, by inverting, in float64."""
    x, s = head.inputs[items].astype(float), np.linalg.inv(head.covariance.astype(float))
    covariance = np.linalg.inv(s + x.T @ x / head.noise)
    return covariance @ (s @ head.mean + x.T @ rewards / head.noise), covariance


class TestExactness:
    @pytest.mark.parametrize("count", [1, 7, 300])
    def test_one_by_one_is_all_at_once_is_the_formula(self, fitted, count):
        items, rewards = reactions(fitted, count)
        belief = fitted.somebody()
        for item, reward in zip(items, rewards, strict=True):
            belief = fitted.learned(belief, int(item), float(reward))
        at_once = fitted.knowing(items, rewards)
        mean, covariance = by_formula(fitted, items, rewards)
        for found in (belief, at_once):
            np.testing.assert_allclose(found.mean, mean, atol=2e-4)
            np.testing.assert_allclose(found.covariance, covariance, atol=2e-4)
            assert found.reactions == count

    def test_weights_divide_the_noise_one_by_one_as_at_once(self, fitted):
        items, rewards = reactions(fitted, 30)
        weights = generator(1, "weights").uniform(0.1, 1.0, size=30).astype(np.float32)
        belief = fitted.somebody()
        for item, reward, weight in zip(items, rewards, weights, strict=True):
            belief = fitted.learned(belief, int(item), float(reward), float(weight))
        at_once = fitted.knowing(items, rewards, weights)
        np.testing.assert_allclose(belief.mean, at_once.mean, atol=2e-4)
        np.testing.assert_allclose(belief.covariance, at_once.covariance, atol=2e-4)
        twice = fitted.knowing(np.repeat(items, 2), np.repeat(rewards, 2))
        double = fitted.knowing(items, rewards, np.full(30, 2.0, dtype=np.float32))
        np.testing.assert_allclose(twice.mean, double.mean, atol=2e-4)

    def test_no_reactions_leave_the_prior(self, fitted):
        assert fitted.knowing(np.array([], dtype=np.int64), np.array([])).mean is fitted.mean

    def test_thousands_of_updates_stay_a_covariance(self, fitted):
        items, rewards = reactions(fitted, 5000)
        belief = fitted.somebody()
        for item, reward in zip(items, rewards, strict=True):
            belief = fitted.learned(belief, int(item), float(reward))
        assert np.isfinite(belief.mean).all()
        assert np.linalg.eigvalsh(belief.covariance.astype(float)).min() > -1e-6
        everything = np.arange(len(fitted.inputs))
        assert np.isfinite(fitted.sampled(belief, everything, generator(0))).all()

    def test_it_is_single_precision_throughout(self, fitted):
        belief = fitted.learned(fitted.somebody(), 3, 1.0)
        everything = np.arange(len(fitted.inputs))
        for array in (
            belief.mean,
            belief.covariance,
            fitted.upper(belief, everything),
            fitted.expected(belief, everything),
            fitted.sampled(belief, everything, generator(0)),
        ):
            assert array.dtype == np.float32

    def test_learning_changes_nobody_else(self, fitted):
        before = fitted.covariance.copy()
        first = fitted.somebody()
        fitted.learned(first, 3, 1.0)
        np.testing.assert_array_equal(first.covariance, before)


class TestScores:
    def test_a_like_lifts_what_is_alike(self, fitted):
        everything = np.arange(len(fitted.inputs))
        shelf = everything % 3  # of the crowd's world
        belief = fitted.somebody()
        before = fitted.expected(belief, everything)
        for item in (0, 3, 6, 9):
            belief = fitted.learned(belief, item, 1.0)
        for item in (1, 4, 7, 10):
            belief = fitted.learned(belief, item, 0.0)
        gain = fitted.expected(belief, everything) - before
        assert gain[shelf == 0].mean() > gain[shelf == 1].mean() + 0.05

    def test_bounds_shrink_with_reactions(self, fitted):
        everything = np.arange(len(fitted.inputs))
        few, many = (fitted.knowing(*reactions(fitted, n)) for n in (2, 200))
        room = [
            (fitted.upper(b, everything, 1.0) - fitted.expected(b, everything)) for b in (few, many)
        ]
        assert (room[1] < room[0]).all() and (room[1] > 0).all()

    def test_no_width_is_the_expectation(self, fitted):
        belief, everything = fitted.somebody(), np.arange(len(fitted.inputs))
        np.testing.assert_array_equal(
            fitted.upper(belief, everything, 0.0), fitted.expected(belief, everything)
        )

    def test_samples_have_the_belief_s_mean_and_spread(self, fitted):
        belief, items = fitted.knowing(*reactions(fitted, 5)), np.array([0, 40, 80])
        random = generator(4, "thompson")
        drawn = np.stack([fitted.sampled(belief, items, random) for _ in range(4000)])
        spread = fitted.upper(belief, items, 1.0) - fitted.expected(belief, items)
        error = (drawn.mean(axis=0) - fitted.expected(belief, items)) / spread
        assert np.abs(error).max() < 4 / np.sqrt(4000)
        np.testing.assert_allclose(drawn.std(axis=0), spread, rtol=0.06)


class TestPrior:
    def test_expectation_maximisation_finds_a_planted_prior(self):
        random = generator(9, "planted")
        training = crowd()
        users, items, count = 400, 90, 40
        inputs = np.column_stack([np.ones(items), random.normal(size=(items, 2))])
        mean, root = np.array([0.4, 0.3, -0.2]), np.diag([0.1, 0.3, 0.05])
        theta = mean + random.normal(size=(users, 3)) @ root
        item = np.concatenate([random.permutation(items)[:count] for _ in range(users)])
        user = np.repeat(np.arange(users), count)
        reward = (inputs[item] * theta[user]).sum(1) + 0.2 * random.normal(size=len(user))
        rows = replace(
            training.interactions,
            users=type(training.interactions.users)(tuple(map(str, range(users)))),
            user=user, item=item, label=reward.astype(np.float32),
            weight=np.ones(len(user), np.float32), value=reward.astype(np.float32),
            timestamp=np.arange(len(user), dtype=float),
        )  # fmt: skip
        rows.label[0] = 0.0
        found = FitLinearHead(rounds=20, strength=0).fit(rows, inputs.astype(np.float32))
        np.testing.assert_allclose(found.mean, mean, atol=0.05)
        np.testing.assert_allclose(found.covariance, root**2, atol=0.015)
        assert found.noise == pytest.approx(0.04, rel=0.1)

    def test_it_is_better_than_item_means_for_people_it_never_saw(self):
        """Mean squared error on the second half of strangers' rows, given the first half."""
        training = crowd()
        rows = training.interactions
        learned = replace(training, interactions=rows.where(rows.user < 60))
        inputs = item_inputs(learned.interactions, IALS(factors=8).fit(learned).factors)
        fitted = FitLinearHead().fit(learned.interactions, inputs)
        error = {"head": [], "nothing known": []}
        for user in range(60, 100):
            mine = np.flatnonzero(rows.user == user)
            first, second = mine[::2], mine[1::2]
            known = fitted.knowing(rows.item[first], rows.label[first])
            for name, belief in (("head", known), ("nothing known", fitted.somebody())):
                miss = rows.label[second] - fitted.expected(belief, rows.item[second])
                error[name] += (miss**2).tolist()
        assert np.mean(error["head"]) < 0.97 * np.mean(error["nothing known"])

    @pytest.mark.parametrize("name", ["no rows", "only likes"])
    def test_likes_alone_are_refused(self, name):
        training = world(name)
        inputs = item_inputs(training.interactions, np.zeros((24, 0), dtype=np.float32))
        with pytest.raises(EmptyData, match="needs rows that are likes and rows that are not"):
            FitLinearHead().fit(training.interactions, inputs)


class TestInputs:
    def test_columns_are_one_rate_and_main_directions(self):
        training = crowd()
        inputs = item_inputs(training.interactions, IALS(factors=32).fit(training).factors)
        assert inputs.shape == (90, 2 + DIRECTIONS) and inputs.dtype == np.float32
        assert (inputs[:, 0] == 1).all()
        met = np.isin(np.arange(90), training.interactions.item[training.interactions.label > 0])
        np.testing.assert_allclose(inputs[met, 2:].std(axis=0), 1.0, atol=0.1)
        assert (inputs[-3:, 2:] == 0).all()  # nobody met these

    def test_without_factors_two_columns_remain(self):
        training = crowd()
        nothing = np.zeros((90, 0), dtype=np.float32)
        fitted = FitLinearHead().fit(
            training.interactions, item_inputs(training.interactions, nothing)
        )
        assert fitted.mean.shape == (2,) and np.isfinite(fitted.mean).all()

    def test_other_columns_are_refused(self, fitted):
        with pytest.raises(
            ConfigError, match="the inputs have 3 columns, the head was fitted on 10"
        ):
            fitted.extended(np.zeros((5, 3), dtype=np.float32))

    def test_a_head_for_more_items_keeps_beliefs(self, fitted):
        more = fitted.extended(np.vstack([fitted.inputs, fitted.inputs[:2]]))
        belief = fitted.learned(fitted.somebody(), 1, 1.0)
        assert more.expected(belief, np.array([91]))[0] == fitted.expected(belief, np.array([1]))[0]


@pytest.mark.parametrize("kind", [LinearHead, Belief])
def test_it_is_stored_as_plain_arrays(fitted, kind):
    part = fitted if kind is LinearHead else fitted.learned(fitted.somebody(), 2, 1.0)
    again = unpack(kind, *pack(part))
    np.testing.assert_array_equal(again.covariance, part.covariance)
    np.testing.assert_array_equal(again.mean, part.mean)


def test_the_same_data_give_the_same_head(fitted):
    np.testing.assert_array_equal(head().covariance, fitted.covariance)
