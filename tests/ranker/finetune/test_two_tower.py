"""The two-tower model learns a taste from a few shots, alike each time, and says what it cannot."""

import numpy as np
import pytest
from tests.contracts import ShotModelContract
from tests.ranker.finetune.world import ITEMS, shelf_shots, shelf_training

from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.errors import ConfigError
from fewrec.metrics.preference import auc
from fewrec.ranker.finetune.head import Evidence, answers, forward, gradient
from fewrec.ranker.finetune.rows import Rows
from fewrec.ranker.finetune.two_tower import FittedTwoTower, TwoTower
from fewrec.ranker.saving import pack, unpack
from fewrec.seeding import generator


class TestTwoTower(ShotModelContract):
    def model(self):
        return TwoTower()


@pytest.mark.parametrize("loss", ["squared", "bce", "bpr"])
def test_a_few_shots_make_it_better_than_none(loss):
    training, test = shelf_training(), shelf_shots(400, seed=9)
    untrained = TwoTower(epochs=0).fit(shelf_shots(32), training)
    trained = TwoTower(loss=loss, learning_rate=0.05).fit(shelf_shots(32), training)
    before, after = (
        auc(model.logits(test.people, test.item), test.label) for model in (untrained, trained)
    )
    assert after > before > 0.6


def test_the_same_seed_gives_the_same_model():
    one, other = (TwoTower().fit(shelf_shots(24), shelf_training()) for _ in range(2))
    np.testing.assert_array_equal(one.head, other.head)
    third = TwoTower().fit(shelf_shots(24), shelf_training(seed=5))
    assert third.curve != one.curve


def test_no_row_looks_at_another():
    fitted = TwoTower().fit(shelf_shots(24), shelf_training())
    test = shelf_shots(30, seed=3)
    together = fitted.logits(test.people, test.item)
    rows = [test.take(np.array([n])) for n in range(30)]
    alone = [fitted.logits(row.people, row.item)[0] for row in rows]
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_logits_are_log_odds():
    shots, test = shelf_shots(120), shelf_shots(2000, seed=4)
    fitted = TwoTower(loss="bpr").fit(shots, shelf_training())
    p = 1 / (1 + np.exp(-fitted.logits(test.people, test.item)))
    assert p.mean() == pytest.approx(test.label.mean(), abs=0.08)


def test_the_head_s_gradient_is_its_derivative():
    shots, random = shelf_shots(12), generator(0)
    vectors = shelf_training().features.vectors
    seen = Evidence.of(vectors, Rows.of(shots.people, shots.item, 4))
    head, slope = random.normal(0, 0.3, vectors.shape[1] + 5), random.normal(size=12)
    found = gradient(head, seen, forward(head, seen)[1], slope)
    for place in range(len(head)):
        step = np.zeros(len(head))
        step[place] = 1e-2
        ahead, behind = answers(head + step, seen), answers(head - step, seen)
        assert found[place] == pytest.approx(slope @ (ahead - behind) / 2e-2, abs=2e-3)


def test_saved_as_arrays_and_numbers_it_answers_the_same():
    fitted, test = TwoTower().fit(shelf_shots(24), shelf_training()), shelf_shots(20, seed=1)
    back = unpack(FittedTwoTower, *pack(fitted))
    np.testing.assert_array_equal(
        back.logits(test.people, test.item), fitted.logits(test.people, test.item)
    )


@pytest.mark.parametrize("size", [0, 1, 5])
def test_shots_of_one_class_teach_no_order_and_it_says_so(size):
    shots = shelf_shots(5)
    shots = shots.labelled(np.ones(5)).take(np.arange(size))
    fitted = TwoTower().fit(shots, shelf_training())
    start = TwoTower(epochs=0).fit(shelf_shots(16), shelf_training())
    test = shelf_shots(20, seed=1)
    order, wanted = (np.argsort(m.logits(test.people, test.item)) for m in (fitted, start))
    assert order.tolist() == wanted.tolist()
    assert "no order was learned" in fitted.notes[0]


def test_empty_histories_and_items_without_text_get_finite_answers():
    training = shelf_training()
    training.features.vectors[:4] = 0
    fitted = TwoTower().fit(shelf_shots(16), training)
    nobody = Histories.single().take(np.zeros(3, dtype=np.int64))
    assert np.isfinite(fitted.logits(nobody, np.array([0, 5, 9]))).all()
    assert fitted.logits(nobody.take(np.zeros(0, dtype=np.int64)), np.zeros(0, np.int64)).size == 0


def test_without_any_text_it_learns_how_lenient_people_are():
    training = shelf_training()
    bare = type(training)(
        training.interactions, ItemFeatures.nothing(ITEMS), training.people, seed=1
    )
    fitted = TwoTower().fit(shelf_shots(16), bare)
    lenient, strict = Histories.single([0, 1, 2]), Histories.single([], [0, 1, 2])
    item = np.array([7])
    assert fitted.logits(lenient, item) > fitted.logits(strict, item)


def test_soft_labels_are_learned():
    shots = shelf_shots(40)
    fitted = TwoTower(loss="bce").fit(shots.labelled(0.25 + 0.5 * shots.label), shelf_training())
    p = fitted.scores(shots.people, shots.item)
    assert 0.25 < p.min() < p.max() < 0.75


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"history": 0}, "history must be at least 1, not 0"),
        ({"folds": 1}, "folds must be at least 2"),
        ({"epochs": -1}, "epochs must be at least 0"),
        ({"warm_up": -1}, "warm_up must be at least 0"),
        ({"echo": -0.1}, r"echo must be at least 0, not -0\.1"),
        ({"weight_decay": float("nan")}, "weight_decay must be at least 0"),
        ({"learning_rate": 0}, "learning_rate must be above 0"),
        ({"task": "rankings"}, "Did you mean 'ranking'"),
        ({"loss": "hinge"}, "has no loss 'hinge'"),
    ],
)
def test_settings_out_of_range_are_named(wrong, said):
    with pytest.raises(ConfigError, match=said):
        TwoTower(**wrong)
