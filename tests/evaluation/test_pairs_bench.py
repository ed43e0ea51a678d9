"""Labelled pairs: everybody answers both splits, cells are kept, the factorisation learns."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from fewrec.data.splits import random_split, time_split
from fewrec.errors import ConfigError, EmptyData
from fewrec.evaluation import pairs_bench as module
from fewrec.evaluation.bias_als import fit_als, tuned_als
from fewrec.evaluation.pairs_bench import PairsBench, run_pairs, splits_named, summarised
from fewrec.metrics.preference import auc
from fewrec.recommender import hybrid


@pytest.fixture(scope="module")
def asked(bench, tmp_path_factory):
    made = partial(hybrid, ("popularity", "residual-knn"))
    folder = tmp_path_factory.mktemp("pairs")
    return PairsBench(replace(bench, rankers={"hybrid": made}), (0,), tuple(module.SPLITS), folder)


@pytest.fixture(scope="module")
def found(asked):
    return run_pairs(asked, lambda: None)


def test_everybody_answers_both_splits_and_stands_beside_hybrid(found):
    rows, compared, tables, notes = summarised(found)
    names = {"hybrid", *module.AGAINST}
    for split in module.SPLITS:
        whole = [r for r in rows if r["protocol"] == split and "segment" not in r]
        assert {(r["ranker"], r["metric"]) for r in whole} == {
            (name, metric) for name in names for metric in ("auc", "uauc", "logloss", "ece")
        }
        parts = {r["segment"]: r["test_rows"] for r in rows if r.get("segment")}
        assert parts
        assert {c["b"] for c in compared if c["protocol"] == split} == set(module.AGAINST)
        assert {t["ranker"] for t in tables if t["protocol"] == split} == {
            "hybrid", "item-user-mean",
        }  # fmt: skip
    assert any("bias-als" in note for note in notes)
    auc_of = {r["ranker"]: r["mean"] for r in whole if r["metric"] == "auc"}
    assert auc_of["hybrid"] > 0.6


def test_segments_share_the_rows_among_them(found):
    rows, *_ = summarised(found)
    for split in module.SPLITS:
        here = [r for r in rows if r["protocol"] == split and r["ranker"] == "hybrid"]
        sizes = {r.get("segment"): r["test_rows"] for r in here}
        assert sizes.pop(None) == sum(sizes.values())


def test_done_cells_are_not_done_again(asked, found, monkeypatch):
    monkeypatch.setattr(module, "_cell", lambda *given: pytest.fail("ran again"))
    assert summarised(run_pairs(asked, lambda: None)) == summarised(found)


def test_unknown_splits_and_likes_alone_are_refused(asked):
    with pytest.raises(ConfigError, match="user-time"):
        splits_named("time,user-tim")
    rows = replace(asked.bench.dataset.interactions, has_negatives=False)
    liked = replace(asked.bench, dataset=replace(asked.bench.dataset, interactions=rows))
    with pytest.raises(EmptyData, match="every row is a like"):
        run_pairs(replace(asked, bench=liked), lambda: None)


def _planted(toy, random):
    """Ratings of two tastes: who likes the one half of the items dislikes the other."""
    rows = toy.interactions
    side = np.where((rows.user % 2) == (rows.item % 2), 1.0, -1.0)
    value = 3.0 + 1.5 * side + random.normal(0, 0.3, len(rows))
    liked = (value >= 4).astype(np.float32)
    return replace(rows, value=value.astype(np.float32), label=liked)


def test_factors_find_tastes_that_biases_cannot(toy, random):
    split = random_split(_planted(toy, random), seed=1)
    test = split.test
    flat, deep = (
        auc(fit_als(split.train, f, 3.0, 0).ratings(test.user, test.item), test.label)
        for f in (0, 4)
    )
    assert deep > 0.8 > flat


def test_settings_come_from_the_training_part_alone(toy, random):
    split = time_split(_planted(toy, random))
    one, told = tuned_als(split.train, time_split, 0)
    two, again = tuned_als(replace(split, test=split.test.where(slice(0, 3))).train, time_split, 0)
    assert told == again and np.array_equal(one.fitted.item, two.fitted.item)
    chance = one.probabilities(split.test.user, split.test.item)
    assert ((chance >= 0) & (chance <= 1)).all()
    unmet = np.bincount(split.train.item, minlength=36) == 0
    assert (one.fitted.item[unmet] == 0).all()
