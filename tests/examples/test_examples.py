"""The examples run, and the documentation shows what runs."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

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
