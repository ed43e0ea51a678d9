"""Residual neighbours: by loops on a hand-typed world, and what dislikes mean."""

from dataclasses import replace

import numpy as np
import pytest
from tests.contracts import TasteContract
from tests.ranker.worlds import KNOWN, everybody, ordinary
from tests.ranker.worlds import hand_typed as hand

from fewrec.data.histories import Histories
from fewrec.ranker.residuals import ResidualKNN


def left_by_loops():
    """Label minus item mean minus leniency of the 4 people and 6 items. Shape [4, 6]."""
    base, rows = 10 / 13, hand().interactions
    mean = (np.array([3, 2, 1, 2, 1, 1]) + 5 * base) / (np.array([3, 2, 2, 2, 2, 2]) + 5)
    left = np.zeros((4, 6))
    for u in range(4):
        mine = rows.user == u
        leniency = (rows.label[mine] - mean[rows.item[mine]]).sum() / (mine.sum() + 3)
        for i, label in zip(rows.item[mine], rows.label[mine], strict=True):
            left[u, i] = label - mean[i] - leniency
    return left


class TestResidualKNN(TasteContract):
    def ranker(self):
        return ResidualKNN()

    def test_shrunk_correlations_by_loops(self):
        left, shrink, prior = left_by_loops(), 2.0, 0.5
        weights = np.zeros((6, 6))
        for i in range(6):
            for j in range(6):
                both = ((left[:, i] != 0) & (left[:, j] != 0)).sum()
                size = np.linalg.norm(left[:, i]) * np.linalg.norm(left[:, j])
                if i != j and both:
                    alike = left[:, i] @ left[:, j] / size
                    weights[i, j] = max(alike, 0.0) * both / (both + shrink)
        fitted = ResidualKNN(shrink=shrink, prior=prior).fit(hand())
        np.testing.assert_allclose(fitted.weights.toarray(), weights, atol=1e-6)
        expected = (left @ weights) / ((left != 0) @ weights + prior)
        scores = fitted.scores(hand().interactions.histories())
        np.testing.assert_allclose(scores, expected, atol=1e-6)

    def test_a_dislike_speaks_against_the_shelf(self):
        scores = ResidualKNN().fit(ordinary()).scores(Histories.single([], [0]))[0]
        assert scores[1:7].max() < scores[8:15].min()

    @pytest.mark.parametrize("weight", (0.1, 1.0, 9.0))
    def test_a_score_is_a_mean_of_residuals_whatever_rows_weigh(self, weight):
        fitted = ResidualKNN().fit(ordinary())
        for person in everybody(KNOWN).values():
            heavy = replace(person, weight=person.weight * np.float32(weight))
            leniency = fitted.means.leniency(heavy)[0]
            left = heavy.label - fitted.means.mean[heavy.item] - leniency
            largest = np.abs(left).max(initial=0.0)
            assert np.abs(fitted.scores(heavy)).max() <= largest + 1e-6

    def test_facts_carry_the_share_of_each_like(self):
        fitted = ResidualKNN().fit(ordinary())
        person = Histories.single([0])
        (alone,) = fitted.facts(person, np.array([1]))[0]
        assert alone.item == fitted.items[0]
        assert alone.amount == pytest.approx(fitted.scores(person)[0, 1], rel=1e-5)
