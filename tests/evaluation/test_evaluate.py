import dataclasses

import numpy as np
import pytest
from tests.evaluation.conftest import FittedPick, Pick

from fewrec.evaluation.contestants import fit_contestants
from fewrec.evaluation.evaluate import evaluate
from fewrec.evaluation.protocols import folds
from fewrec.evaluation.rows import select
from fewrec.evaluation.table import CHOSEN
from fewrec.ranker.baselines import ItemUserMean


@pytest.fixture(scope="module")
def result(with_hybrid):
    return evaluate(with_hybrid, "new-users", [0, 1])


def test_trivial_baselines_and_chance_stand_in_every_table(result):
    cells = {(r["k"], r["segment"]) for r in result.rows if r["metric"] == "ndcg@10"}
    assert len(cells) == 5
    for k, segment in cells:
        here = select(result.rows, metric="ndcg@10", k=k, segment=segment)
        assert {r["ranker"] for r in here} == {
            *("random", "popularity", "like-rate", "item-user-mean", "item-knn"),
            *("hybrid", CHOSEN),
        }


def test_accuracy_never_stands_alone(result):
    metrics = {r["metric"] for r in select(result.rows, ranker="hybrid", k=3)}
    assert metrics >= {"ndcg@10", "recall@20", "coverage", "overlap", "gini", "ild", "novelty"}


def test_the_obvious_right_answer_is_found(result):
    knn = select(result.rows, ranker="item-knn", metric="ndcg@10", k=5)[0]["mean"]
    chance = select(result.rows, ranker="random", metric="ndcg@10", k=5)[0]["mean"]
    assert knn > 0.85 > chance + 0.4


def test_the_best_single_ranker_is_the_one_chosen_for_that_many_clicks(result):
    for k, name in ((0, "popularity"), (3, "item-knn")):
        chosen = select(result.rows, ranker=CHOSEN, metric="ndcg@10", k=k)[0]
        assert (
            chosen["per_seed"]
            == select(result.rows, ranker=name, metric="ndcg@10", k=k)[0]["per_seed"]
        )


def test_hybrid_is_compared_with_every_baseline_on_the_same_people(result):
    compared = {(r["b"], r["metric"]) for r in result.comparisons}
    assert compared >= {
        (CHOSEN, "ndcg@10"),
        *((b, "ndcg@10") for b in ("popularity", "like-rate", "item-user-mean", "random")),
        *((b, m) for b in ("popularity", "like-rate", "item-user-mean") for m in ("auc", "uauc")),
    }
    same = select(result.comparisons, b=CHOSEN, metric="ndcg@10", k=3)[0]
    assert (same["difference"], same["verdict"]) == (0.0, "tie")
    assert same["not_worse"]


class Liar(Pick):
    """A hybrid whose probabilities say the opposite of what it knows."""

    def fit(self, training):
        fitted = super().fit(training)

        class FittedLiar(FittedPick):
            def probabilities(self, people):
                return 1 / (1 + np.exp(10 * self.scores(people)))

        return FittedLiar(fitted.name, fitted.experts)


def test_a_hybrid_below_chance_and_behind_a_shortcut_is_caught(bench):
    rankers = {**bench.rankers, "hybrid": Liar}
    found = evaluate(dataclasses.replace(bench, rankers=rankers), "random", [0])
    assert any(a.startswith("Below chance: auc of") and "hybrid" in a for a in found.alarms)
    assert any("shortcut is ahead of hybrid in auc: popularity" in a for a in found.alarms)


def test_calibration_is_that_of_probabilities_only(result):
    assert [t["ranker"] for t in result.calibration] == ["hybrid", "item-user-mean"]
    assert sum(result.calibration[0]["count"]) > 0
    ece = {r["ranker"]: r["mean"] for r in select(result.rows, metric="ece", k=3)}
    assert ece["popularity"] is None
    assert ece["hybrid"] is not None


def test_the_same_seeds_give_the_same_result(with_hybrid, result):
    assert evaluate(with_hybrid, "new-users", [0, 1]).rows == result.rows


def test_time_tells_warm_from_cold_with_their_sizes(bench):
    rows = bench.dataset.interactions
    moments = np.random.default_rng(0).permutation(len(rows)).astype(np.float64)
    late = np.where(rows.user % 6 == 0, moments + len(rows), moments)
    mixed = dataclasses.replace(rows, timestamp=late)
    data = dataclasses.replace(bench.dataset, interactions=mixed)
    found = evaluate(dataclasses.replace(bench, dataset=data), "time", [0])
    pairs = select(found.rows, ranker="item-user-mean", metric="auc")
    sizes = {r.get("segment"): r["test_rows"] for r in pairs}
    whole = sizes.pop(None)
    assert len(sizes) >= 2
    assert sum(sizes.values()) == whole
    said = next(note for note in found.notes if note.startswith("test rows:"))
    assert all(f"{name} {size:,}" in said for name, size in sizes.items())
    lists = {r.get("segment") for r in select(found.rows, ranker="popularity", metric="ndcg@10")}
    assert lists == {None, "warm users", "cold users"}


def test_experts_of_a_fusion_are_not_fitted_again(with_hybrid):
    (fold,) = folds("new-items", with_hybrid.dataset, 0)
    fits = []

    class Counted(ItemUserMean):
        def fit(self, training):
            fits.append(1)
            return ItemUserMean().fit(training)

    def refuse():
        raise AssertionError("fitted again")

    rankers = {"item-knn": refuse, "popularity": refuse, "item-user-mean": Counted, "hybrid": Pick}
    fitted = fit_contestants(with_hybrid.training(fold.train, 0), rankers)
    assert fits == [1]
    assert set(fitted.scorers) == set(rankers)
