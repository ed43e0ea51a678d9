"""`fewrec bench bandit` as a person types it."""

import json
from pathlib import Path

from fewrec.cli import main
from fewrec.data.writing import write_toy


def test_it_writes_rows_and_comparisons(tmp_path: Path, capsys) -> None:
    write_toy(tmp_path / "toy")
    words = ["bench", "bandit", "--data", str(tmp_path / "toy"), "--users", "5", "--steps", "4"]
    assert main([*words, "--seeds", "2", "--json", str(tmp_path / "b.json")]) == 0
    assert "One update and the top 10" in capsys.readouterr().out
    told = json.loads((tmp_path / "b.json").read_text())
    rewards = {row["ranker"]: row for row in told["rows"] if row["metric"] == "reward"}
    assert set(rewards) >= {"random", "met", "popularity", "item-bias", "bandit", "thompson"}
    assert len(rewards["bandit"]["per_seed"]) == 2
    assert {row["b"] for row in told["comparisons"]} == {
        "met", "popularity", "item-bias", "greedy-head",
    }  # fmt: skip


def test_too_many_people_end_in_a_sentence(tmp_path: Path, capsys) -> None:
    write_toy(tmp_path / "toy")
    assert main(["bench", "bandit", "--data", str(tmp_path / "toy")]) == 2
    assert "Ask for fewer people or steps" in capsys.readouterr().err


def test_the_fusion_is_replayed_with_and_without_the_bonus(tmp_path: Path, capsys) -> None:
    write_toy(tmp_path / "toy")
    words = ["bench", "bandit", "--data", str(tmp_path / "toy"), "--users", "5", "--steps", "4"]
    assert main([*words, "--seeds", "1", "--hybrid", "--json", str(tmp_path / "b.json")]) == 0
    assert "hybrid+bandit is ahead of hybrid by" in capsys.readouterr().out
    told = json.loads((tmp_path / "b.json").read_text())
    rewards = {r["ranker"]: r["mean"] for r in told["rows"] if r["metric"] == "reward"}
    assert {"hybrid", "hybrid+bandit", "p-like"} <= set(rewards)
    assert rewards["p-like"] > rewards["random"]
    assert told["reproduce"].endswith("--hybrid")
    assert ("p-like", "bandit") in {(row["a"], row["b"]) for row in told["comparisons"]}
