"""A real file system that is full: nothing is half written, answers go on, and so do writes."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.service.conftest import FAST, titles
from tests.service.processes import Server

from fewrec.recommender import Recommender


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB; skips where one cannot be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"a small disk needs the right to mount: {getattr(error, 'stderr', error)}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def left(place: Path) -> int:
    room = os.statvfs(place)
    return room.f_bavail * room.f_frsize


def fill(place: Path, leave: int) -> Path:
    """A file that leaves so many bytes."""
    stuff = place / "stuff"
    stuff.write_bytes(b"x" * max(0, left(place) - leave))
    return stuff


def batch(number: int, size: int = 200) -> dict[str, list[dict[str, str]]]:
    names, begin = list(titles()), number * size
    events = [
        {"id": f"e{n}", "user": f"u{n % 7}", "item": names[n % 48], "event": "like"}
        for n in range(begin, begin + size)
    ]
    return {"events": events}


def like(number: int) -> dict[str, str]:
    return {"id": f"one {number}", "user": "eve", "item": "old sea", "event": "like"}


def full(answer: httpx.Response) -> bool:
    """Whether an answer says that the disk is full."""
    told = answer.json()
    if answer.status_code != 507:
        return False
    assert answer.headers["content-type"] == "application/problem+json"
    assert told["title"] == "Insufficient Storage" and "nothing was written" in told["detail"]
    return True


def test_a_full_disk(disk: Path, tmp_path: Path) -> None:
    home = disk / "home"
    home.mkdir()
    (home / "fewrec.toml").write_text(FAST)
    server = Server(home, log=tmp_path)
    client = httpx.Client(base_url=server.url, timeout=30)

    def ask(user: str) -> dict:
        answer = client.post("/v1/recommend", json={"user": user, "k": 48})
        assert answer.status_code == 200, answer.text
        return answer.json()

    try:
        items = [{"item": item, "properties": said} for item, said in titles().items()]
        client.post("/v1/items", json={"items": items})
        model = ask("ann")["model"]
        time.sleep(0.5)  # the slate is written
        stuff, taken = fill(disk, leave=600_000), 0
        while not full(answer := client.post("/v1/events/batch", json=batch(taken))):
            assert answer.status_code == 200, answer.text
            taken += 1
        fill(home, leave=0)
        events = 200 * taken

        # what the full log still has room for is taken whole, all else is refused whole
        while not full(answer := client.post("/v1/events", json=like(events))):
            assert answer.json() == {"received": 1, "new": 1}
            events += 1
        item = "/v1/items/old sea"
        large = {f"part {n}": "x" * 49_000 for n in range(5)}
        assert full(client.put(item, json=large))
        assert client.get(item).json()["properties"] == titles()["old sea"]
        assert client.get("/health/ready").json()["counts"]["events"] == events > 0

        # answers go on
        first, second = ask("u1"), ask("u1")
        assert first["stage"] != "popular" and first["items"] == second["items"]
        assert first["model"] == model
        assert client.get("/health/ready").status_code == 200
        lines = client.get("/v1/export").text.splitlines()
        assert sum('"table": "events"' in line for line in lines) == events
        kept = client.get(f"/v1/slates/{first['slate']}").json()  # in memory, until there is room
        assert kept["items"] == [one["item"] for one in first["items"]]

        # with room again everything goes on without a restart
        stuff.unlink()
        (home / "stuff").unlink()
        assert client.post("/v1/events/batch", json=batch(taken)).json()["new"] == 200
        assert client.post("/v1/events", json=like(events)).json()["new"] == 1
        assert client.put(item, json=large).status_code == 200
        wait_until(lambda: client.get("/health/ready").json()["counts"]["slates"] >= 3)
        wait_until(lambda: ask("ann")["model"] != model)
        assert server.stop() == 0
        with sqlite3.connect(home / "fewrec.db") as store:
            assert store.execute("pragma integrity_check").fetchone() == ("ok",)
            assert store.execute("select count(*) from events").fetchone() == (events + 201,)
            names = [row[0] for row in store.execute("select slate from slates")]
            assert {first["slate"], second["slate"]} <= set(names)
        store.close()
    finally:
        client.close()
        server.kill()


def wait_until(holds, seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.2)


def test_a_model_that_finds_no_room(disk: Path, client_of, caplog, monkeypatch) -> None:
    home = disk / "home"
    home.mkdir()
    (home / "fewrec.toml").write_text(FAST)
    client = client_of(home)
    monkeypatch.setattr("fewrec.service.live.REST", 0.0)
    items = [{"item": item, "properties": said} for item, said in titles().items()]
    client.post("/v1/items", json={"items": items})

    # the first model answers without being saved
    stuff = fill(disk, leave=60_000)
    first = client.post("/v1/recommend", json={"user": "ann"}).json()
    assert len(first["items"]) == 10 and "answers, but is not saved" in caplog.text
    assert [path.name for path in (home / "models").iterdir()] == []

    # with room it is saved by the next fit
    stuff.unlink()
    client.put("/v1/items/old sea", json={"title": "An old robot"})
    models = home / "models"
    wait_until(
        lambda: (
            client.post("/v1/recommend", json={}).status_code == 200
            and [path.name for path in models.iterdir()] == ["000001"]
        )
    )
    wait_until(lambda: not client.get("/health/ready").json()["refitting"])

    # a later one that cannot be saved leaves the old one, in memory and on the disk
    stuff = fill(disk, leave=60_000)
    caplog.clear()
    client.put("/v1/items/old sea", json={"title": "An old king"})
    wait_until(
        lambda: (
            client.post("/v1/recommend", json={}).json()["model"] == "000001"
            and "no new model: the fit failed" in caplog.text
        )
    )
    assert "No space left on device" in caplog.text
    assert [path.name for path in models.iterdir()] == ["000001"]  # no draft is left
    Recommender.load(models / "000001")

    # a deleted person is gone from the disk even so
    stuff.unlink()
    like = {"user": "ann", "item": "great robot", "event": "like"}
    assert client.post("/v1/events", json=like).status_code == 200
    wait_until(
        lambda: client.post("/v1/recommend", json={"user": "ann"}).json()["model"] != "000001"
    )
    wait_until(lambda: not client.get("/health/ready").json()["refitting"])
    fill(disk, leave=120_000)  # enough for the log of what is deleted, not for a model
    assert client.delete("/v1/users/ann").json()["events"] == 1
    assert client.post("/v1/recommend", json={"user": "ann"}).json()["stage"] == "popular"
    for path in models.iterdir():
        assert "ann" not in Recommender.load(path).known.people.users
