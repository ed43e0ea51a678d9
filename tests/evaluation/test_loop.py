"""The living loop on a world whose right answer is obvious, and what it must never know."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from fewrec.errors import EmptyData
from fewrec.evaluation.drawing import save
from fewrec.evaluation.loop import Loop, _Store, event_order, run_loop
from fewrec.evaluation.loop_figure import cumulative_reward
from fewrec.recommender import hybrid
from fewrec.seeding import generator

LOOP = Loop(slates=300, refit=200, fresh=50, k=5)


@pytest.fixture(scope="module")
def mixed(bench):
    """The toy world, whose people come in turns; hybrid is a real fusion of five experts."""
    rows = bench.dataset.interactions
    times = generator(1, "turns").permutation(len(rows)).astype(float)
    few = partial(hybrid, ("popularity", "item-prior", "item-knn", "ials", "text-knn"))
    return replace(
        bench,
        dataset=replace(bench.dataset, interactions=replace(rows, timestamp=times)),
        rankers={**bench.rankers, "hybrid": few},
    )


@pytest.fixture(scope="module")
def result(mixed):
    return run_loop(mixed, LOOP)


def test_learning_a_taste_beats_popularity_from_an_empty_store(result):
    rows, compared, _ = result
    reward = {row["ranker"]: row["mean"] for row in rows if row["metric"] == "reward"}
    assert reward["fewrec-greedy"] > reward["popularity"] + 0.05
    assert reward["fewrec"] > reward["popularity"]
    versus = {row["b"]: row for row in compared}
    assert versus["popularity"]["verdict"] == "a" and versus["popularity"]["relative"] > 0
    assert {row["slates"] for row in rows} == {300}


def test_the_curve_ends_in_the_reward(result):
    rows, _, curves = result
    for row in rows:
        if row["metric"] == "reward":
            assert curves[row["ranker"]][-1] == round(row["mean"] * 300)
            assert (np.diff(curves[row["ranker"]]) >= 0).all()


def test_same_seed_same_result(mixed, result):
    again = run_loop(mixed, LOOP)
    assert again[2] == result[2]


def test_a_question_knows_what_was_before_it_and_nothing_else(mixed):
    rows = mixed.dataset.interactions
    order, store = event_order(rows, 0), _Store(mixed)
    asked = store.questions(order[:200], 1000)
    likes = [n for n in range(200) if rows.label[order[n]] > 0]
    assert len(asked) == len(likes)
    for question, n in zip(asked, likes, strict=True):
        before = order[:n]
        mine = before[rows.user[before] == question.user]
        assert question.history.item.tolist() == rows.item[mine].tolist()
        assert question.liked not in question.met
        counts = np.bincount(rows.item[before], rows.label[before], minlength=len(rows.items))
        np.testing.assert_array_equal(question.popularity, counts)


def test_the_order_is_that_of_time_or_of_a_seed(mixed):
    rows = mixed.dataset.interactions
    assert (np.diff(rows.timestamp[event_order(rows, 0)]) >= 0).all()
    untimed = replace(rows, timestamp=np.full(len(rows), np.nan))
    one, same, other = (event_order(untimed, seed) for seed in (0, 0, 1))
    assert one.tolist() == same.tolist() != other.tolist()


def test_without_a_like_there_is_nothing_to_ask(mixed):
    rows = mixed.dataset.interactions
    none = replace(mixed, dataset=replace(mixed.dataset, interactions=rows.where(rows.label == 0)))
    with pytest.raises(EmptyData, match="no event is a like"):
        run_loop(none, LOOP)


def test_the_figure_names_every_ranker(result, tmp_path: Path):
    figure = cumulative_reward(result[2], 300)
    said = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert sorted(set(said)) == sorted(result[2])
    assert all(file.stat().st_size > 1000 for file in save(figure, tmp_path / "loop"))
