"""`fewrec bench graph` and `fewrec bench kgcn` as a person types them."""

import json
from pathlib import Path

import polars as pl
import pytest

from fewrec.cli import main
from fewrec.data.writing import write_toy
from fewrec.evaluation.graph_bench import WITHOUT


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """Likes of everybody and who made what; all columns of the items but titles left out."""
    folder = tmp_path / "toy"
    write_toy(folder)
    items = pl.read_csv(folder / "items.csv")
    items.select("item", "title").write_csv(folder / "items.csv")
    (folder / "fewrec.toml").write_text('like = "value >= 1"\n')
    graph = items.select(head="item", relation=pl.lit("maker"), tail="shelf")
    graph.write_csv(folder / "graph.csv")
    return folder


def test_pairs_without_the_leak(toy: Path, tmp_path: Path, capsys) -> None:
    words = ["bench", "kgcn", "--data", str(toy), "--seeds", "2"]
    assert main([*words, "--json", str(tmp_path / "k.json")]) == 0
    said = capsys.readouterr().out
    assert "hybrid" in said and "KGCN 0.796" in said
    told = json.loads((tmp_path / "k.json").read_text())
    (ours,) = (r for r in told["rows"] if r["ranker"] == "hybrid" and r["metric"] == "auc")
    assert len(ours["per_seed"]) == 2 and ours["mean"] > 0.6


def test_no_graph_no_comparison(tmp_path: Path, capsys) -> None:
    write_toy(tmp_path / "toy")
    (tmp_path / "toy" / "graph.csv").unlink(missing_ok=True)
    assert main(["bench", "graph", "--data", str(tmp_path / "toy")]) != 0
    assert "graph build" in capsys.readouterr().err


@pytest.mark.slow
def test_with_the_graph_and_without(toy: Path, tmp_path: Path, capsys) -> None:
    words = ["bench", "graph", "--data", str(toy), "--seeds", "1", "--least", "1"]
    assert main([*words, "--out", str(tmp_path / "run"), "--json", str(tmp_path / "g.json")]) == 0
    assert WITHOUT in capsys.readouterr().out
    assert (tmp_path / "run" / "result.json").is_file()
