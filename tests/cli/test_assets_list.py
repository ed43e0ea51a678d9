"""`fewrec assets list`: what is known, what is here, what is damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from fewrec.assets import ASSETS


def test_every_asset_with_licence_source_and_state(fewrec, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("FEWREC_CACHE", str(tmp_path))
    done = fewrec("assets", "list")
    assert done.code == 0
    for asset in ASSETS.values():
        assert asset.name in done.out and asset.upstream in done.out and asset.licence in done.out
    assert done.out.count("not fetched") == len(ASSETS)
    assert str(tmp_path) in done.out
    assert not any(tmp_path.iterdir())


def test_as_json(fewrec) -> None:
    listed = {
        entry["name"]: entry for entry in fewrec("assets", "list", "--json", "-").json["assets"]
    }
    assert list(listed) == list(ASSETS)
    assert listed["ml-100k"]["package"] == "recbole==1.2.1"
    assert "GroupLens" in listed["ml-100k"]["terms"]


@pytest.mark.parametrize("words", [(), ("--verify",)])
def test_a_damaged_asset_is_shown(
    fewrec, ml100k_files: Path, tmp_path: Path, monkeypatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("FEWREC_CACHE", str(tmp_path))
    for file in ml100k_files.glob("ml-100k.*"):
        copy = tmp_path / "assets" / "ml-100k" / file.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes().replace(b"Toy Story", b"Boy Story"))
    listed = fewrec("assets", "list", "--json", "-", *words).json["assets"]
    assert {entry["name"] for entry in listed if entry["state"] == "damaged"} == {"ml-100k"}
