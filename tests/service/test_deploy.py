"""The unit and the image: what they name is there, and their commands run."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest
from tests.service.processes import Server

from fewrec.cli import main

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "fewrec.service"
IMAGE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")


def lines(word: str) -> list[str]:
    return re.findall(rf"^{word} +(.*)$", IMAGE, re.MULTILINE)


def entry() -> list[str]:
    """What the image runs."""
    (words,) = lines("ENTRYPOINT")
    return json.loads(words)


def unit() -> configparser.ConfigParser:
    told = configparser.ConfigParser(strict=False, interpolation=None)
    told.optionxform = str  # type: ignore[method-assign,assignment]
    told.read_string(UNIT.read_text(encoding="utf-8"))
    return told


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    program = shlex.split(unit()["Service"]["ExecStart"])[0]
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace(program, sys.executable))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.strip()) == (0, "")


@pytest.mark.parametrize("words", [shlex.split(unit()["Service"]["ExecStart"]), entry()])
def test_the_commands_are_those_there_are(words: list[str], capsys) -> None:
    program, command, home, *options = words
    assert program == "/opt/fewrec/bin/fewrec" and command == "serve" and home.startswith("/")
    assert main(["serve", "--help"]) == 0
    known = capsys.readouterr().out
    assert options and all(word in known for word in options if word.startswith("--"))


def test_both_keep_all_they_write_in_their_own_folder() -> None:
    told = unit()["Service"]
    assert f"/var/lib/{told['StateDirectory']}" in told["ExecStart"]
    assert f"FEWREC_CACHE=/var/cache/{told['CacheDirectory']}" in told["Environment"]
    (volume,) = lines("VOLUME")
    assert entry()[2] == volume and f"FEWREC_CACHE={volume}/" in lines("ENV")[0]
    assert f"install -d -o fewrec {volume}" in IMAGE and lines("USER") == ["fewrec"]


def test_the_image_is_built_of_what_is_there() -> None:
    copied = [words.split()[:-1] for words in lines("COPY") if not words.startswith("--from")]
    for name in (name for names in copied for name in names):
        assert (ROOT / name).exists(), name
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (extra,) = re.findall(r'"\.\[(\w+)\]"', IMAGE)
    assert extra in project["optional-dependencies"]
    needs = {project["readme"], *project["license-files"], "constraints.txt", "src"}
    assert needs <= {name for names in copied for name in names}
    least = tuple(map(int, re.findall(r"\d+", project["requires-python"])))
    for version in re.findall(r"^FROM python:([\d.]+)", IMAGE, re.MULTILINE):
        assert tuple(map(int, version.split("."))) >= least


def test_the_image_asks_for_a_route_there_is(client) -> None:
    (check,) = lines("HEALTHCHECK CMD")
    (url,) = re.findall(r"http://\S+?:(\d+)(/[\w/]+)", check)
    assert url[0] == entry()[-1] == lines("EXPOSE")[0]
    assert client.get(url[1]).status_code == 200


@pytest.mark.slow
def test_the_commands_of_the_image_make_a_service(tmp_path: Path) -> None:
    """Runs the line that installs, in a folder of its own, and then what it installed."""
    for names in (words.split()[:-1] for words in lines("COPY")):
        for name in names:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, tmp_path / name)
            elif (ROOT / name).is_file():
                shutil.copy(ROOT / name, tmp_path / name)
    (run,) = [words for words in lines("RUN") if "pip install" in words]
    where = tmp_path / "opt"
    command = run.replace("/opt/fewrec", str(where)).replace(
        "python -m venv", f"{sys.executable} -m venv"
    )
    subprocess.run(["bash", "-ec", command], cwd=tmp_path, check=True)
    program = (str(where / "bin" / "fewrec"),)
    server = Server(tmp_path / "home", program=program)
    try:
        assert httpx.get(f"{server.url}/health/live").status_code == 200
        assert httpx.get(f"{server.url}/").status_code == 200  # templates were installed
    finally:
        assert server.stop() == 0
    assert os.access(program[0], os.X_OK)
