"""Warm lists: every row a like, a quarter of each person's rows held out, everything kept."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from fewrec.data.splits import user_random_split
from fewrec.evaluation import warm_bench as module
from fewrec.evaluation.resuming import SeededBench
from fewrec.evaluation.warm_bench import (
    all_liked,
    chosen_penalty,
    published,
    run_warm,
)
from fewrec.recommender import hybrid


@pytest.fixture(scope="module")
def asked(bench, tmp_path_factory):
    made = partial(hybrid, ("popularity", "item-knn", "ease"))
    liked = replace(bench, dataset=all_liked(bench.dataset), rankers={"hybrid": made})
    return SeededBench(liked, (0, 1), tmp_path_factory.mktemp("warm"))


def test_every_row_is_a_like(toy):
    rows = all_liked(toy).interactions
    assert len(rows) == len(toy.interactions) and (rows.label == 1).all()
    assert not rows.has_negatives and all_liked(toy).fingerprint != toy.fingerprint


def test_a_quarter_of_each_persons_rows_is_held_out(toy):
    rows = all_liked(toy).interactions
    split = user_random_split(rows, 0)
    before, after = (np.bincount(r.user, minlength=len(rows.users)) for r in (rows, split.train))
    some = before > 1
    assert np.array_equal(after[some], np.round(0.75 * before[some]))
    assert np.array_equal(after[~some], before[~some])
    other = user_random_split(rows, 1)
    assert not np.array_equal(split.test.item, other.test.item)


def test_everybody_is_asked_and_cells_are_kept(asked, monkeypatch):
    rows, compared, notes = run_warm(asked, lambda: None)
    names = {*module.SINGLES, module.TUNED, "hybrid", "random", "best-single"}
    found = {r["ranker"]: r["mean"] for r in rows if r["metric"] == "ndcg@10"}
    assert set(found) == names and found["hybrid"] > found["random"]
    assert {c["b"] for c in compared} == {*module.SINGLES, module.TUNED}
    assert any("lambda" in note for note in notes)
    monkeypatch.setattr(module, "_cell", lambda *given: pytest.fail("ran again"))
    assert run_warm(asked, lambda: None) == (rows, compared, notes)


def test_published_numbers_stand_beside_their_data_only():
    assert {r["ranker"] for r in published("ml-100k")} == set(module.PUBLISHED)
    assert all(r["published"] for r in published("ml-100k")) and published("toy") == []


def test_the_penalty_is_the_one_that_ranks_best(asked):
    split = user_random_split(asked.bench.dataset.interactions, 0)
    training = asked.bench.training(split.train, 0)
    assert chosen_penalty(training, (50.0, 1e9)) == 50.0
