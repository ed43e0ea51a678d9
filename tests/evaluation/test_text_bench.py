"""What text adds: cells that are kept, contestants that are all there, a fusion without text."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from fewrec.data.toy import toy_world
from fewrec.evaluation import text_bench as module
from fewrec.evaluation.sample import sampled
from fewrec.evaluation.text_bench import TextBench, run_text, summarised
from fewrec.ranker.text_metric import TextMetric
from fewrec.recommender import hybrid, rankers


@pytest.fixture(scope="module")
def asked(bench, tmp_path_factory):
    made = partial(hybrid, ("popularity", "text-knn"))
    return TextBench(
        replace(bench, rankers={"hybrid": made}), (0,), tmp_path_factory.mktemp("text")
    )


@pytest.fixture(scope="module")
def outcomes(asked):
    return run_text(asked, lambda cell: None)


def test_every_contestant_answers_every_question(outcomes):
    rows, compared, weights = summarised(outcomes)
    cells = {(r["ranker"], r["segment"], r.get("k")) for r in rows if r["metric"] == "ndcg@10"}
    questions = {("new_items", None), ("new_items_all", None)}
    questions |= {("new_users", k) for k in (1, 3, 5)}
    names = {*module.WORDS, "frozen", *module.SHOTS, "text-to-factors", "random"}
    names |= {"hybrid", "hybrid-no-text"}
    assert cells == {(name, *question) for name in names for question in questions}
    pairs = {(row["a"], row["b"]) for row in compared}
    assert ("hybrid", "hybrid-no-text") in pairs and ("tuned-64", "frozen") in pairs
    means = {
        (r["ranker"], r["segment"], r.get("k")): r["mean"] for r in rows if r["metric"] == "ndcg@10"
    }
    assert means["frozen", "new_items", None] > means["random", "new_items", None]
    known = [r for r in weights if r["among"] == "new items" and r["k"] == 5]
    assert sum(abs(r["mean"]) for r in known if r["segment"] == "new_items") == pytest.approx(1)


def test_done_cells_are_not_done_again(asked, outcomes, monkeypatch):
    monkeypatch.setattr(module, "_cell", lambda *given: pytest.fail("ran again"))
    again = run_text(asked, lambda cell: None)
    assert summarised(again) == summarised(outcomes)


def test_tuned_text_is_one_expert_more(asked, outcomes, tmp_path, monkeypatch):
    small = partial(TextMetric, 16, directions=4, silent=True)
    monkeypatch.setitem(rankers.KNOWN, rankers.TUNED_TEXT, small)
    tuned = replace(asked, folder=tmp_path, parts=(module.TUNED,))
    rows, compared, weights = summarised([*outcomes, *run_text(tuned, lambda cell: None)])
    assert {r["ranker"] for r in rows} >= {"hybrid", module.TUNED}
    assert (module.TUNED, "hybrid") in {(row["a"], row["b"]) for row in compared}
    shown = {r["ranker"] for r in weights if r["metric"] == "weight tuned-text"}
    assert shown == {module.TUNED}


def test_without_text_no_vector_is_read(asked):
    fold = module._fold(asked.bench, 0, "new_items")
    blind = replace(asked.bench.features, vectors=asked.bench.features.vectors[::-1].copy())
    other = replace(asked.bench, features=blind)
    one, two = (
        module._cell(bench, 0, "new_items", module.WITHOUT) for bench in (asked.bench, other)
    )
    assert len(fold.splits) == 2
    for a, b in zip(one.outcomes, two.outcomes, strict=True):
        assert np.array_equal(a.per_user["ndcg@10"], b.per_user["ndcg@10"], equal_nan=True)


def test_a_sample_keeps_ids_titles_and_likes():
    whole = toy_world(users=30, per_shelf=8)
    some = sampled(whole, 12, 15)
    assert len(some.people.users) == 12 and len(some.catalog) == 15
    kept, rows = set(), whole.interactions
    for u, i, label in zip(rows.user, rows.item, rows.label, strict=True):
        user, item = rows.users.ids[u], rows.items.ids[i]
        if user in some.people.users and item in some.catalog.items:
            kept.add((user, item, float(label)))
    fewer = some.interactions
    assert kept == {
        (fewer.users.ids[u], fewer.items.ids[i], float(label))
        for u, i, label in zip(fewer.user, fewer.item, fewer.label, strict=True)
    }
    place = [whole.catalog.items.row(name) for name in some.catalog.items]
    assert some.catalog.titles == tuple(whole.catalog.titles[p] for p in place)
    attributes = [whole.people.attributes[whole.people.users.row(u)] for u in some.people.users]
    assert list(some.people.attributes) == attributes
    assert "12 people" in some.notes[-1] and sampled(whole, 30, 24) is whole
