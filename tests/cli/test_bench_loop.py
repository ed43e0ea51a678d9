"""`fewrec bench loop` as a person types it."""

import json
from pathlib import Path

from fewrec.cli import main
from fewrec.data.writing import write_toy


def test_it_writes_rows_and_curves_and_draws(tmp_path: Path, capsys) -> None:
    write_toy(tmp_path / "toy", users=9)
    words = ["bench", "loop", "--data", str(tmp_path / "toy"), "--slates", "30"]
    told = ["--json", str(tmp_path / "l.json"), "--figure", str(tmp_path / "l.png")]
    assert main([*words, *told, "--out", str(tmp_path / "run")]) == 0
    assert "likes on the slate" in capsys.readouterr().out
    document = json.loads((tmp_path / "l.json").read_text())
    assert document["order"] == "time" and len(document["cumulative"]["fewrec"]) == 30
    assert {row["b"] for row in document["comparisons"]} >= {"popularity", "popularity-mf"}
    assert (tmp_path / "l.png").exists() and (tmp_path / "l.svg").exists()

    (kept,) = (tmp_path / "run").iterdir()
    before = kept.stat().st_mtime_ns
    again = ["--seeds", "2", "--json", str(tmp_path / "two.json"), "--out", str(kept.parent)]
    assert main([*words, *again]) == 0
    two = json.loads((tmp_path / "two.json").read_text())
    assert kept.stat().st_mtime_ns == before and len(list(kept.parent.iterdir())) == 2
    (ours,) = (r for r in two["rows"] if (r["ranker"], r["metric"]) == ("fewrec", "coverage"))
    assert len(ours["per_seed"]) == 2 and two["seeds"] == [0, 1]


def test_an_odd_refit_is_refused(capsys) -> None:
    assert main(["bench", "loop", "--refit", "130"]) == 2
    assert "must be a multiple of 100" in capsys.readouterr().err
