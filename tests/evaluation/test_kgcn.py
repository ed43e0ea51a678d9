"""KGCN's protocol: what is drawn, what is never read, and what it leaks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.evaluation.test_graph_bench import linked

from fewrec.data.toy import toy_world
from fewrec.evaluation.graph_bench import WITHOUT, GraphBench
from fewrec.evaluation.kgcn import (
    LEAK,
    LEAKY,
    PUBLISHED,
    answers,
    drawn_pairs,
    leak,
    parted,
    run_kgcn,
)
from fewrec.evaluation.rows import select
from fewrec.metrics.preference import auc


@pytest.fixture(scope="module")
def bench():
    data = linked()
    rows = data.interactions
    liked = replace(rows.where(rows.label > 0), has_negatives=False)
    return GraphBench.of(replace(data, interactions=liked))


def test_everybody_has_as_many_unmet_items_as_liked_ones():
    rows = toy_world().interactions
    pairs = drawn_pairs(rows, seed=1)
    met = set(zip(rows.user, rows.item, strict=True))
    liked = {(u, i) for u, i, y in zip(rows.user, rows.item, rows.label, strict=True) if y > 0}
    positive = pairs.label > 0
    drawn = [set(zip(pairs.user[m], pairs.item[m], strict=True)) for m in (positive, ~positive)]
    assert drawn[0] == liked and not drawn[1] & met
    np.testing.assert_array_equal(
        np.bincount(pairs.user[positive]), np.bincount(pairs.user[~positive])
    )


def test_the_parts_share_no_pair():
    pairs = drawn_pairs(toy_world().interactions, seed=1)
    parts = parted(pairs, seed=1)
    assert [round(10 * len(part) / len(pairs)) for part in parts] == [6, 2, 2]
    sets = [set(zip(part.user, part.item, strict=True)) for part in parts]
    assert sum(map(len, sets)) == len(set().union(*sets)) == len(pairs)


def test_training_negatives_are_never_read(bench):
    likes = bench.whole.dataset.interactions
    train, _, test = parted(drawn_pairs(likes, seed=0), seed=0)
    told = answers(bench, likes, train, test, seed=0)
    other = replace(train, item=np.where(train.label > 0, train.item, train.item[::-1]))
    fewer = other.where((other.label > 0) | (other.user % 2 == 0))
    again = answers(bench, likes, fewer, test, seed=0)
    assert set(told) == {"hybrid", WITHOUT, "popularity"}
    for name in told:
        np.testing.assert_array_equal(told[name], again[name])
    assert auc(told["hybrid"], test.label) > 0.9


def test_the_balance_of_training_labels_tells_test_labels():
    pairs = drawn_pairs(toy_world(users=300, per_shelf=12).interactions, seed=0)
    train, _, test = parted(pairs, seed=0)
    assert auc(leak(train, test, 300), test.label) > 0.6


def test_published_rows_stand_beside_ours(bench):
    result = run_kgcn(bench, [0], lambda: None)
    assert {r["ranker"] for r in select(result.rows, published=True)} == set(PUBLISHED)
    ours = {r["ranker"]: r["mean"] for r in select(result.rows, metric="auc", published=None)}
    assert set(ours) == {"hybrid", WITHOUT, "popularity", LEAK, LEAKY}
    assert {r["b"] for r in result.comparisons} == {WITHOUT, "popularity"}
