"""Trust in experts: the metric, the likelihood, the climb, and what lies between knots."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import optimize, sparse

from fewrec.metrics.ranking import ndcg, top_items
from fewrec.ranker import weights as module
from fewrec.ranker.rehearsal import KNOTS, Lists
from fewrec.ranker.weights import (
    TrustFit,
    at_counts,
    best_single,
    climb,
    fit_weights,
    most_likely,
    ndcg_of,
)


def lists_of(random, lists=60, items=80, strengths=(1.5, 0.0), likes=6) -> Lists:
    """Lists in which expert e sees the good items with the given strength, through noise."""
    relevant = np.zeros((lists, items), dtype=bool)
    for row in relevant:
        row[random.choice(items, likes, replace=False)] = True
    valid = relevant | (random.random((lists, items)) < 0.9)
    experts = [random.normal(size=(lists, items)) + s * relevant for s in strengths]
    return Lists(
        experts=(np.stack(experts, axis=1) * valid[:, None]).astype(np.float32),
        relevant=relevant,
        valid=valid,
        warmth=np.ones((lists, items), dtype=np.float32),
        likes=relevant.sum(axis=1),
        weight=np.where(valid, 1.0, 0.0).astype(np.float32),
        person=np.arange(lists),
    )


def nothing(lists):
    return {k: np.zeros_like(part.warmth) for k, part in lists.items()}


def mean_ndcg(lists, weights):
    score = np.einsum("len,e->ln", lists.experts, weights.astype(np.float32))
    return float(ndcg_of(lists, score).mean())


class TestNDCG:
    @pytest.mark.parametrize("items", (4, 10, 80))
    def test_it_is_the_metric_of_the_evaluation(self, items, random):
        lists = lists_of(random, items=items, likes=min(items - 1, 12))
        scores = random.normal(size=(60, items)).astype(np.float32)
        top = top_items(np.where(lists.valid, scores, -np.inf), 10)
        wanted = ndcg(top, sparse.csr_matrix(lists.relevant), 10)
        np.testing.assert_allclose(ndcg_of(lists, scores), wanted)

    def test_likes_that_are_no_candidates_still_count_as_missed(self, random):
        lists = lists_of(random, likes=2)
        scores = lists.relevant.astype(np.float32)
        np.testing.assert_allclose(ndcg_of(lists, scores), 1.0)
        more = replace(lists, likes=lists.likes + 8)
        assert (ndcg_of(more, scores) < 0.5).all()

    def test_empty_places_are_never_at_the_top(self, random):
        lists = lists_of(random)
        scores = np.where(lists.valid, -5.0, 9.0).astype(np.float32)
        scores[lists.relevant] = -1.0
        np.testing.assert_allclose(ndcg_of(lists, scores), 1.0)

    def test_an_expert_alone(self, random):
        lists = lists_of(random, strengths=(9.0, 0.0))
        lists.experts[:, 1] = 0.0
        alone = best_single(lists, ("sees", "silent"))
        assert alone["sees"] == pytest.approx(1.0, abs=0.01)
        assert alone["silent"] == 0.0  # ties go against the liked items


class TestClimb:
    @pytest.mark.parametrize("start", ((1.0, 1.0), (0.0, 1.0), (0.1, 5.0), (0.0, 0.0)))
    def test_it_never_ends_below_where_it_began(self, start, random):
        for _ in range(5):
            lists = lists_of(random, strengths=(1.0, 0.3))
            start_weights = np.array(start)
            offset = np.zeros_like(lists.warmth)
            found = climb(lists, start_weights, offset, passes=3)
            assert mean_ndcg(lists, found) >= mean_ndcg(lists, start_weights) - 1e-6
            assert (found >= 0).all()

    def test_from_the_summit_there_is_no_way_down(self, random):
        for _ in range(5):
            lists = lists_of(random, lists=25, strengths=(0.8, 0.0, 0.0))
            offset = np.zeros_like(lists.warmth)
            summit = climb(lists, np.array([1.0, 0.1, 0.1]), offset, passes=10)
            again = climb(lists, summit, offset, passes=1)
            assert mean_ndcg(lists, again) >= mean_ndcg(lists, summit) - 1e-6

    def test_it_leaves_noise_behind(self, random):
        lists = lists_of(random, lists=200, strengths=(1.5, 0.0))
        found = climb(lists, np.array([0.5, 1.0]), np.zeros_like(lists.warmth), passes=4)
        assert found[1] < 0.3 * found[0]

    def test_it_starts_from_what_is_settled(self, random):
        lists = lists_of(random, strengths=(0.0, 0.0))
        settled = (9.0 * lists.relevant).astype(np.float32)
        found = climb(lists, np.array([0.3, 0.3]), settled, passes=2)
        score = settled + np.einsum("len,e->ln", lists.experts, found.astype(np.float32))
        assert ndcg_of(lists, score).mean() >= 0.999

    def test_no_pass_changes_nothing(self, random):
        lists = lists_of(random)
        start = np.array([0.2, 0.7])
        np.testing.assert_array_equal(climb(lists, start, np.zeros_like(lists.warmth), 0), start)


class TestLikelihood:
    @pytest.fixture
    def problem(self, monkeypatch, random):
        """The loss that is minimised, caught on its way to the optimiser."""
        lists = {k: lists_of(random, lists=20, strengths=(1.0, 0.5, 0.0)) for k in (0, 3, 10)}
        prior = random.random((3, 3))
        caught = {}

        def catch(loss, start, **options):
            caught.update(loss=loss, start=start, found=minimize(loss, start, **options).x)
            return minimize(loss, start, **options)

        minimize = optimize.minimize
        monkeypatch.setattr(module.optimize, "minimize", catch)
        theta = most_likely(lists, prior, nothing(lists), TrustFit(5.0, 7.0))
        np.testing.assert_array_equal(theta.ravel(), caught["found"][:9])
        return caught["loss"], caught["start"], caught["found"]

    def test_the_gradient_is_that_of_finite_differences(self, problem, random):
        loss, start, _ = problem
        for _ in range(3):
            at = start + 0.3 * random.random(len(start))
            slope = loss(at)[1]
            for n in range(len(at)):
                step = np.zeros(len(at))
                step[n] = 0.02
                measured = (loss(at + step)[0] - loss(at - step)[0]) / 0.04
                assert measured == pytest.approx(slope[n], rel=0.01, abs=0.05)

    def test_no_feasible_step_from_the_answer_lowers_the_loss(self, problem, random):
        loss, _, found = problem
        best = loss(found)[0]
        for size in (0.01, 0.1):
            for _ in range(100):
                other = found + size * random.normal(size=found.shape)
                other[:9] = np.maximum(other[:9], 0.0)
                assert loss(other)[0] >= best - 0.01

    def test_the_loss_by_hand(self, random):
        lists = lists_of(random, lists=4, items=9, strengths=(1.0,), likes=2)
        found = most_likely({0: lists}, np.array([[0.4]]), nothing({0: lists}), TrustFit(3.0, 0.0))

        def loss(parts):
            weight, level = parts
            total = 1.5 * (weight - 0.4) ** 2
            for row in range(4):
                for n in np.flatnonzero(lists.valid[row]):
                    odds = weight * float(lists.experts[row, 0, n]) + level
                    # the liked items of a list weigh 10 in all, the others as many each
                    total += 10 / 2 * (np.log1p(np.exp(odds)) - lists.relevant[row, n] * odds)
            return total

        wanted = optimize.minimize(loss, np.zeros(2)).x
        assert found[0, 0] == pytest.approx(wanted[0], abs=1e-3)

    def test_an_expert_that_sees_gets_the_weight(self, random):
        lists = {0: lists_of(random, strengths=(1.5, 0.0, -1.5))}
        found = most_likely(lists, np.full((1, 3), 0.3), nothing(lists), TrustFit(1.0, 0.0))[0]
        assert found[0] > 1.0
        assert found[1] < 0.2
        assert found[2] == 0.0  # who is always wrong is ignored, not turned around

    def test_without_evidence_the_prior_decides(self, random):
        lists = {k: lists_of(random, lists=2, strengths=(0.0, 3.0)) for k in (0, 5)}
        prior = np.array([[0.7, 0.1], [0.2, 0.4]])
        found = most_likely(lists, prior, nothing(lists), TrustFit(1e6, 0.0))
        np.testing.assert_allclose(found, prior, atol=1e-3)

    def test_smoothness_ties_neighbouring_knots(self, random):
        lists = {0: lists_of(random, strengths=(0.2,)), 1: lists_of(random, strengths=(2.0,))}
        free, tied = (
            most_likely(lists, np.full((2, 1), 0.5), nothing(lists), TrustFit(1.0, smooth))
            for smooth in (0.0, 1e6)
        )
        assert abs(float(np.diff(free, axis=0)[0, 0])) > 0.5
        assert abs(float(np.diff(tied, axis=0)[0, 0])) < 0.01


class TestFit:
    def test_what_people_left_out_confirm_is_trusted(self, random):
        """A prior that is wrong and strong: only the climb can get away from it."""
        lists = {k: lists_of(random, lists=150, strengths=(1.5, 0.0)) for k in (0, 5)}
        wrong = np.tile([0.1, 1.0], (2, 1))
        settings = TrustFit(prior_strength=1e5)
        found, trust = fit_weights(lists, wrong, nothing(lists), settings)
        assert trust > 0.0
        gained = [
            mean_ndcg(lists[k], found[q]) - mean_ndcg(lists[k], wrong[q])
            for q, k in enumerate(lists)
        ]
        assert min(gained) > 0.05

    def test_where_nothing_can_be_gained_little_is_lost(self, random):
        """Experts that are equally good and equally weighed: there is nowhere to climb."""
        equal = (0.5, 0.5, 0.5)
        lists = {k: lists_of(random, lists=40, strengths=equal) for k in (0, 5)}
        fresh = lists_of(random, lists=400, strengths=equal)
        prior = np.full((2, 3), 0.5)
        likely = most_likely(lists, prior, nothing(lists), TrustFit())
        found, trust = fit_weights(lists, prior, nothing(lists), TrustFit())
        for before, after in zip(likely, found, strict=True):
            assert mean_ndcg(fresh, after) > mean_ndcg(fresh, before) - 0.02
            assert trust > 0.0 or np.array_equal(before, after)

    def test_with_people_of_one_side_only_there_is_no_climb(self, random):
        lists = {0: lists_of(random, lists=3)}
        lists[0] = replace(lists[0], person=np.array([0, 2, 4]))
        assert fit_weights(lists, np.ones((1, 2)), nothing(lists), TrustFit())[1] == 0.0

    def test_a_handful_of_people_confirms_no_climb(self, random):
        lists = {k: lists_of(random, lists=150, strengths=(1.5, 0.0)) for k in (0, 5)}
        wrong, strong = np.tile([0.1, 1.0], (2, 1)), TrustFit(prior_strength=1e5)
        for people, climbs in ((9, False), (10, True)):
            few = {k: replace(part, person=part.person % people) for k, part in lists.items()}
            assert (fit_weights(few, wrong, nothing(few), strong)[1] > 0.0) == climbs

    def test_without_passes_it_is_the_likelihood(self, random):
        lists = {0: lists_of(random)}
        prior = np.full((1, 2), 0.5)
        found, trust = fit_weights(lists, prior, nothing(lists), TrustFit(passes=0))
        np.testing.assert_array_equal(
            found, most_likely(lists, prior, nothing(lists), TrustFit(passes=0))
        )
        assert trust == 0.0

    def test_weights_are_never_below_zero(self, random):
        lists = {k: lists_of(random, strengths=(1.0, -1.0, 0.0)) for k in (0, 2, 20)}
        found, _ = fit_weights(lists, np.full((3, 3), 0.2), nothing(lists), TrustFit())
        assert (found >= 0).all()


class TestBetweenKnots:
    WEIGHTS = np.array([[0.0, 1.0], [1.0, 0.5], [2.0, 0.0]])

    def test_at_a_knot_it_is_the_knots(self):
        found = at_counts(self.WEIGHTS, (0, 3, 10), np.array([0, 3, 10]))
        np.testing.assert_allclose(found, self.WEIGHTS)

    def test_between_knots_it_is_linear_in_the_logarithm(self):
        # log(1 + 1) is half of log(1 + 3)
        found = at_counts(self.WEIGHTS, (0, 3, 10), np.array([1]))
        np.testing.assert_allclose(found, [[0.5, 0.75]])

    def test_beyond_the_last_knot_it_stays(self):
        found = at_counts(self.WEIGHTS, (0, 3, 10), np.array([11, 100_000]))
        np.testing.assert_allclose(found, [[2.0, 0.0], [2.0, 0.0]])

    def test_nothing_jumps_when_one_more_click_arrives(self, random):
        weights = random.random((len(KNOTS), 3))
        steps = np.abs(np.diff(at_counts(weights, KNOTS, np.arange(200)), axis=0))
        largest = np.abs(np.diff(weights, axis=0)).max()
        assert steps.max() <= largest + 1e-12

    def test_nobody_gets_no_weights(self):
        none = np.zeros(0, dtype=np.int64)
        assert at_counts(self.WEIGHTS, (0, 3, 10), none).shape == (0, 2)
