"""Coordinates of features, and ridge regression against brute force."""

from dataclasses import replace

import numpy as np
import pytest
from tests.ranker.worlds import grown, ordinary, world

from fewrec.data.features import ItemFeatures
from fewrec.ranker.feature_space import PENALTIES, FeatureSpace, Ridge, best_ridge, mean_vector


def ridge_by_hand(rows, targets, weight, penalty):
    """Weights and intercept of the weighted ridge regression, the intercept unpenalised."""
    share = weight / weight.mean()
    centre, mean = np.average(rows, 0, share), np.average(targets, 0, share)
    moved = rows - centre
    system = moved.T @ (share[:, None] * moved) + penalty * np.eye(rows.shape[1])
    weights = np.linalg.solve(system, moved.T @ (share[:, None] * (targets - mean)))
    return weights, mean - centre @ weights


def left_out_error(rows, targets, penalty):
    """Mean squared error of each row predicted from all the others."""
    wrong = []
    for n in range(len(rows)):
        others = np.delete(np.arange(len(rows)), n)
        weights, intercept = ridge_by_hand(
            rows[others], targets[others], np.ones(len(others)), penalty
        )
        wrong.append(((targets[n] - rows[n] @ weights - intercept) ** 2).sum())
    return float(np.mean(wrong))


class TestRidge:
    @pytest.mark.parametrize("shape", ((50, 4), (20, 40)))
    @pytest.mark.parametrize("noise", (0.05, 1.0, 20.0))
    def test_the_penalty_is_nearly_the_best_by_leave_one_out(self, shape, noise, random):
        rows = random.normal(size=shape)
        targets = rows @ random.normal(size=(shape[1], 2)) + noise * random.normal(
            size=(shape[0], 2)
        )
        fitted = Ridge.fit(rows, targets, np.ones(shape[0]))
        errors = {p: left_out_error(rows, targets, p) for p in PENALTIES}
        (chosen,) = (
            p
            for p in PENALTIES
            if np.allclose(ridge_by_hand(rows, targets, np.ones(shape[0]), p)[0], fitted.weights)
        )
        assert errors[chosen] <= 1.15 * min(errors.values())

    def test_the_error_is_about_that_of_leave_one_out(self, random):
        rows = random.normal(size=(120, 5))
        targets = rows @ random.normal(size=(5, 1)) + random.normal(size=(120, 1))
        fitted = Ridge.fit(rows, targets, np.ones(120))
        best = min(left_out_error(rows, targets, p) for p in PENALTIES)
        assert fitted.error == pytest.approx(best, rel=0.05)

    def test_clean_signals_get_small_penalties_and_noise_large_ones(self, random):
        rows = random.normal(size=(60, 3))
        signal = rows @ np.array([[1.0], [-2.0], [0.5]])
        clean = Ridge.fit(rows, signal, np.ones(60))
        noise = Ridge.fit(rows, random.normal(size=(60, 1)), np.ones(60))
        np.testing.assert_allclose(clean.predict(rows), signal, atol=0.2)
        assert np.abs(noise.weights).max() < 0.1 * np.abs(clean.weights).max()

    def test_a_weight_of_two_is_a_row_twice(self, random):
        rows, targets = random.normal(size=(30, 3)), random.normal(size=(30, 1))
        weight = np.where(np.arange(30) < 10, 2.0, 1.0)
        wanted, intercept = ridge_by_hand(rows, targets, weight, 10.0)
        again = np.concatenate([np.arange(30), np.arange(10)])
        # the same system: 40 rows of weight 1 stand for 30 of mean weight 4/3
        repeated, same = ridge_by_hand(rows[again], targets[again], np.ones(40), 10.0 * 4 / 3)
        np.testing.assert_allclose(wanted, repeated)
        np.testing.assert_allclose(intercept, same)
        fitted = Ridge.fit(rows, targets, weight)
        assert any(
            np.allclose(fitted.weights, ridge_by_hand(rows, targets, weight, p)[0])
            for p in PENALTIES
        )

    def test_a_shift_of_the_targets_moves_the_intercept_alone(self, random):
        rows, targets = random.normal(size=(30, 3)), random.normal(size=(30, 1))
        one, two = (Ridge.fit(rows, targets + shift, np.ones(30)) for shift in (0.0, 100.0))
        np.testing.assert_allclose(one.weights, two.weights, atol=1e-8)
        np.testing.assert_allclose(two.intercept - one.intercept, 100.0)

    @pytest.mark.parametrize("known", (0, 1, 2))
    def test_with_less_than_three_rows_it_is_a_constant(self, known):
        rows, targets = np.ones((known, 2)), np.arange(known)[:, None] + 3.0
        fitted = Ridge.fit(rows, targets, np.ones(known))
        wanted = targets.mean() if known else 0.0
        np.testing.assert_allclose(fitted.predict(np.full((4, 2), 9.0)), wanted)
        assert fitted.error > 0


class TestFeatureSpace:
    def test_blocks_have_mean_square_length_one(self):
        text, attributes, _ = FeatureSpace.of(ordinary().features).blocks(ordinary().features)
        for block in (text, attributes):
            assert (block**2).sum(axis=1).mean() == pytest.approx(1.0, rel=1e-4)

    def test_coordinates_keep_the_distances_of_texts(self):
        vectors = ordinary().features.vectors
        text = FeatureSpace.of(ordinary().features).blocks(ordinary().features)[0]
        near = _distances(vectors)
        scale = np.median(_distances(text)[near > 0] / near[near > 0])
        np.testing.assert_allclose(_distances(text), scale * near, atol=1e-2)

    def test_newcomers_leave_the_coordinates_of_the_others(self):
        space = FeatureSpace.of(ordinary().features)
        before = space.coordinates(ordinary().features, 0.3)
        after = space.coordinates(grown(with_rows=False).features, 0.3)
        np.testing.assert_allclose(after[: len(before)], before, atol=1e-6)

    def test_an_item_without_text_sits_in_the_middle(self):
        features = ordinary().features
        vectors = features.vectors.copy()
        vectors[3] = 0
        silent = replace(features, vectors=vectors)
        space = FeatureSpace.of(silent)
        assert not space.blocks(silent)[0][3].any()
        np.testing.assert_allclose(
            space.mean, np.delete(vectors, 3, axis=0).mean(axis=0), atol=1e-6
        )

    def test_of_nothing_there_is_one_empty_coordinate(self):
        nothing = ItemFeatures.nothing(5)
        coordinates = FeatureSpace.of(nothing).coordinates(nothing, 1.0)
        assert coordinates.shape == (5, 1)
        assert not coordinates.any()

    def test_most_directions_are_kept_first(self):
        space = FeatureSpace.of(ordinary().features, text=2, attributes=1)
        text, attributes, _ = space.blocks(ordinary().features)
        assert (text.shape[1], attributes.shape[1]) == (2, 1)
        assert (text[:, 0] ** 2).sum() >= (text[:, 1] ** 2).sum()


def test_attributes_speak_as_loud_as_they_are_worth(random):
    features = ordinary().features
    space = FeatureSpace.of(features)
    known = np.arange(len(features))
    shelf = (known // 8 == 1).astype(np.float64)[:, None]
    _, loud = best_ridge(space, features, known, shelf, np.ones(len(known)))
    assert loud == 1.0
    without = replace(features, attributes=features.attributes[:, :0], attribute_names=())
    _, silent = best_ridge(FeatureSpace.of(without), without, known, shelf, np.ones(len(known)))
    assert silent == 0.0


def test_the_mean_of_no_text_is_zero():
    np.testing.assert_array_equal(mean_vector(np.zeros((3, 2), dtype=np.float32)), [0, 0])
    assert mean_vector(world("nothing described").features.vectors).shape == (0,)


def _distances(rows):
    return np.linalg.norm(rows[:, None] - rows[None], axis=2)


class TestByDirection:
    def test_columns_have_a_mean_square_norm_of_one_and_rows_no_mean(self):
        features = ordinary().features
        rows = FeatureSpace.of(features).by_direction(features)
        assert (rows**2).sum() / rows.shape[1] == pytest.approx(1.0, rel=1e-4)
        np.testing.assert_allclose(rows.mean(axis=1), 0.0, atol=1e-5)

    @pytest.mark.parametrize("items", (1, 7, 50, 333))
    def test_items_that_are_described_alike_have_nothing_of_their_own(self, items, random):
        text = random.normal(size=16).astype(np.float32)
        same = np.tile(text / np.linalg.norm(text), (items, 1))
        features = replace(ItemFeatures.nothing(items), vectors=same)
        assert not FeatureSpace.of(features).by_direction(features).any()

    def test_no_items_have_no_columns(self):
        features = ordinary().features
        nobody = features.where(np.zeros(0, dtype=np.int64))
        assert FeatureSpace.of(features).by_direction(nobody).shape[1] == 0
