"""The examples run, and the documentation shows what runs."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.evaluation.prompts import prompts, write_prompts

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


def run(*words: object) -> str:
    """Run a program of the examples as a person would; its output."""
    done = subprocess.run(
        [sys.executable, *map(str, words)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_quickstart_runs(ml100k_files):
    said = run(EXAMPLES / "quickstart.py")
    assert "Star Wars" in said
    assert "Because you liked" in said


def test_the_page_about_python_shows_the_quickstart():
    code = (EXAMPLES / "quickstart.py").read_text(encoding="utf-8").partition("\n\n")[2]
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    assert f"```python\n{code}```" in page


def test_the_notebook_is_the_one_the_program_makes(ml100k_files):
    nbformat = pytest.importorskip("nbformat")
    maker = _loaded("make_notebook")
    kept = nbformat.read(maker.NOTEBOOK, as_version=4)
    made = maker.made()
    assert [(c.cell_type, c.source) for c in kept.cells] == [
        (c.cell_type, c.source) for c in made.cells
    ], "run examples/make_notebook.py"
    code = [cell for cell in kept.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    assert not [o for cell in code for o in cell.outputs if o.output_type in ("error", "stream")]


def test_the_notebook_runs(ml100k_files, own_cache):
    pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    code = (
        f"import sys; sys.path.insert(0, {str(EXAMPLES)!r}); import make_notebook;"
        "print(len(make_notebook.run(make_notebook.made()).cells))"
    )
    environment = {**os.environ, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr


def _loaded(name: str):
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def bert():
    pytest.importorskip("torch", reason="needs the extra lm")
    pytest.importorskip("transformers", reason="needs the extra lm")
    return _loaded("bert_ranking")


def test_bert_ranking_reads_prompts_and_ends_with_one_number_a_row(bert, tiny_model, tmp_path):
    import torch

    folder = write_prompts(tmp_path, prompts(12, seed=0), prompts(5, seed=1))
    pool, test = bert.read(folder)
    assert (len(pool), len(test)) == (12, 5)
    told = json.loads((folder / "test.json").read_text())[0]
    history, item, label = test[0]
    assert f'"{item}"' in told["input"] and label == (told["output"] == "Yes.")
    liked = history.removeprefix("Liked: ").partition(". Disliked: ")[0].split(", ")
    first = told["input"].splitlines()[0]
    assert all(f'"{title}"' in first for title in liked) and item not in history

    torch.manual_seed(0)
    model = bert.Ranker(tiny_model("bert"))
    before = model.head.weight.clone()
    losses = bert.learn(model, pool, epochs=2, batch=5)
    assert len(losses) == 6 and all(0 < loss < 1 for loss in losses)  # a mean of squares
    assert not torch.equal(before, model.head.weight)
    scores = bert.scores(model, test)
    assert scores.shape == (5,) and ((scores > 0) & (scores < 1)).all()
    alone = bert.scores(model, bert.Prompts(test.shots.take([3]), test.titles))
    assert alone[0] == pytest.approx(scores[3], rel=1e-5)  # padding and neighbours do not count


def test_bert_ranking_runs_on_the_toy_world(bert, tiny_model, monkeypatch, capsys):
    words = ["--shots", "8", "--epochs", "1", "--model", str(tiny_model("bert"))]
    monkeypatch.setattr(sys, "argv", ["bert_ranking.py", *words])
    bert.main()
    assert re.fullmatch(
        r"squared error 0\.\d+ -> 0\.\d+\nAUC [01]\.\d+ on 135 rows\n", capsys.readouterr().out
    )


@pytest.mark.slow
def test_bert_ranking_learns_the_toy_world(bert):
    said = run(EXAMPLES / "bert_ranking.py", "--epochs", 5)
    assert float(said.split("AUC ")[1].split()[0]) > 0.9


@pytest.mark.slow
def test_the_demo_runs(tmp_path, ml100k_files):
    said = run(EXAMPLES / "demo.py", "--out", tmp_path / "demo", "--seeds", 1)
    assert said.count("$ fewrec ") >= 10
    summary = json.loads((tmp_path / "demo" / "summary.json").read_text(encoding="utf-8"))
    assert summary["schema"] == 1
    assert summary["command"] == "demo"
    assert [slate["stage"] for slate in summary["slates"]] == ["warm", "few", "profile"]
    for slate in summary["slates"]:
        assert len(slate["items"]) == 5
        for item in slate["items"]:
            assert item["reasons"]
            assert sum(item["contributions"].values()) == pytest.approx(item["score"], abs=1e-4)
    rankers = {row["ranker"] for row in summary["rows"] if row["metric"] == "ndcg@10"}
    assert {"hybrid", "popularity", "like-rate", "item-user-mean", "random"} <= rankers
    page = (tmp_path / "demo" / "report.html").read_text(encoding="utf-8")
    assert "likes Toy Story and Babe" in page
