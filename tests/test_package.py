"""The package as a whole: public names, import time, no side effects, an honest version."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import fewrec

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "src" / "fewrec").rglob("*.py"))
MODULES = [
    ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")
    for path in SOURCES
]
NEEDS_TORCH = [
    name
    for name, path in zip(MODULES, SOURCES, strict=True)
    if re.search(
        r"^(import|from|with .*\n.*\n.*\n    from) (torch|lightning|peft|transformers)",
        path.read_text(),
        re.M,
    )
]
"""Parts of the language models and the graph network, loaded only by what asks for one."""

CORE = [name for name in MODULES if name not in NEEDS_TORCH]
HEAVY = ("torch", "pandas", "matplotlib", "onnxruntime", "sklearn", "pyarrow", "implicit")
LIGHT = ("numpy", "scipy", "polars", "pydantic", "rich", "typer")


def in_fresh_python(code: str) -> Any:
    """Run code that prints JSON in a new interpreter."""
    done = subprocess.run(
        [sys.executable, "-"], input=code, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_public_names_are_complete_sorted_and_there() -> None:
    names = list(fewrec.__all__)
    assert names == sorted(names)
    assert set(names) <= set(dir(fewrec))
    for name in names:
        assert getattr(fewrec, name) is not None
        assert name == "__version__" or getattr(fewrec, name).__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(fewrec, "no_such_name")


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert fewrec.__version__ == project["version"]


def test_import_is_fast_and_loads_nothing_heavy() -> None:
    code = (
        "import json, sys, time; before = time.process_time(); import fewrec;"
        "print(json.dumps({'seconds': time.process_time() - before, 'loaded': list(sys.modules)}))"
    )
    runs = [in_fresh_python(code) for _ in range(3)]
    assert min(run["seconds"] for run in runs) < 0.3
    assert not {*HEAVY, *LIGHT} & set(runs[0]["loaded"])


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import json, sys, io; out, sys.stdout = sys.stdout, io.StringIO();"
        "from fewrec.cli import main; main(['--help']);"
        "print(json.dumps({'loaded': list(sys.modules)}), file=out)"
    )
    assert not {*HEAVY, "numpy", "polars", "scipy", "typer"} & set(in_fresh_python(code)["loaded"])


def test_every_module_can_be_imported_without_the_extras() -> None:
    code = (
        "import importlib, json, sys;"
        "[sys.modules.__setitem__(n, None) for n in ('torch', 'pandas', 'matplotlib')];"
        f"[importlib.import_module(n) for n in {CORE!r}];"
        "print(json.dumps({'loaded': [n for n, m in sys.modules.items() if m]}))"
    )
    loaded = set(in_fresh_python(code)["loaded"])
    assert not {"onnxruntime", "implicit", "sklearn", "pyarrow"} & loaded


def test_importing_everything_changes_nothing_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FEWREC_CACHE", "HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    everything = f"[importlib.import_module(n) for n in {CORE!r}]"
    code = f"import importlib, json, sys; {everything}; print(json.dumps(list(sys.modules)))"
    others = [name for name in in_fresh_python(code) if not name.startswith(("fewrec", "__"))]
    code = f"""
import importlib, importlib.util, json, logging, os, random, threading, warnings
for name in {others!r}:  # what foreign packages do on import is not ours
    try:
        importlib.import_module(name)
    except ImportError:
        pass
state = lambda: [dict(os.environ), logging.root.level, logging.root.handlers[:],
                 threading.active_count(), random.getstate(), list(warnings.filters)]
before = state()
{everything}
print(json.dumps([i for i, (a, b) in enumerate(zip(before, state())) if a != b]))
"""
    assert in_fresh_python(code) == []
    assert list(tmp_path.iterdir()) == []


def test_every_module_says_what_it_is_for() -> None:
    for path in SOURCES:
        said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert said, path
        assert said.splitlines()[0].endswith((".", ":")), path


def test_names_of_files_say_what_is_in_them() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "base", "misc", "tools"}
    assert not [path for path in SOURCES if vague & set(path.with_suffix("").parts)]


def test_files_hold_one_idea() -> None:
    long = {path.name: n for path in SOURCES if (n := len(path.read_text().splitlines())) > 500}
    assert not long
