"""The table of assets and the real files behind it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fewrec.assets import ASSETS, locate, state
from fewrec.assets.cache import cache_folder, place
from fewrec.errors import AssetError


def test_an_unknown_name_offers_the_nearest() -> None:
    with pytest.raises(AssetError, match=r"no asset 'ml-100'.*Did you mean 'ml-100k'"):
        locate("ml-100")


@pytest.mark.parametrize("asset", ASSETS.values(), ids=ASSETS)
def test_every_entry_is_complete(asset) -> None:
    assert asset.licence and asset.upstream.startswith("https://") and asset.summary
    assert asset.kind == "model" or asset.terms
    assert asset.wheel.filename.startswith(asset.wheel.project.replace("-", "_"))
    for file in (asset.wheel, *asset.files):
        assert file.size > 0 and re.fullmatch(r"[0-9a-f]{64}", file.sha256)
    assert len({file.path for file in asset.files}) == len(asset.files)


def test_a_folder_and_a_single_file() -> None:
    assert (locate("ml-100k", progress=False) / "ml-100k.inter").is_file()
    assert locate("all-minilm-l6-v2-int8", progress=False).name == "model.onnx"
    assert state(ASSETS["ml-100k"], thorough=True) == "ready"


def test_nothing_is_left_of_an_interrupted_placement(tmp_path: Path) -> None:
    asset = ASSETS["ml-100k"]

    def fill(file, target: Path) -> None:
        target.write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        place(tmp_path / "assets" / "x", asset.files, fill)
    assert list((tmp_path / "assets").iterdir()) == []


@pytest.mark.parametrize(
    ("system", "variables", "expected"),
    [
        ("linux", {"FEWREC_CACHE": "/given"}, "/given/vectors"),
        ("linux", {"XDG_CACHE_HOME": "/xdg"}, "/xdg/fewrec/vectors"),
        ("linux", {"HOME": "/home/ann"}, "/home/ann/.cache/fewrec/vectors"),
        ("darwin", {"HOME": "/home/ann"}, "/home/ann/Library/Caches/fewrec/vectors"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/fewrec/vectors"),
    ],
)
def test_the_cache_folder(
    monkeypatch: pytest.MonkeyPatch, system: str, variables: dict[str, str], expected: str
) -> None:
    for name in ("FEWREC_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", system)
    assert cache_folder("vectors") == Path(expected)


@pytest.mark.slow
def test_every_asset_can_be_fetched_from_the_package_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEWREC_CACHE", str(tmp_path))
    for name, asset in ASSETS.items():
        assert locate(name, progress=False).exists()
        assert state(asset, thorough=True) == "ready"
