"""Saved models that cannot be read: the last good one answers, or a new one is made, and said."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.service.conftest import FAST, event, titles

from fewrec.service.service import Service
from fewrec.service.shelf import Shelf
from fewrec.service.store import Store


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flipped(path: Path) -> None:
    body = bytearray(path.read_bytes())
    for place in range(0, min(len(body), 4000), 7):
        body[place] ^= 0xFF
    path.write_bytes(body)


def another(path: Path, **said: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **said}))


DAMAGE: dict[str, Callable[[Path], object]] = {
    "arrays cut": lambda model: half(model / "arrays.safetensors"),
    "arrays scrambled": lambda model: flipped(model / "arrays.safetensors"),
    "arrays empty": lambda model: (model / "arrays.safetensors").write_bytes(b""),
    "arrays gone": lambda model: (model / "arrays.safetensors").unlink(),
    "items cut": lambda model: half(model / "items.parquet"),
    "rows scrambled": lambda model: flipped(model / "interactions.parquet"),
    "manifest cut": lambda model: half(model / "manifest.json"),
    "manifest of garbage": lambda model: (model / "manifest.json").write_bytes(b"\xff\x00{"),
    "manifest a list": lambda model: (model / "manifest.json").write_text("[1]"),
    "manifest of nothing": lambda model: (model / "manifest.json").write_text("{}"),
    "manifest of wrong kinds": lambda model: another(model / "manifest.json", rows="x", items=[]),
    "tables of garbage": lambda model: (model / "tables.json").write_text("nonsense"),
    "nothing in it": lambda model: [path.unlink() for path in model.iterdir()],
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two models, both sound."""
    home = tmp_path_factory.mktemp("saved")
    (home / "fewrec.toml").write_text(FAST)
    store = Store(home / "fewrec.db")
    store.put_items(titles())
    store.add_events([event("ann", "great robot"), event("bob", "old sea", "dislike")])
    store.close()
    service = Service.open(home)
    service.live.snapshot()
    service.live._fit_and_adopt()
    service.close()
    assert sorted(path.name for path in (home / "models").iterdir()) == ["000001", "000002"]
    return home


@pytest.fixture
def home(saved: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "home"
    shutil.copytree(saved, copy, ignore=shutil.ignore_patterns(".serving"))
    return copy


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_the_last_good_model_answers(home: Path, damage, caplog) -> None:
    damage(home / "models" / "000002")
    assert Shelf(home / "models").adopt_newest(lambda *_: None) == "000001"
    assert "model 000002 is passed over: " in caplog.text


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_without_checksums_too(home: Path, damage, client_of, caplog) -> None:
    (home / "models" / "000002" / "read.json").unlink()
    damage(home / "models" / "000002")
    client = client_of(home)
    assert client.post("/v1/recommend", json={"user": "ann"}).json()["model"] == "000001"
    assert "model 000002 is passed over: " in caplog.text


def test_one_wrong_bit(home: Path, caplog) -> None:
    path = home / "models" / "000002" / "arrays.safetensors"
    body = bytearray(path.read_bytes())
    body[-1] ^= 1
    path.write_bytes(body)
    assert Shelf(home / "models").adopt_newest(lambda *_: None) == "000001"
    assert "arrays.safetensors is not as it was written" in caplog.text


def test_and_knows_all_that_happened(home: Path, client_of, caplog) -> None:
    half(home / "models" / "000002" / "arrays.safetensors")
    client = client_of(home)
    slate = client.post("/v1/recommend", json={"user": "ann", "k": 48}).json()
    assert slate["model"] == "000001" and slate["stage"] == "few"
    assert "great robot" not in [one["item"] for one in slate["items"]]
    assert "model 000002 is passed over: " in caplog.text


def test_where_none_is_good_a_new_one_is_made_before_anybody_asks(home, client_of, caplog) -> None:
    half(home / "models" / "000001" / "arrays.safetensors")
    (home / "models" / "000002" / "manifest.json").write_text("{}")
    client = client_of(home)
    assert "no model can be read: a new one is made of the store" in caplog.text
    assert client.app.state.service.live._running is not None
    slate = client.post("/v1/recommend", json={"user": "ann"}).json()
    assert slate["model"] == "000003" and slate["stage"] == "few"
    assert client.get("/health/ready").json()["counts"]["events"] == 2


@pytest.mark.parametrize("mark", ["", "{", "[]", '{"seq": "x"}', '{"sequence": 1}', None])
def test_how_far_a_model_had_read_is_not_needed(home: Path, mark: str | None) -> None:
    path = home / "models" / "000002" / "read.json"
    path.unlink() if mark is None else path.write_text(mark)
    service = Service.open(home)
    now = service.live.snapshot({"ann"})
    assert now.name == "000002" and now.mark.seq == 2
    assert len(now.model.known.interactions) == 2  # none counted twice
    service.close()


def test_what_is_no_model_is_left_alone_and_drafts_are_swept(home: Path) -> None:
    models = home / "models"
    (models / "000009").write_text("a file")
    (models / "notes").mkdir()
    (models / ".000003-abc").mkdir()
    assert Shelf(models).adopt_newest(lambda *_: None) == "000002"
    assert sorted(p.name for p in models.iterdir()) == ["000001", "000002", "000009", "notes"]
