"""The core alone, installed from a wheel as a stranger would: small, and it works."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fewrec.cli import COMMANDS

ROOT = Path(__file__).parent.parent
LIMIT_MB = 550
ABSENT = ("torch", "pandas", "matplotlib", "sklearn", "pyarrow", "IPython")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a fresh environment with the wheel of this project and no extras."""
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not installed; `make setup` brings it")
    place = tmp_path_factory.mktemp("core")
    python = place / "env" / "bin" / "python"
    for command in (
        [uv, "build", "--quiet", "--wheel", "--python", sys.executable, "--out-dir", place, ROOT],
        [uv, "venv", "--quiet", "--python", sys.executable, place / "env"],
    ):
        subprocess.run(command, check=True)
    (wheel,) = place.glob("fewrec-*.whl")
    constraints = ROOT / "constraints.txt"
    install = [uv, "pip", "install", "--quiet", "--python", python, "-c", constraints, wheel]
    subprocess.run(install, check=True)
    return python.parent


def run(core: Path, *words: object) -> str:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [str(word) for word in (core / str(words[0]), *words[1:])],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=core,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_small(core: Path) -> None:
    files = [path for path in core.parent.rglob("*") if path.is_file() and not path.is_symlink()]
    assert sum(path.stat().st_size for path in files) / 1e6 < LIMIT_MB


def test_the_extras_are_really_absent(core: Path) -> None:
    code = f"import importlib.util as u; print([n for n in {ABSENT} if u.find_spec(n)])"
    assert run(core, "python", "-c", code) == "[]\n"


def test_it_says_what_it_can_do(core: Path) -> None:
    assert "Usage: fewrec" in run(core, "fewrec", "--help")
    assert "pip install 'fewrec[plots]'" in run(core, "fewrec", "doctor")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_asked_for_help(core: Path, name: str) -> None:
    assert "--json" in run(core, "fewrec", *name.split(), "--help")


@pytest.mark.skipif("fit" not in COMMANDS, reason="there is no command `fit` yet")
def test_fit_and_recommend_work(core: Path, tmp_path: Path) -> None:
    write = f"from pathlib import Path; from fewrec.data.writing import write_toy;\
 write_toy(Path({str(tmp_path / 'toy')!r}))"
    run(core, "python", "-c", write)
    run(core, "fewrec", "fit", tmp_path / "toy", "-o", tmp_path / "model")
    said = run(core, "fewrec", "recommend", tmp_path / "model", "--likes", "space-0", "-k", "3")
    assert said.count("space-") + said.count("The starship") + said.count("The galaxy") >= 2
