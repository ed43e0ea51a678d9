"""A home with fifty titles, and clients of a service in this process."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from fewrec.service.api.app import create_app
from fewrec.service.service import Service
from fewrec.service.store import Store

TOPICS = ("space war", "love story", "cook book", "robot", "king", "sea", "train", "garden")
SIZES = ("great", "small", "last", "first", "old", "new")

FAST = '[model]\nencoder = "char-ngrams-128"\n[service]\nexplore = 0.0\nfirst_audience = 0.0\n'


def titles() -> dict[str, dict[str, Any]]:
    return {
        f"{size} {topic}": {"title": f"The {size} {topic}", "topic": topic, "year": 1990 + place}
        for topic in TOPICS
        for place, size in enumerate(SIZES)
    }


def event(user: str, item: str, name: str = "like", **more: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("value", "session", "slate", "context"))
    known = {"id": uuid.uuid4().hex, "user": user, "item": item, "event": name}
    return {**empty, "timestamp": 1.7e9, **known, **more}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose texts are read by the quick encoder."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "fewrec.toml").write_text(FAST)
    return folder


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    opened = Store(home / "fewrec.db")
    yield opened
    opened.close()


@pytest.fixture
def client_of() -> Iterator[Callable[[Path], TestClient]]:
    """Opens a home as a service; closed at the end."""
    opened: list[TestClient] = []

    def open_home(home: Path) -> TestClient:
        client = TestClient(create_app(Service.open(home)), raise_server_exceptions=False)
        client.__enter__()
        opened.append(client)
        return client

    yield open_home
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def client(home: Path, client_of: Callable[[Path], TestClient]) -> TestClient:
    """A service that knows the titles."""
    made = client_of(home)
    batch = [{"item": item, "properties": said} for item, said in titles().items()]
    assert made.post("/v1/items", json={"items": batch}).json() == {"received": 48, "new": 48}
    return made
