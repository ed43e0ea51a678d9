"""One item in, another one out: who is asked, what counts, and that chance is chance."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from fewrec.data.toy import toy_world
from fewrec.errors import EmptyData
from fewrec.evaluation import retrieval_bench as module
from fewrec.evaluation.opening import Bench
from fewrec.evaluation.resuming import SeededBench
from fewrec.evaluation.retrieval_bench import drawn, found_at, run_retrieval
from fewrec.knowledge.features import item_features
from fewrec.knowledge.ngrams import HashingEncoder
from fewrec.recommender import hybrid


@pytest.fixture(scope="module")
def wide():
    return toy_world(users=60, per_shelf=60)


@pytest.fixture(scope="module")
def asked(wide, tmp_path_factory):
    encoder = HashingEncoder(64)
    made = partial(hybrid, ("popularity", "text-knn"))
    bench = Bench(wide, item_features(wide, encoder), encoder, {"hybrid": made})
    return SeededBench(bench, (0,), tmp_path_factory.mktemp("retrieval"))


def test_one_is_liked_and_none_of_the_others_was_met(wide):
    rows = wide.interactions
    asked, people = drawn(rows, 0)
    met = set(zip(rows.user.tolist(), rows.item.tolist(), strict=True))
    liked = set(
        zip(*(part[rows.label > 0].tolist() for part in (rows.user, rows.item)), strict=True)
    )
    assert asked.candidates.shape == (len(asked), 100) and len(people) <= 12
    for user, given, candidates in zip(
        asked.person.tolist(), asked.given.tolist(), asked.candidates.tolist(), strict=True
    ):
        assert user in people
        assert {(user, given), (user, candidates[0])} <= liked and given != candidates[0]
        assert not {(user, item) for item in candidates[1:]} & met
        assert len(set(candidates)) == 100


def test_ranks_give_their_gain_and_ties_their_expectation(wide):
    asked, _ = drawn(wide.interactions, 0)
    size = len(wide.catalog)

    def even(people):
        return np.zeros((len(people), size), dtype=np.float32)

    assert found_at(even, asked) == pytest.approx(np.full(len(asked), 0.045436), abs=1e-4)

    def third(people):
        scores = even(people)
        scores[:, asked.candidates[0, 0]] = 1
        scores[:, asked.candidates[0, 1:3]] = 2
        return scores

    first = module.Questions(asked.person[:1], asked.given[:1], asked.candidates[:1])
    assert found_at(third, first) == pytest.approx([1 / np.log2(4)])


def test_everybody_is_asked_and_cells_are_kept(asked, monkeypatch):
    rows, compared = run_retrieval(asked, lambda: None)
    found = {r["ranker"]: r["mean"] for r in rows if r["metric"] == module.METRIC}
    assert set(found) == {"random", "popularity", *module.WORDS, "hybrid"}
    assert found["random"] == pytest.approx(0.0454, abs=1e-4)
    assert found["text-knn"] > found["random"]
    assert ("hybrid", "popularity") in {(c["a"], c["b"]) for c in compared}
    monkeypatch.setattr(module, "_cell", lambda *given: pytest.fail("ran again"))
    assert run_retrieval(asked, lambda: None) == (rows, compared)


def test_without_text_or_enough_items_it_says_so(asked, toy):
    with pytest.raises(EmptyData, match="text"):
        run_retrieval(replace(asked, bench=replace(asked.bench, encoder=None)), lambda: None)
    with pytest.raises(EmptyData, match="99 items left"):
        drawn(toy.interactions, 0)
