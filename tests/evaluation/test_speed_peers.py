"""Speed beside other libraries: who is timed on what, and that numbers agree."""

import numpy as np
import pytest

from fewrec.data.writing import write_toy
from fewrec.errors import FewrecError
from fewrec.evaluation.peers.environments import python_of
from fewrec.evaluation.peers.programs.exchange import Likes
from fewrec.evaluation.rows import select
from fewrec.evaluation.speed_answering import answering_rows
from fewrec.evaluation.speed_judging import (
    ALIKE,
    DEFAULT,
    METRICS,
    OURS,
    Lists,
    by_definition,
    judging_rows,
    some_lists,
    time_rows,
)
from fewrec.evaluation.stopwatch import Times
from fewrec.ranker.baselines import Popularity


def likes(*people, items=40):
    count = np.cumsum([0, *(len(one) for one in people)]).astype(np.int64)
    return Likes(count, np.concatenate(people).astype(np.int64), items)


def test_times_become_ratios_round_by_round():
    ours, theirs = [Times([1.0], [0.5])] * 2, [Times([2.0], [2.0]), Times([4.0, 4.0], [1.0, 3.0])]
    rows = time_rows({"task": "t", "library": "other"}, theirs, ours)
    (ratio,), (wall,) = (select(rows, metric=m) for m in ("times_as_fast", "times_as_fast_wall"))
    assert ratio["per_seed"] == [4.0, 4.0] and wall["per_seed"] == [2.0, 4.0]
    assert select(rows, metric="cpu_ms")[0]["per_seed"] == [2000.0, 2000.0]
    assert not select(time_rows({"task": "t", "library": OURS}, ours, ours), metric="times_as_fast")


def test_definitions_worked_by_hand():
    """One good item, at the second place; and 30 good ones, of which the first 20 are shown."""
    lists = Lists(likes([5, 0], range(20)), likes([0], range(30)))
    second = 1 / np.log2(3)
    ten = (1 / np.log2(np.arange(2, 12))).sum()
    clipped = 1 / np.maximum(np.log2(np.arange(1, 11)), 1)
    assert by_definition(lists, "rectools", ALIKE)[:2] == pytest.approx(
        [(second + 1) / 2, (1 + 20 / 30) / 2]
    )
    assert by_definition(lists, "rectools", DEFAULT)[0] == pytest.approx((second / ten + 1) / 2)
    assert by_definition(lists, "lenskit", DEFAULT)[:2] == pytest.approx([(clipped[1] + 1) / 2, 1])
    assert by_definition(lists, "lenskit", ALIKE)[2] == pytest.approx(10 / 40)


@pytest.fixture
def lists(bench):
    everything = bench.training(bench.dataset.interactions, 0)
    return some_lists(bench.dataset, Popularity(), everything, 0)


def test_lists_are_of_people_who_liked_something(lists, bench):
    assert len(lists.good) == len(lists.shown) > 20
    assert (np.diff(lists.good.start) > 0).all()
    shown = lists.shown.of(0)
    assert len(set(shown.tolist())) == len(shown) <= 20 and lists.shown.items == 36


def test_without_other_libraries_only_ours_is_timed(lists):
    rows = judging_rows(lists, 2, lambda library: None, libraries=())
    assert {row["library"] for row in rows} == {OURS}
    assert len(select(rows, metric="cpu_ms")[0]["per_seed"]) == 2


def test_a_library_that_is_not_installed_is_named(lists, monkeypatch, tmp_path):
    monkeypatch.setenv("FEWREC_PEERS", str(tmp_path))
    with pytest.raises(FewrecError, match="rectools is not installed; make it with: make peers"):
        judging_rows(lists, 1, lambda library: None)


def test_lists_and_events_of_both_sides_are_timed(tmp_path):
    write_toy(tmp_path / "toy")
    rows = answering_rows(tmp_path / "toy", 0, 1, lambda library: None, people=3)
    ratios = select(rows, metric="times_as_fast")
    assert len(ratios) == 5 and all(row["library"] == "implicit" for row in ratios)
    for row in ratios:
        ours, theirs = (
            select(rows, metric="cpu_ms", task=row["task"], library=library)[0]["mean"]
            for library in (OURS, "implicit")
        )
        assert row["mean"] == pytest.approx(theirs / ours) and ours > 0
    assert select(rows, metric="same_lists")[0]["mean"] == 1.0
    assert all(row["mean"] > 0 for row in select(rows, metric="kept_mb"))


@pytest.mark.slow
@pytest.mark.parametrize("library", ["rectools", "lenskit"])
def test_numbers_agree_with_the_library_by_its_definition(lists, library):
    if python_of(library) is None:
        pytest.skip(f"{library} is not installed; make it with: make peers")
    rows = judging_rows(lists, 1, lambda library: None, (library,))
    found = [row for row in select(rows, task="what is found", library=library) if row["mean"]]
    assert {row["metric"] for row in found} >= {"ndcg@10", "recall@20"}
    assert all(row["off_defined"] < 1e-6 for row in found)
    alike = select(found, options=ALIKE, metric="ndcg@10")
    assert alike[0]["off"] < 1e-6
    assert len(select(rows, metric="times_as_fast", library=library)) == 2
    assert len(METRICS) == 3
