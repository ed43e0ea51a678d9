"""`fewrec bench onboarding` as a person types it."""

import json
from pathlib import Path

from fewrec.cli import main
from fewrec.data.writing import write_toy


def test_every_way_to_ask_is_measured_on_the_same_people(tmp_path: Path, capsys) -> None:
    write_toy(tmp_path / "toy")
    words = ["bench", "onboarding", "--data", str(tmp_path / "toy"), "--people", "6"]
    assert main([*words, "--seeds", "2", "--json", str(tmp_path / "b.json")]) == 0
    assert "design is ahead by" in capsys.readouterr().out
    told = json.loads((tmp_path / "b.json").read_text())
    rows = {(row["ranker"], row["k"], row["metric"]): row for row in told["rows"]}
    ways = {"popular", "most-liked", "pop-entropy", "log-pop-entropy", "design", "random"}
    assert {way for way, k, _ in rows if k == 5} == ways | {"design-sequential"}
    assert rows["none", 0, "answers"]["mean"] == 0.0
    for way in ways:
        assert 0 <= rows[way, 5, "likes"]["mean"] <= rows[way, 5, "answers"]["mean"] <= 5
        assert rows[way, 5, "answers"]["mean"] <= rows[way, 10, "answers"]["mean"]
        assert len(rows[way, 10, "ndcg@10"]["per_seed"]) == 2
    gaps = {(row["b"], row["k"]): row for row in told["comparisons"]}
    gap = gaps["popular", 10]
    means = [rows[way, 10, "ndcg@10"]["mean"] for way in ("design", "popular")]
    assert gap["a"] == "design" and gap["low"] <= gap["difference"] <= gap["high"]
    assert abs(gap["difference"] - (means[0] - means[1])) < 0.1


def test_too_many_people_end_in_a_sentence(tmp_path: Path, capsys) -> None:
    write_toy(tmp_path / "toy")
    assert main(["bench", "onboarding", "--data", str(tmp_path / "toy")]) == 2
    assert "Ask for fewer people" in capsys.readouterr().err
