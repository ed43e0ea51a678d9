"""Other libraries beside fewrec: files, processes, tuning inside the training part, data saved."""

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest

from fewrec.errors import ConfigError
from fewrec.evaluation.experiment import Question
from fewrec.evaluation.peers.compared import best_peers, ranking
from fewrec.evaluation.peers.environments import python_of, requirements
from fewrec.evaluation.peers.files import asked_likes, training_likes, usable
from fewrec.evaluation.peers.models import LIBRARIES, PEERS, peers_named
from fewrec.evaluation.peers.process import Answer, Limits, run_tasks
from fewrec.evaluation.peers.programs.exchange import Likes
from fewrec.evaluation.peers.run import nothing
from fewrec.evaluation.peers.saved import factor_named, needed
from fewrec.evaluation.peers.tuning import Tuned, choose, rehearsals
from fewrec.evaluation.protocols import new_user_fold
from fewrec.evaluation.table import list_rows
from fewrec.recommender import RANKERS

PROGRAM = """
import os, time
import numpy as np

def count(task):
    return np.tile(np.bincount(task.train.item, minlength=task.train.items), (len(task.asked), 1))

def raises(task):
    raise ValueError("no such setting")

def dies(task):
    os._exit(3)

def sleeps(task):
    time.sleep(60)

MODELS = {"count": count, "raises": raises, "dies": dies, "sleeps": sleeps}
"""


@pytest.fixture(scope="module")
def fold(toy):
    return new_user_fold(toy, 0, None, 10)


@pytest.fixture
def programs(tmp_path):
    """The package of programs with one more in it."""
    import fewrec.evaluation.peers.programs as package

    copy = tmp_path / "lent" / "programs"
    copy.mkdir(parents=True)
    for file in ("__init__.py", "exchange.py"):
        (copy / file).write_text((Path(package.__file__).parent / file).read_text())
    (copy / "odd.py").write_text(PROGRAM)
    return copy.parent


def run(programs, tmp_path, models, limits):
    likes = Likes(np.array([0, 2, 3]), np.array([0, 1, 1]), 3)
    likes.save(tmp_path / "a.npz")
    tasks = [
        {"model": m, "seed": 0, "settings": {}, "train": "a.npz", "asked": "a.npz",
         "out": f"{place}.npy"}
        for place, m in enumerate(models)
    ]  # fmt: skip
    return run_tasks(Path(sys.executable), "programs.odd", tmp_path, tasks, limits, programs)


def test_likes_go_through_a_file_unchanged(fold, tmp_path):
    likes = training_likes(fold.train)
    likes.save(tmp_path / "likes.npz")
    again = Likes.load(tmp_path / "likes.npz")
    assert (again.start == likes.start).all() and (again.item == likes.item).all()
    assert again.items == len(fold.train.items)
    assert len(likes.item) == int((fold.train.label > 0).sum())


def test_a_crash_a_mistake_and_a_long_fit_are_named_and_the_rest_goes_on(programs, tmp_path):
    models = ["count", "dies", "raises", "sleeps", "count"]
    answers = run(programs, tmp_path, models, Limits(fit=1, task=1.5))
    assert [a.scores is not None for a in answers] == [True, False, False, False, True]
    assert "exit code 3" in answers[1].reason
    assert answers[2].reason == "ValueError: no such setting"
    assert answers[3].reason == "given up after 1.5 seconds"
    assert answers[4].scores.tolist() == [[1, 2, 0], [1, 2, 0]]


def test_a_program_that_cannot_start_fails_every_task_once(programs, tmp_path):
    (programs / "programs" / "odd.py").write_text("import a_library_that_is_not_there")
    answers = run(programs, tmp_path, ["count", "count"], Limits(fit=1, task=5))
    assert all("a_library_that_is_not_there" in a.reason for a in answers)


def test_failures_are_rows_without_numbers_and_with_the_reason(fold):
    keys, split = fold.splits[0]
    outcome = nothing(Question.of(split, 0), {"ranker": "x", **keys}, "crashed")
    rows = list_rows([outcome])
    assert {r["metric"] for r in rows} >= {"ndcg@10", "recall@20", "coverage"}
    assert all(r["mean"] is None and r["reason"] == "crashed" for r in rows)


def test_tuning_reads_training_rows_only(toy, fold):
    rows = toy.interactions
    of_test = np.isin(rows.user, fold.splits[0][1].users)
    assert (rows.label[of_test] == 0).any()
    turned = dataclasses.replace(rows, label=np.where(of_test, 1, rows.label).astype(np.float32))
    changed = new_user_fold(dataclasses.replace(toy, interactions=turned), 0, None, 10)
    assert changed.splits[0][1].relevant.sum() > fold.splits[0][1].relevant.sum()
    before, after = rehearsals(fold.train), rehearsals(changed.train)
    assert before
    for mine, theirs in zip(before, after, strict=True):
        assert (mine.train.item == theirs.train.item).all()
        assert (mine.asked.item == theirs.asked.item).all()
        for k in mine.questions:
            assert (mine.questions[k].relevant != theirs.questions[k].relevant).nnz == 0


def test_no_score_comes_last_and_nobody_known_gets_popularity(fold):
    people = fold.splits[-1][1].histories
    items = len(fold.train.items)
    scores = np.full((len(people), items), -np.inf, dtype=np.float32)
    scores[:, 0] = -5
    popularity = np.arange(items)
    full = usable(scores, people, popularity)
    assert np.isfinite(full).all()
    liking = np.flatnonzero(np.diff(asked_likes(people, items).start) > 0)
    assert (full[liking].argmax(axis=1) == 0).all()
    nobody = fold.splits[0][1].histories
    assert (usable(scores, nobody, popularity).argmax(axis=1) == items - 1).all()


def test_the_best_settings_are_chosen_and_failed_ones_are_kept_with_the_reason(fold):
    rehearsed = rehearsals(fold.train)
    assert rehearsed
    peer = next(p for p in PEERS if p.name == "implicit-ials")
    answers = [
        Answer(None, "crashed") if n % 6 else Answer(
            np.zeros((len(rehearsed[n // 6].asked), len(fold.train.items)), dtype=np.float32)
        )
        for n in range(6 * len(rehearsed))
    ]  # fmt: skip
    tuned = choose(peer, rehearsed, answers)
    assert tuned.settings == peer.settings[0]
    assert [t["reason"] for t in tuned.tried] == ["", *["crashed"] * 5]


def test_the_peer_of_the_training_part_is_compared_with_not_the_best_on_the_test(fold):
    peers = peers_named("implicit-ials,implicit-knn")
    tuned = {
        ("implicit-ials", 5): Tuned({}, {3: 0.4}), ("implicit-knn", 5): Tuned({}, {3: 0.3}),
    }  # fmt: skip
    order = ranking(peers, tuned, {5: {3: 0.1}})
    assert order == {
        (5, 0): ["popularity"], (5, 3): ["implicit-ials", "implicit-knn", "popularity"],
    }  # fmt: skip
    question = Question.of(fold.splits[2][1], 0)
    cell = {"n": 5, "k": 3, "segment": "new_users"}
    failed = nothing(question, {"ranker": "implicit-ials", **cell}, "crashed")
    fine = dataclasses.replace(
        failed, cell={"ranker": "implicit-knn", **cell},
        per_user={"ndcg@10": np.ones(len(question.users))},
    )  # fmt: skip
    (best,) = best_peers([failed, fine], order)
    assert best.cell["ranker"] == "best-peer" and best.per_user["ndcg@10"].all()


def test_how_much_a_level_takes_is_read_off_in_logarithms():
    assert needed([(20, 0.3), (100, 0.4)], 0.2).amount == 20
    half = needed([(20, 0.3), (2000, 0.5)], 0.4)
    assert half.reached and half.amount == pytest.approx(200)
    clicks = needed([(0, 0.0), (3, 1.0)], 0.5, shift=1)
    assert clicks.amount == pytest.approx(1)
    dip = needed([(1, 0.1), (10, 0.5), (100, 0.3), (1000, 0.9)], 0.5)
    assert dip.amount == pytest.approx(10)
    never = needed([(20, 0.3), (100, 0.4)], 0.9)
    assert (never.amount, never.reached) == (100, False)
    assert factor_named({"factor": 5.0, "reached": False}) == "more than 5.0"


def test_names_of_libraries_and_models():
    assert {p.library for p in peers_named("all")} == set(LIBRARIES)
    assert [p.name for p in peers_named("implicit-bpr")] == ["implicit-bpr"]
    with pytest.raises(ConfigError, match="there is no peer 'lenskitt'"):
        peers_named("lenskitt")
    assert all(len(p.settings) == 6 for p in PEERS)
    assert all(requirements(library).is_file() for library in LIBRARIES)


def test_a_library_in_its_own_environment_answers(fold, tmp_path):
    python = python_of("implicit")
    if python is None:
        pytest.skip("implicit has no environment; make it with: make peers")
    training_likes(fold.train).save(tmp_path / "train.npz")
    people = asked_likes(fold.splits[-1][1].histories, len(fold.train.items))
    people.save(tmp_path / "asked.npz")
    peer = peers_named("implicit-ials")[0]
    task = {"model": "ials", "seed": 0, "settings": peer.settings[0], "train": "train.npz",
            "asked": "asked.npz", "out": "out.npy"}  # fmt: skip
    (answer,) = run_tasks(python, "programs.implicit_models", tmp_path, [task], Limits())
    assert answer.scores.shape == (len(people), people.items), answer.reason


def test_no_peer_is_called_like_a_ranker_of_ours():
    assert not {peer.name for peer in PEERS} & set(RANKERS)
