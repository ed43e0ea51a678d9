"""The fusion on K rows: parts that add up, and trust that follows what shots confirm."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.contracts import ShotModelContract
from tests.ranker.finetune.world import ITEMS, shelf_shots
from tests.ranker.shot_worlds import (
    NEW,
    Says,
    bare,
    described,
    lenient_shots,
    newcomers_asked,
    odd_shots,
    oracle_shots,
    rows_of,
    truth,
    wider,
)

from fewrec.data.histories import Histories
from fewrec.errors import ConfigError, EmptyData
from fewrec.metrics.preference import auc
from fewrec.ranker.baselines import user_rate
from fewrec.ranker.few_shot import FewShot, FittedFewShot
from fewrec.ranker.pair_signals import LARGEST
from fewrec.ranker.quality import ItemQuality
from fewrec.recommender.shot_models import RANKERS_OF_ROWS, few_shot

READERS = ("memory", "two-tower")


@cache
def fitted() -> FittedFewShot:
    return few_shot().fit(shelf_shots(24), described())


def weight_of(model: FittedFewShot, name: str) -> float:
    names = ("item-rate", "like-rate", *model.fusion.experts, *model.fusion.readers)
    return float(model.fusion.preference[0, names.index(name)])


class TestFewShot(ShotModelContract):
    def model(self):
        return few_shot()


class TestFewShotOfReadersAlone(ShotModelContract):
    def model(self):
        return few_shot(rankers=(), readers=("memory",))


def test_parts_add_up_to_the_log_odds():
    asked = shelf_shots(50, seed=2)
    parts = fitted().parts(asked.people, asked.item)
    assert list(parts) == ["item-rate", "like-rate", *RANKERS_OF_ROWS, *READERS, "base"]
    logits = fitted().logits(asked.people, asked.item)
    np.testing.assert_allclose(sum(parts.values()), logits, atol=1e-12)
    assert all(np.ptp(parts[name]) > 0 for name in ("item-rate", "like-rate", *READERS))


def test_the_fusion_answers_all_items_as_it_answers_one():
    people = shelf_shots(6, seed=3).people
    every = fitted().fusion.probabilities(people)
    for item in (0, 7, ITEMS - 1):
        logits = fitted().logits(people, np.full(6, item))
        np.testing.assert_allclose(every[:, item], 1 / (1 + np.exp(-logits)), atol=1e-5)


def test_newcomers_move_no_probability_of_what_was_known():
    people = shelf_shots(6, seed=3).people
    more = fitted().extended(wider()).fusion.probabilities(people)
    assert more.shape == (6, ITEMS + NEW)
    np.testing.assert_allclose(more[:, :ITEMS], fitted().fusion.probabilities(people), atol=1e-6)


def test_a_newcomer_like_a_known_item_is_judged_like_it():
    asked = shelf_shots(60, seed=6)
    more = fitted().extended(wider())
    people, item = newcomers_asked(asked)
    new, old = more.logits(people, item), more.logits(people, item - ITEMS)
    assert np.corrcoef(new, old)[0, 1] > 0.8


def test_no_shots_are_an_error_that_says_so():
    with pytest.raises(EmptyData, match="needs at least one labelled row"):
        few_shot().fit(shelf_shots(3).take(np.zeros(0, dtype=np.int64)), described())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"folds": 1}, "folds must be at least 2, not 1"),
        ({"strength": 0.0}, r"strength must be above 0, not 0\.0"),
        ({"echo": 1.5}, r"echo must lie between 0 and 1, not 1\.5"),
        ({"kappa": 0.0}, r"kappa must be above 0, not 0\.0"),
        ({"readers": {"item-quality": Says("truth")}}, "is a ranker and a reader"),
    ],
)
def test_settings_out_of_range_are_named(wrong, said):
    with pytest.raises(ConfigError, match=said):
        FewShot({"item-quality": ItemQuality()}, **wrong)


def test_one_like_is_no_certainty():
    one = odd_shots()["one without history"].labelled(np.ones(1))
    model = few_shot().fit(one, described())
    nobody = Histories.single().take(np.zeros(ITEMS, dtype=np.int64))
    p = 1 / (1 + np.exp(-model.logits(nobody, np.arange(ITEMS))))
    assert 0.5 < p.mean() < 0.95


def test_progress_is_told_to_the_end():
    told: list[float] = []
    few_shot().fit(shelf_shots(12), described(), told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_taste_and_ratings_are_found_with_sixteen_shots():
    test, gains = shelf_shots(600, seed=99), []
    rate = user_rate(test.people, 0.5)
    for seed in range(3):
        model = few_shot().fit(shelf_shots(16, seed=seed), described())
        told = model.logits(test.people, test.item)
        gains.append(auc(told, test.label) - auc(rate, test.label))
    assert min(gains) > 0.1


def test_where_only_leniency_counts_nothing_is_lost_to_the_like_rate():
    """Paired over draws of 16 shots: what is lost to noise is within two hundredths."""
    test = lenient_shots(1500, seed=77)
    rate = auc(user_rate(test.people, 0.5), test.label)
    told = [
        auc(
            few_shot().fit(lenient_shots(16, seed), described()).logits(test.people, test.item),
            test.label,
        )
        for seed in range(4)
    ]
    assert rate > 0.7
    assert np.mean(told) > rate - 0.02


def test_a_useless_reader_keeps_its_prior_and_does_no_harm():
    test, change, weights = lenient_shots(1500, seed=78), [], []
    for seed in range(4):
        shots = lenient_shots(64, seed)
        plain = few_shot(readers=()).fit(shots, described())
        noisy = replace(few_shot(readers=()), readers={"noise": Says("noise")})
        noisy = noisy.fit(shots, described())
        weights.append(weight_of(noisy, "noise"))
        change.append(
            auc(noisy.logits(test.people, test.item), test.label)
            - auc(plain.logits(test.people, test.item), test.label)
        )
    assert np.abs(weights).max() < 0.15  # the prior of a reader without a name is 0
    assert np.mean(change) > -0.01


def test_a_perfect_reader_is_believed():
    shots, test = oracle_shots(64, seed=1), oracle_shots(1500, seed=2)
    wise = replace(few_shot(readers=()), readers={"truth": Says("truth")}, echo=0.0)
    model = wise.fit(shots, described())
    assert weight_of(model, "truth") > 0.5
    best = auc(truth(test.people, test.item), test.label)
    assert auc(model.logits(test.people, test.item), test.label) > best - 0.03
    plain = few_shot(readers=()).fit(shots, described())
    assert auc(plain.logits(test.people, test.item), test.label) < best - 0.2


def test_a_reader_may_be_sure_and_counts_no_more_than_the_largest():
    class Sure(Says):
        def logits(self, people, item):
            return 1e6 * super().logits(people, item)

    shots = oracle_shots(64, seed=1)
    sure = replace(few_shot(readers=()), readers={"truth": Sure("truth")}, echo=0.0)
    model = sure.fit(shots, described())
    part = model.parts(shots.people, shots.item)["truth"]
    np.testing.assert_allclose(np.abs(part), LARGEST * weight_of(model, "truth"))
    one = shots.people.take(np.array([0]))
    every = model.fusion.logits(one, np.zeros((1, ITEMS)))[0]
    assert np.abs(every).max() < 20


def test_a_reader_is_taught_no_answer_beside_the_shots():
    seen = []

    class Curious(Says):
        def fit(self, shots, training):
            seen.append(len(training.interactions))
            return self

    replace(few_shot(readers=()), readers={"noise": Curious("noise")}).fit(
        shelf_shots(12), described()
    )
    assert set(seen) == {0}


def test_shots_of_one_person_stay_together_when_people_are_dealt():
    """Every shot stands there thrice; a fold with one of them apart would know its answer."""
    shots = lenient_shots(10, seed=0)
    thrice = shots.take(np.tile(np.arange(10), 3))
    fold = few_shot()._fold(thrice, seed=0)
    assert (fold.reshape(3, 10) == fold[:10]).all()
    assert len(np.unique(fold)) > 1


def test_soft_labels_pull_less_than_sure_ones():
    """Everybody likes even items, surely or a little."""
    items = np.stack([np.random.default_rng(n).permutation(ITEMS)[:5] for n in range(40)])
    liked = (items % 2 == 0).astype(np.float32)
    gap = []
    for strength in (0.5, 0.2):
        label = 0.5 + strength * (2 * liked - 1)
        shots = rows_of(items[:, 1:], label[:, 1:], items[:, 0], label[:, 0])
        model = few_shot(rankers=("item-quality",), readers=()).fit(shots, described())
        nobody = Histories.single().take(np.zeros(ITEMS, dtype=np.int64))
        told = model.logits(nobody, np.arange(ITEMS))
        gap.append(told[::2].mean() - told[1::2].mean())
    assert gap[0] > gap[1] > 0


def test_without_any_description_shots_still_teach_leniency():
    test = lenient_shots(800, seed=5)
    model = few_shot().fit(lenient_shots(32, seed=1), bare())
    told = model.logits(test.people, test.item)
    assert auc(told, test.label) > auc(user_rate(test.people, 0.5), test.label) - 0.03
