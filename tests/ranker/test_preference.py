"""P(like): a logistic model that knows what it was fitted on."""

import numpy as np
import pytest
from scipy import optimize

from fewrec.ranker import preference as module
from fewrec.ranker.preference import FLOOR, Pairs, fit_preference, logit, preference_prior, sigmoid

TRUE = np.array([0.8, 0.5, 1.2, 0.0, -0.4])  # item rate, person rate, one expert that sees, level


TWO = ("ease", "ials")
"""Names of two experts."""


def pairs_of(random, rows=2000, weights=TRUE) -> Pairs:
    """Labels drawn from a logistic model of four signals."""
    signals = random.normal(size=(rows, len(weights) - 1))
    chance = sigmoid(signals @ weights[:-1] + weights[-1])
    return Pairs(signals, (random.random(rows) < chance).astype(np.float64))


def said(weights, pairs):
    return sigmoid(pairs.signals @ weights[:-1] + weights[-1])


def log_loss(chance, label):
    return -np.mean(label * np.log(chance) + (1 - label) * np.log(1 - chance))


def test_logit_and_sigmoid_are_inverse():
    inside = np.array([FLOOR, 0.01, 0.5, 0.9, 1 - FLOOR])
    np.testing.assert_allclose(sigmoid(logit(inside)), inside)
    assert float(logit(0.5)) == 0.0


@pytest.mark.parametrize("edge", (0.0, 1.0))
def test_the_logit_of_certainty_is_finite(edge):
    assert np.isfinite(logit(edge))
    assert float(sigmoid(logit(edge))) == pytest.approx(edge, abs=2 * FLOOR)


def test_the_sigmoid_of_anything_is_a_probability():
    with np.errstate(all="raise"):
        values = sigmoid(np.array([-1e9, -30.0, 0.0, 30.0, 1e9]))
    assert ((values >= 0) & (values <= 1)).all()


def test_weights_of_the_drawing_model_are_found(random):
    (found,) = fit_preference({0: pairs_of(random, 20_000)}, TWO, base_logit=-0.4)
    np.testing.assert_allclose(found, TRUE, atol=0.1)


def test_it_is_calibrated_on_people_it_did_not_see(random):
    (found,) = fit_preference({0: pairs_of(random)}, TWO, base_logit=0.0)
    fresh = pairs_of(random, 20_000)
    chance = said(found, fresh)
    for low in np.arange(0.0, 1.0, 0.2):
        at = (chance >= low) & (chance < low + 0.2)
        assert fresh.label[at].mean() == pytest.approx(chance[at].mean(), abs=0.05)
    base = np.full(len(fresh.label), fresh.label.mean())
    assert log_loss(chance, fresh.label) < 0.9 * log_loss(base, fresh.label)


def test_without_pairs_the_prior_speaks():
    empty = Pairs(np.zeros((0, 4)), np.zeros(0))
    (found,) = fit_preference({0: empty}, TWO, base_logit=-1.5)
    np.testing.assert_allclose(found, [1, 1, 0, 0, -1.5], atol=1e-6)
    np.testing.assert_array_equal(preference_prior(TWO), [1, 1, 0, 0, 0])
    np.testing.assert_array_equal(preference_prior(("ease", "residual-knn")), [1, 1, 0, 1, 0])


def test_few_pairs_stay_near_the_prior(random):
    few = fit_preference({0: pairs_of(random, 5)}, TWO, base_logit=0.0)[0]
    many = fit_preference({0: pairs_of(random, 5000)}, TWO, base_logit=0.0)[0]
    prior = preference_prior(TWO)
    assert np.abs(few - prior).max() < 0.3 < np.abs(many - prior).max()


def test_knots_are_tied_as_strongly_as_asked(random):
    opposite = -TRUE
    pairs = {0: pairs_of(random), 5: pairs_of(random, weights=opposite)}
    loose, tied = (
        fit_preference(pairs, TWO, base_logit=0.0, smoothness=smooth) for smooth in (0.0, 1e6)
    )
    assert np.abs(loose[1] - loose[0]).max() > 1.0
    assert np.abs(tied[1] - tied[0]).max() < 0.01


def test_a_knot_without_pairs_follows_its_neighbours(random):
    pairs = {0: pairs_of(random), 3: Pairs(np.zeros((0, 4)), np.zeros(0)), 9: pairs_of(random)}
    found = fit_preference(pairs, TWO, base_logit=0.0)
    between = (found[0] + found[2]) / 2
    assert np.abs(found[1] - between).max() < 0.3


def test_the_gradient_is_that_of_finite_differences(monkeypatch, random):
    caught = {}
    minimize = optimize.minimize

    def catch(loss, start, **options):
        caught.update(loss=loss, start=start)
        return minimize(loss, start, **options)

    monkeypatch.setattr(module.optimize, "minimize", catch)
    fit_preference({0: pairs_of(random, 30), 4: pairs_of(random, 40)}, TWO, base_logit=0.3)
    at = caught["start"] + random.normal(size=len(caught["start"]))
    wrong = optimize.check_grad(lambda x: caught["loss"](x)[0], lambda x: caught["loss"](x)[1], at)
    assert wrong < 1e-4
