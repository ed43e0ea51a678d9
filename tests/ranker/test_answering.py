"""Any ranker answers rows, and no row of another's."""

import numpy as np
import pytest
from tests.contracts import ShotModelContract
from tests.ranker.finetune.world import ITEMS, shelf_shots
from tests.ranker.shot_worlds import described

from fewrec.ranker.answering import BLOCK, Answering, as_training
from fewrec.ranker.baselines import ItemUserMean, LikeRate, Popularity
from fewrec.ranker.content import TextKNN
from fewrec.ranker.quality import ItemQuality
from fewrec.ranker.residuals import ResidualKNN

RANKERS = (Popularity, LikeRate, ItemUserMean, TextKNN, ItemQuality, ResidualKNN)


class TestAnsweringTextKNN(ShotModelContract):
    def model(self):
        return Answering(TextKNN())


class TestAnsweringItemQuality(ShotModelContract):
    def model(self):
        return Answering(ItemQuality())


class TestAnsweringResidualKNN(ShotModelContract):
    def model(self):
        return Answering(ResidualKNN())


@pytest.mark.parametrize("ranker", RANKERS)
def test_an_answer_is_the_ranker_s_score_of_that_item(ranker):
    shots, asked = shelf_shots(20), shelf_shots(2 * BLOCK + 3, seed=1)
    told = Answering(ranker()).fit(shots, described()).logits(asked.people, asked.item)
    scores = ranker().fit(as_training(shots, described())).scores(asked.people)
    np.testing.assert_allclose(told, scores[np.arange(len(asked)), asked.item], rtol=1e-5)


def test_it_learns_from_answers_and_from_histories():
    shots = shelf_shots(3)
    popular = Answering(Popularity()).fit(shots.labelled(np.ones(3)), described())
    level = np.expm1(popular.ranker.level)
    liked = np.bincount(shots.people.item, shots.people.label, minlength=ITEMS)
    np.testing.assert_allclose(level, liked + np.bincount(shots.item, minlength=ITEMS), rtol=1e-5)
