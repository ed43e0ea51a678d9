"""The living loop on a world whose right answer is obvious, and what it must never know."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from fewrec.errors import EmptyData
from fewrec.evaluation.drawing import save
from fewrec.evaluation.loop import Loop, Store, event_order
from fewrec.evaluation.loop_figure import cumulative_reward
from fewrec.evaluation.loop_replay import Replay, replayed
from fewrec.evaluation.loop_rows import loop_comparisons, loop_curves, loop_rows
from fewrec.evaluation.loop_storage import load_replay, save_replay
from fewrec.evaluation.rows import select
from fewrec.recommender import hybrid
from fewrec.seeding import generator

LOOP = Loop(slates=300, refit=200, fresh=50, k=5)
CELL = {"task": "loop", "data": "toy"}


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
def replay(mixed) -> Replay:
    return replayed(mixed, LOOP)


@pytest.fixture(scope="module")
def curves(replay):
    return loop_curves([replay])


def test_learning_a_taste_beats_popularity_from_an_empty_store(replay):
    rows, compared = loop_rows([replay], CELL), loop_comparisons([replay], CELL)
    reward = {row["ranker"]: row["mean"] for row in select(rows, metric="reward", segment=None)}
    assert reward["fewrec-greedy"] > reward["popularity"] + 0.05
    assert reward["fewrec"] > reward["popularity"]
    versus = {row["b"]: row for row in compared}
    assert versus["popularity"]["verdict"] == "a" and versus["popularity"]["relative"] > 0
    assert {row["slates"] for row in rows} == {300}


def test_segments_are_parts_of_the_whole(replay):
    rows = loop_rows([replay], CELL)
    for name in replay.rewards:
        mine = [row for row in rows if row["ranker"] == name and "segment" in row]
        whole = sum(row["mean"] * row["share"] for row in mine)
        assert whole == pytest.approx(replay.rewards[name].mean())
        assert sum(row["share"] for row in mine) == pytest.approx(1.0)


def test_the_best_expert_of_every_slate_is_at_least_the_best_of_all(replay):
    alone = {row["ranker"]: row["mean"] for row in loop_rows([replay], CELL)[-6:]}
    assert alone["any expert"] >= max(alone.values())
    assert alone["any expert"] > 0


def test_the_curve_ends_in_the_reward(replay, curves):
    for name, values in replay.rewards.items():
        assert curves[name][-1] == pytest.approx(values.sum())
        assert (np.diff(curves[name]) >= 0).all()


def test_same_seed_same_result(mixed, replay):
    again = replayed(mixed, LOOP)
    for name, values in replay.rewards.items():
        np.testing.assert_array_equal(again.rewards[name], values)


def test_a_replay_is_read_back_for_what_it_was_made_of(replay, tmp_path: Path):
    file = tmp_path / "runs" / "loop.json"
    assert load_replay(file, "key") is None
    save_replay(file, replay, "key")
    back = load_replay(file, "key")
    assert back is not None and load_replay(file, "another key") is None
    assert loop_rows([back], CELL) == loop_rows([replay], CELL)


def test_two_replays_are_two_seeds(mixed, replay):
    other = replayed(mixed, replace(LOOP, slates=60), 1)
    rows = select(loop_rows([replay, other], CELL), ranker="fewrec", metric="reward", segment=None)
    wanted = [replay.rewards["fewrec"].mean(), other.rewards["fewrec"].mean()]
    assert rows[0]["per_seed"] == pytest.approx(wanted)


def test_blocks_cover_every_event_once_and_end_at_fits():
    blocks = list(LOOP.blocks(1000))
    assert [a for a, _ in blocks] == [0, *(b for _, b in blocks[:-1])] and blocks[-1][1] == 1000
    ends = {stop for _, stop in blocks}
    assert {10, 20, 50, 100, 200, 400, 500, 600} <= ends
    assert max(b - a for a, b in blocks) <= LOOP.fresh
    assert [n for n in range(300) if LOOP.fits(n)] == [10, 20, 50, 100, 200]


def test_a_question_knows_what_was_before_it_and_nothing_else(mixed):
    rows = mixed.dataset.interactions
    order, store = event_order(rows, 0), Store(mixed)
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
    same = replace(rows, timestamp=np.zeros(len(rows)))
    assert event_order(same, 0).tolist() != event_order(same, 1).tolist()
    untimed = replace(rows, timestamp=np.full(len(rows), np.nan))
    one, same, other = (event_order(untimed, seed) for seed in (0, 0, 1))
    assert one.tolist() == same.tolist() != other.tolist()


def test_without_a_like_there_is_nothing_to_ask(mixed):
    rows = mixed.dataset.interactions
    none = replace(mixed, dataset=replace(mixed.dataset, interactions=rows.where(rows.label == 0)))
    with pytest.raises(EmptyData, match="no event is a like"):
        replayed(none, LOOP)


def test_the_figure_names_every_ranker(curves, tmp_path: Path):
    figure = cumulative_reward(curves, dict.fromkeys(curves, 0.1), 300)
    said = [text.get_text() for axes in figure.axes[:2] for text in axes.texts]
    beside = [label.get_text() for label in figure.axes[2].get_yticklabels()]
    assert sorted(beside) == sorted(curves)
    assert sorted(set(said)) == sorted(curves)
    assert all(file.stat().st_size > 1000 for file in save(figure, tmp_path / "loop"))
