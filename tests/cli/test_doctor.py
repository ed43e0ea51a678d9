"""`fewrec doctor`: what is shown, and what is complained about."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from fewrec.cli import machine
from fewrec.cli.doctor import complaints, examination

PYPROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]


def test_it_shows_versions_threads_caches_and_extras(fewrec) -> None:
    done = fewrec("doctor")
    assert done.code == 0
    for expected in ("python", "polars", "onnxruntime", "cores", "memory", "openblas", "free disk"):
        assert expected in done.out
    assert "figures in reports" in done.out


def test_as_json_the_facts_are_numbers(fewrec) -> None:
    said = fewrec("doctor", "--json", "-").json
    assert said["cores"] >= 1
    assert said["memory"]["total"] >= said["memory"]["available"] > 0
    assert said["cache"]["free"] > 0 and said["cache"]["writable"] is True
    assert said["linear_algebra"][0]["threads"] == 1
    assert all(said["packages"].values())


def test_every_extra_of_the_project_is_described_and_no_other() -> None:
    extras = {entry["extra"]: entry for entry in machine.extras()}
    assert set(extras) == set(PYPROJECT["optional-dependencies"]) - {"all"}
    gathered = re.findall(r"[\w-]+", PYPROJECT["optional-dependencies"]["all"][0])[1:]
    assert {name for name, entry in extras.items() if entry["used"]} == set(gathered)


def test_a_missing_extra_says_how_to_add_it(monkeypatch: pytest.MonkeyPatch, fewrec) -> None:
    real = machine.package_version
    monkeypatch.setattr(
        machine, "package_version", lambda name: None if name == "matplotlib" else real(name)
    )
    said = fewrec("doctor")
    assert "no: matplotlib" in said.out and "pip install 'fewrec[plots]'" in said.out


def test_required_packages_are_those_of_the_project() -> None:
    named = [re.match(r"[\w.-]+", line).group(0) for line in PYPROJECT["dependencies"]]
    assert sorted(machine.requirements()) == sorted(named)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"packages": {"scipy": None}}, "missing packages: scipy. Install them"),
        ({"assets": {"ml-100k": "damaged"}}, "damaged assets: ml-100k. They are fetched again"),
        ({"cache": {"free": 1_500_000_000}}, "only 1.5 GB of disk are free at /c."),
        ({"cache": {"writable": False}}, "/c cannot be written. Name another folder in"),
        ({"memory": {"available": 300_000_000}}, "only 300.0 MB of memory are available."),
        ({"memory": {"available": None}}, None),
        ({}, None),
    ],
)
def test_complaints(change: dict, expected: str | None) -> None:
    report = {
        "packages": {"scipy": "1.17"},
        "assets": {"ml-100k": "ready"},
        "cache": {"folder": "/c", "free": 9e9, "writable": True},
        "memory": {"total": 16e9, "available": 8e9},
    }
    for key, part in change.items():
        report[key] = {**report[key], **part}
    said = complaints(report)
    assert said == [] if expected is None else (len(said) == 1 and expected in said[0])


def test_sizes_of_the_cache_are_those_on_disk(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("FEWREC_CACHE", str(tmp_path))
    (tmp_path / "vectors" / "a").mkdir(parents=True)
    (tmp_path / "vectors" / "a" / "x").write_bytes(b"123")
    (tmp_path / "vectors" / "y").write_bytes(b"12")
    assert examination()["cache"]["parts"] == {"vectors": 5}


def test_a_cache_that_is_not_there_yet_is_no_problem(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("FEWREC_CACHE", str(tmp_path / "deep" / "cache"))
    report = examination()
    assert report["cache"]["parts"] == {} and report["cache"]["free"] > 0
    assert not any("cache" in said for said in complaints(report))
