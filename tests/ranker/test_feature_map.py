"""Tastes of crowds carried to new items by their features."""

import numpy as np
import pytest
from tests.contracts import TasteContract
from tests.ranker.worlds import KNOWN, NEW, ordinary, world

from fewrec.data.histories import Histories
from fewrec.ranker.feature_map import FeatureMap
from fewrec.ranker.ials import IALS


class TestFeatureMap(TasteContract):
    reads_items = True

    def ranker(self):
        return FeatureMap()

    @pytest.mark.parametrize("shelf", range(3))
    def test_a_new_item_of_the_right_shelf_beats_the_other_new_ones(self, shelf):
        person = Histories.single([shelf * 8, shelf * 8 + 1])
        scores = self.fitted().scores(person)[0, list(NEW)]
        assert scores.argmax() == shelf
        assert scores[shelf] > 2 * np.delete(scores, shelf).max()

    def test_candidates_are_mapped_and_tastes_are_learned(self):
        fitted, crowd = (
            self.fitted(),
            IALS(factors=32, regularisation=20.0, least=1.0).fit(ordinary()),
        )
        person = Histories.single([0, 9], [17])
        wanted = crowd.tastes(person) @ fitted.mapped.T
        np.testing.assert_allclose(fitted.scores(person), wanted, rtol=1e-5)

    def test_mapped_factors_resemble_the_learned_ones(self):
        fitted = self.fitted()
        met = np.delete(np.arange(KNOWN), NEW)
        learned, mapped = fitted.crowd.factors[met], fitted.mapped[met]
        spread = ((learned - learned.mean(axis=0)) ** 2).sum()
        assert ((learned - mapped) ** 2).sum() < 0.3 * spread

    def test_without_features_it_has_nothing_to_say(self):
        scores = FeatureMap().fit(world("nothing described")).scores(Histories.single([0]))[0]
        np.testing.assert_allclose(scores, scores[0], rtol=1e-5)
