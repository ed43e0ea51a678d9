import dataclasses
import json

import pytest

from fewrec.errors import ConfigError
from fewrec.evaluation import curve as module
from fewrec.evaluation.curve import Curve, best_varied, run_curve, sizes_named, usable_sizes
from fewrec.evaluation.rows import metric_row, select


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("curve")


@pytest.fixture(scope="module")
def done(with_hybrid, folder):
    steps = []
    result = run_curve(with_hybrid, Curve((0, 1), (5, "all"), folder), steps.append)
    assert len(steps) == 4
    return result


def test_every_cell_has_a_file_and_every_row_its_place(done, folder):
    assert sorted(f.name for f in (folder / "cells").iterdir()) == [
        *("seed-0-n-5.json", "seed-0-n-all.json", "seed-1-n-5.json", "seed-1-n-all.json"),
    ]
    listed = select(done.rows, metric="ndcg@10", ranker="hybrid", diversity=None)
    cells = {(r["n"], r.get("k"), r["segment"]) for r in listed}
    assert cells == {
        *((n, k, "new_users") for n in (5, "all") for k in (0, 1, 3, 5, 10)),
        *((n, None, s) for n in (5, "all") for s in ("new_items", "new_items_all")),
    }


def test_random_and_text_baselines_stand_beside_new_items(done):
    here = select(done.rows, segment="new_items", metric="ndcg@10", n="all")
    assert {r["ranker"] for r in here} >= {"random", "popularity", "hybrid", "best-single"}


def test_a_run_that_was_stopped_goes_on_and_ends_with_the_same(
    with_hybrid, folder, done, monkeypatch
):
    files = sorted((folder / "cells").iterdir())
    kept = {f.name: f.stat().st_mtime_ns for f in files}
    files[1].unlink()
    made = []
    real = module.fit_contestants
    monkeypatch.setattr(module, "fit_contestants", lambda *a: made.append(1) or real(*a))
    again = run_curve(with_hybrid, Curve((0, 1), (5, "all"), folder), lambda cell: None)
    assert len(made) == 2
    assert again.rows == done.rows
    assert again.comparisons == done.comparisons
    for file in files[:1] + files[2:]:
        assert file.stat().st_mtime_ns == kept[file.name]


def test_cells_of_other_data_are_made_again(with_hybrid, tmp_path, monkeypatch):
    curve = Curve((0,), (5,), tmp_path)
    run_curve(with_hybrid, curve, lambda cell: None)
    file = next(iter(curve.cells()))[2]
    first = json.loads(file.read_text())["key"]
    other = dataclasses.replace(with_hybrid.dataset, fingerprint="other")
    run_curve(dataclasses.replace(with_hybrid, dataset=other), curve, lambda cell: None)
    assert json.loads(file.read_text())["key"] != first


def test_cells_are_made_again_when_the_code_has_changed(with_hybrid, monkeypatch):
    before = module._key(with_hybrid)
    assert before == module._key(with_hybrid)
    monkeypatch.setattr(module, "code_digest", lambda: "changed")
    assert module._key(with_hybrid) != before


def test_variety_is_traded_at_five_clicks_for_every_n(done):
    rows = [r for r in done.rows if "diversity" in r]
    assert {(r["n"], r["k"], r["segment"]) for r in rows} == {
        (5, 5, "new_users"), ("all", 5, "new_users"),
    }  # fmt: skip
    plain = select(done.rows, ranker="hybrid", metric="ndcg@10", k=5, n=5, diversity=None)[0]
    none = select(rows, metric="ndcg@10", n=5, diversity=0.0)[0]
    assert none["mean"] == pytest.approx(plain["mean"], abs=0.02)


def test_the_most_varied_point_that_keeps_99_percent():
    rows = [
        metric_row(
            {"ranker": "hybrid", "n": 20, "k": 5, "segment": "new_users", "diversity": d}, m, [v]
        )
        for d, accuracy, shown in ((0.0, 0.5, 0.1), (0.1, 0.497, 0.25), (0.5, 0.4, 0.6))
        for m, v in (("ndcg@10", accuracy), ("coverage", shown))
    ]
    (best,) = best_varied(rows)
    assert (best["n"], best["diversity"]) == (20, 0.1)
    assert best["ndcg_share"] == pytest.approx(0.994)
    assert best["coverage_ratio"] == pytest.approx(2.5)


def test_numbers_of_training_users_are_read_and_cut_to_what_there_is(with_hybrid):
    assert sizes_named("5, 20,all") == (5, 20, "all")
    assert usable_sizes(with_hybrid, (5, 20, 100, "all")) == (5, 20, "all")
    with pytest.raises(ConfigError, match="must be above 0 or 'all', not '0'"):
        sizes_named("0,5")
