import numpy as np
import pytest

from fewrec.data.splits import random_split, time_split
from fewrec.evaluation.experiment import Question
from fewrec.evaluation.pairs import (
    Predictions,
    auc_difference,
    pair_rows,
    predict,
    uauc_difference,
    warm_and_cold,
)
from fewrec.metrics.preference import auc


def predictions(score, label, person, seed=0, ranker="x", probability=True):
    return Predictions(
        {"ranker": ranker, "data": "toy"},
        seed,
        tuple(f"u{p}" for p in range(int(max(person)) + 1)),
        np.asarray(person),
        np.asarray(score, dtype=np.float32),
        np.asarray(label, dtype=np.float32),
        probability,
    )


@pytest.fixture
def noisy(random):
    person = np.repeat(np.arange(40), 10)
    label = (random.random(400) < 0.5).astype(np.float32)
    return person, label, label + random.normal(0, 1, 400)


def test_every_test_row_gets_the_score_of_its_person_and_item(toy):
    split = random_split(toy.interactions, seed=0)
    question = Question.of(split, 0)

    def scorer(people):
        return np.tile(np.arange(36) / 100, (len(people), 1)) + people.count[:, None] / 1000

    found = predict(scorer, split, question, {"ranker": "x"}, probability=True)
    known = dict(zip(split.users.tolist(), split.histories.count.tolist(), strict=True))
    count = np.array([known[u] for u in split.test.user.tolist()])
    np.testing.assert_allclose(found.score, split.test.item / 100 + count / 1000, atol=1e-6)
    assert np.array_equal(found.label, split.test.label)


def test_test_rows_are_no_evidence_for_each_other(toy):
    split = random_split(toy.interactions, seed=0)
    question = Question.of(split, 0)

    def scorer(people):
        return np.tile(people.count[:, None] / 100, (1, 36))

    before = predict(scorer, split, question, {"ranker": "x"}, probability=True)
    half = np.arange(len(split.test)) % 2 == 0
    fewer = type(split)(**{**vars(split), "test": split.test.where(half)})
    after = predict(scorer, fewer, question, {"ranker": "x"}, probability=True)
    assert np.array_equal(before.score[half], after.score)


def test_probabilities_are_kept_in_their_range(toy):
    split = random_split(toy.interactions, seed=0)
    found = predict(
        lambda people: np.full((len(people), 36), 1.7), split, Question.of(split, 0),
        {"ranker": "x"}, probability=True,
    )  # fmt: skip
    assert found.score.max() == 1.0


def test_warm_and_cold_rows_are_told_apart_and_none_is_lost(toy):
    split = time_split(toy.interactions, 0.3)
    cells = warm_and_cold(split)
    assert sum(m.sum() for m in cells.values()) == len(split.test)
    cold = cells["cold user, warm item"] | cells["cold user, cold item"]
    trained = set(split.train.user.tolist())
    assert cold.tolist() == [u not in trained for u in split.test.user.tolist()]


def test_rows_have_every_metric_with_its_interval(noisy):
    person, label, score = noisy
    said = 1 / (1 + np.exp(-score))
    rows = {r["metric"]: r for r in pair_rows([predictions(said, label, person)])}
    assert list(rows) == ["auc", "uauc", "logloss", "ece"]
    assert rows["auc"]["mean"] == pytest.approx(auc(said.astype(np.float32), label))
    for row in rows.values():
        assert row["low"] <= row["high"]
        assert row["test_rows"] == 400
    assert rows["auc"]["low"] < rows["auc"]["mean"] < rows["auc"]["high"]
    assert rows["uauc"]["users"] <= 40


def test_the_mean_is_the_mean_of_the_seeds(noisy):
    person, label, score = noisy
    two = [predictions(score, label, person, 0), predictions(-score, label, person, 1)]
    row = pair_rows([p for p in two])[0]
    assert row["per_seed"][0] == pytest.approx(1 - row["per_seed"][1], abs=1e-6)
    assert row["mean"] == pytest.approx(0.5)
    assert row["sd"] == pytest.approx(np.std(row["per_seed"], ddof=1))


def test_what_is_no_probability_has_no_calibration(noisy):
    person, label, score = noisy
    rows = {
        r["metric"]: r for r in pair_rows([predictions(score, label, person, probability=False)])
    }
    assert rows["auc"]["mean"] is not None
    for metric in ("logloss", "ece"):
        assert rows[metric]["mean"] is None
        assert rows[metric]["reason"] == "the score is no probability"


def test_one_label_alone_is_undefined_with_a_reason():
    rows = pair_rows([predictions([0.2, 0.7], [1, 1], [0, 1])])
    assert rows[0]["mean"] is None
    assert rows[0]["reason"] == "no rows, or only one label"


def test_differences_name_the_better_one(noisy):
    person, label, score = noisy
    good = [predictions(score, label, person)]
    bad = [predictions(np.random.default_rng(1).random(400), label, person)]
    for compare in (auc_difference, uauc_difference):
        assert compare(good, bad).verdict == "a"
        assert compare(bad, good).verdict == "b"
        assert compare(good, good).verdict == "tie"
