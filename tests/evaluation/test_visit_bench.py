"""Moments of visits: who is asked about, and that nothing from the moment on is known."""

import sys
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from fewrec.errors import EmptyData
from fewrec.evaluation.opening import open_bench
from fewrec.evaluation.peers.environments import python_of
from fewrec.evaluation.peers.models import peers_named
from fewrec.evaluation.visit_bench import Asked, bare, run_visits, summarised, visit_split
from fewrec.evaluation.visit_peers import Rivals
from fewrec.recommender.rankers import hybrid

SASREC = peers_named("rectools-sasrec")


@pytest.fixture(scope="module")
def timed(toy):
    """The toy's rows, a minute after each other."""
    rows = toy.interactions
    times = 60.0 * np.arange(len(rows), dtype=np.float64)
    return replace(toy, interactions=replace(rows, timestamp=times))


@pytest.mark.parametrize("last", [False, True])
def test_nothing_from_the_moment_on_is_known(timed, last):
    rows = timed.interactions
    split, length = visit_split(timed, Asked(20, last), 0)
    assert 0 < len(split.users) <= 20 and (length > 0).all()
    asked = dict(zip(split.test.user.tolist(), split.test.timestamp.tolist(), strict=True))
    assert set(asked) == set(split.users.tolist()) and (split.test.label > 0).all()
    for user, moment in asked.items():
        mine = rows.user == user
        known = split.train.timestamp[split.train.user == user]
        assert np.array_equal(
            np.sort(known), np.sort(rows.timestamp[mine & (rows.timestamp < moment)])
        )
        assert not last or moment == rows.timestamp[mine].max()
    others = ~np.isin(rows.user, split.users)
    assert others.sum() == (~np.isin(split.train.user, split.users)).sum()


def test_draws_differ_by_seed_and_agree_with_one(timed):
    one, again, other = (visit_split(timed, Asked(20), seed)[0] for seed in (3, 3, 4))
    assert np.array_equal(one.test.item, again.test.item)
    assert not np.array_equal(one.test.timestamp, other.test.timestamp)


def test_bare_people_are_in_no_visit(timed):
    people = visit_split(timed, Asked(5), 0)[0].histories
    assert people.session is not None and bare(people).session is None
    assert np.array_equal(bare(people).item, people.item)


def test_rows_without_an_order_are_refused(timed):
    rows = replace(timed.interactions, timestamp=np.full(len(timed.interactions), np.nan))
    with pytest.raises(EmptyData, match="order of the rows is not known"):
        visit_split(replace(timed, interactions=rows), Asked(), 0)


def test_a_library_that_cannot_answer_is_a_row_without_a_number(timed, tmp_path, monkeypatch):
    monkeypatch.setenv("FEWREC_PEERS", str(tmp_path))
    bench = open_bench(timed, visits=True)
    few = partial(hybrid, ("popularity", "item-knn", "visit-chain"))
    bench = replace(bench, rankers={**bench.rankers, "hybrid": few})
    found = run_visits(bench, Asked(10), [0], lambda: None, SASREC)
    rows, compared = summarised(found.outcomes, SASREC)
    mine = [row for row in rows if row["ranker"] == "rectools-sasrec"]
    assert mine and all(row["mean"] is None for row in mine)
    assert "not installed" in mine[0]["reason"]
    assert "rectools-sasrec" not in {row["b"] for row in compared}
    ours, theirs = found.fits
    assert theirs["given"] == ours["cpu_seconds"] > 0


def test_a_library_that_crashes_says_how(timed, tmp_path, monkeypatch):
    python = tmp_path / "rectools" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)  # an interpreter without the library
    monkeypatch.setenv("FEWREC_PEERS", str(tmp_path))
    (rival,) = Rivals(SASREC).ask(visit_split(timed, Asked(5), 0)[0], 0, 1.0)
    assert rival.top is None and "No module named" in rival.reason


@pytest.mark.slow
def test_sasrec_learns_an_order(timed):
    if python_of("rectools") is None:
        pytest.skip("rectools has no environment; make it with: make peers")
    split, _ = visit_split(timed, Asked(20), 0)
    rivals = Rivals(SASREC)
    rivals.tune(split, 0, 5.0)
    (rival,) = rivals.ask(split, 0, 5.0)
    assert not rival.reason and rival.top.shape == (len(split.users), 20)
    assert rivals.chosen["rectools-sasrec"] in SASREC[0].settings
    assert max(tried["ndcg"] for tried in rivals.tried) > 0
