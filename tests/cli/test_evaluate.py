"""`fewrec evaluate`, `bench` and `report` on a small data folder, as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fewrec.data.writing import write_toy


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("toy") / "shelves"
    write_toy(target, users=40, per_shelf=12)
    return target


@pytest.fixture(scope="module")
def run_folder(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from fewrec.cli import main

    out = tmp_path_factory.mktemp("run")
    words = ["evaluate", folder, "--protocol", "new-users", "--seeds", 1, "--out", out, "--quiet"]
    assert main([str(word) for word in words]) == 0
    return out


def test_evaluate_saves_a_result_and_examples(run_folder: Path, folder: Path) -> None:
    result = json.loads((run_folder / "result.json").read_text())
    assert result["schema"] == 1
    assert result["command"] == "evaluate"
    assert result["data"]["name"] == "toy"
    rankers = {row["ranker"] for row in result["rows"]}
    assert rankers >= {"hybrid", "best-single", "random", "popularity", "like-rate"}
    assert rankers >= {"item-user-mean", "ease", "ials", "text-knn", "item-prior"}
    ours = [r for r in result["rows"] if r["ranker"] == "hybrid" and r["metric"] == "ndcg@10"]
    plain = {r["k"]: r["mean"] for r in ours if "diversity" not in r}
    assert plain[5] > 0.8
    assert {r["diversity"] for r in ours if "diversity" in r} >= {0.0, 0.5}
    assert result["calibration"][0]["ranker"] == "hybrid"
    assert f"fewrec evaluate {folder}" in result["reproduce"]
    slates = json.loads((run_folder / "examples.json").read_text())["slates"]
    assert [s["stage"] for s in slates][-1] == "popular"
    assert any(item["reasons"] for item in slates[0]["items"])


def test_report_makes_a_page_of_the_run(fewrec, run_folder: Path, tmp_path: Path) -> None:
    done = fewrec("report", run_folder, "-o", tmp_path / "page" / "report.html", "--json", "-")
    assert done.code == 0
    files = [Path(f) for f in done.json["files"]]
    assert all(f.exists() for f in files)
    text = files[0].read_text()
    assert "A complete stranger" in text
    assert "fewrec evaluate" in text


def test_evaluate_prints_the_table_and_nothing_else_with_json(fewrec, folder: Path) -> None:
    done = fewrec("evaluate", folder, "--protocol", "random", "--seeds", 1, "--json", "-")
    assert done.code == 0
    assert done.json["seeds"] == [0]
    assert "hybrid" in done.err
    assert "ndcg@10" in done.err


def test_a_wrong_protocol_is_answered_before_anything_is_fitted(fewrec, folder: Path) -> None:
    done = fewrec("evaluate", folder, "--protocol", "times")
    assert done.code == 2
    assert "Did you mean 'time'" in done.err


def test_a_place_that_cannot_be_written_is_refused_first(fewrec, folder, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    done = fewrec("evaluate", folder, "--out", tmp_path / "taken")
    assert done.code == 2
    assert "taken" in done.err
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_folder_that_cannot_be_evaluated_is_answered(fewrec, tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("item,title\n1,Babe\n2,Fargo\n")
    done = fewrec("evaluate", tmp_path)
    assert done.code == 2
    assert "no interactions to evaluate on" in done.err


def test_times_are_needed_for_time(fewrec, tmp_path: Path) -> None:
    rows = [f"u{u},i{i}" for u in range(6) for i in range(6) if (u + i) % 2]
    (tmp_path / "interactions.csv").write_text("user,item\n" + "\n".join(rows) + "\n")
    done = fewrec("evaluate", tmp_path)
    assert done.code == 2
    assert "the time split needs a timestamp in every row" in done.err


def test_bench_curve_goes_on_where_it_was(fewrec, folder: Path, tmp_path: Path) -> None:
    words = ("bench", "curve", "--data", folder, "--users", "5,all", "--out", tmp_path / "run")
    first = fewrec(*words, "--seeds", 1, "--json", tmp_path / "one.json")
    assert first.code == 0
    assert "With " in first.out
    cells = tmp_path / "run" / "cells"
    before = {f.name: f.stat().st_mtime_ns for f in cells.iterdir()}
    assert set(before) == {"seed-0-n-5.json", "seed-0-n-all.json"}
    again = fewrec(*words, "--seeds", 1, "--json", tmp_path / "two.json")
    assert again.code == 0
    assert {f.name: f.stat().st_mtime_ns for f in cells.iterdir()} == before
    one, two = (json.loads((tmp_path / f"{n}.json").read_text()) for n in ("one", "two"))
    assert one["rows"] == two["rows"]
    assert {v["n"] for v in one["varied"]} == {5, "all"}


def test_bench_curve_names_what_it_cannot_read(fewrec, folder: Path) -> None:
    done = fewrec("bench", "curve", "--data", folder, "--users", "five")
    assert done.code == 2
    assert "must be above 0 or 'all', not 'five'" in done.err
    done = fewrec("bench", "curve", "--data", "ml-100")
    assert done.code == 2
    assert "'ml-100k'" in done.err


@pytest.mark.slow
def test_bench_speed_measures_every_step(fewrec, folder: Path) -> None:
    done = fewrec("bench", "speed", "--data", folder, "--json", "-")
    assert done.code == 0
    found = {(r["task"], r["metric"]): r["mean"] for r in done.json["rows"]}
    for task in ("read", "encode", "fit", "score"):
        assert found[task, "cpu_seconds"] > 0
        assert found[task, "peak_mb"] > 20
    assert found["recommend", "ratio_to_implicit"] > 0
    assert found["import fewrec", "seconds"] < 2
