"""A real server process, spoken to with the curl lines of the page on operations."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.service.processes import FEWREC, Server, run

from fewrec.service.store import Store

PAGE_FOLDER = Path(__file__).parents[2] / "docs"
PAGE = (PAGE_FOLDER / "operations.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("server") / "not" / "there" / "yet"
    running = Server(home, "--greedy")
    yield running
    running.stop()


def last_object(text: str) -> dict[str, Any]:
    """The last of several JSON objects that stand one after the other."""
    found, place, decoder = {}, 0, json.JSONDecoder()
    while place < len(text.rstrip()):
        found, place = decoder.raw_decode(text, place)
    return found


def test_the_curl_lines_from_an_empty_folder(server: Server) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    start, *blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    assert start.startswith("fewrec serve")
    answers = []
    for block in blocks[:4]:
        lines = block.replace("localhost:8000", server.url.removeprefix("http://"))
        begun = time.perf_counter()
        done = subprocess.run(["bash", "-c", lines], capture_output=True, text=True, check=True)
        seconds = time.perf_counter() - begun
        answers.append((last_object(done.stdout), seconds))
    (put, _), (first, _), (second, seconds), (third, also) = answers
    assert put == {"received": 50, "new": 50}
    assert first["stage"] == "few" and all(one["reasons"] for one in first["items"])
    named = [[one["item"] for one in answer["items"]] for answer in (first, second, third)]
    assert all("robot" in item or "space war" in item for item in named[0])
    assert named[1] != named[0]
    assert "new" in named[2]
    assert seconds < 1.0 and also < 1.0


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path / "home", "--greedy", program=FEWREC)
    yield running
    running.stop()


def test_the_lines_of_the_readme_and_a_clean_end(other: Server, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    page = PAGE_FOLDER.parent.joinpath("README.md").read_text(encoding="utf-8")
    start, *rest = re.findall(r"```bash\n(.*?)```", page, re.DOTALL)[0].splitlines()
    assert start.startswith("fewrec serve")
    lines = "\n".join(["shopt -s expand_aliases", *rest]).replace(
        "localhost:8000", other.url.removeprefix("http://")
    )
    done = subprocess.run(["bash", "-c", lines], capture_output=True, text=True, check=True)
    slate = last_object(done.stdout)
    assert {one["title"] for one in slate["items"][:2]} == {"Alien", "Solaris"}
    assert slate["stage"] == "few" and slate["items"][0]["reasons"]
    assert other.stop() == 0
    store = Store(tmp_path / "home" / "fewrec.db")
    assert store.slate(slate["slate"]) is not None  # the last slate was noted
    store.close()
    assert os.listdir(tmp_path / "home" / "models") == ["000001"]


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        code, said = run(tmp_path / "log", "serve", str(tmp_path / "x"), "--port", port)
    assert code == 2 and f"cannot listen on 127.0.0.1:{port}" in said


def test_another_address_needs_the_key_that_is_shown_once(tmp_path: Path) -> None:
    server = Server(tmp_path / "home", "--host", "0.0.0.0")
    key = re.search(r"shown this once: (\S+)", server.said)
    assert key
    assert httpx.get(f"{server.url}/v1/popular").status_code == 401
    code, said = run(tmp_path / "second", "serve", str(tmp_path / "home"), "--port", "0")
    assert code == 2 and "is served by another process already" in said
    headers = {"Authorization": f"Bearer {key[1]}"}
    assert httpx.get(f"{server.url}/v1/popular", headers=headers).status_code == 200
    assert server.stop() == 0


def test_many_clients_at_once(server: Server) -> None:
    titles = [{"item": f"i{n}", "properties": {"title": f"Title {n}"}} for n in range(40)]
    httpx.post(f"{server.url}/v1/items", json={"items": titles})
    httpx.post(f"{server.url}/v1/recommend", json={}, timeout=30)
    faults: list[object] = []
    limits = httpx.Limits(max_connections=200)
    client = httpx.Client(base_url=server.url, timeout=60, limits=limits)
    before = client.get("/health/ready").json()["counts"]["events"]

    def one(number: int) -> None:
        liked = {"user": f"u{number}", "item": f"i{number % 40}", "event": "like"}
        for path, body in (("/v1/events", liked), ("/v1/recommend", {"user": f"u{number}"})):
            answer = client.post(path, json=body)
            if answer.status_code != 200:
                faults.append(answer.text)
        shown = [row["item"] for row in answer.json()["items"]]
        if f"i{number % 40}" in shown:
            faults.append(f"u{number} was shown again what they like")

    threads = [threading.Thread(target=one, args=(n,)) for n in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert client.get("/health/ready").json()["counts"]["events"] == before + 200
    client.close()
