"""Slow callers, too many callers, and callers that speak no HTTP, over real sockets."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
from tests.service.conftest import FAST, titles
from tests.service.processes import Server

PATIENCE = 1.0
"""Of this server, in seconds."""

BODY = json.dumps({"user": "ann", "item": "old sea", "event": "like"}).encode()
HEAD = (
    b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("slow") / "home"
    home.mkdir()
    (home / "fewrec.toml").write_text(FAST)
    running = Server(home, slow_seconds=PATIENCE, connections=20)
    long = {f"part {n}": "long " * 9000 for n in range(3)}
    items = [{"item": item, "properties": {**said, **long}} for item, said in titles().items()]
    httpx.post(f"{running.url}/v1/items", json={"items": items}, timeout=30)
    httpx.post(f"{running.url}/v1/recommend", json={}, timeout=30)
    yield running
    running.stop()


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=20)


def heard(line: socket.socket) -> bytes:
    """All that is said until the other side closes."""
    said = b""
    try:
        while part := line.recv(1 << 16):
            said += part
    except ConnectionError:
        pass
    return said


def drip(line: socket.socket, what: bytes, pause: float = 0.05) -> None:
    """Send byte by byte, until the other side has had enough."""
    try:
        for place in range(len(what)):
            line.sendall(what[place : place + 1])
            time.sleep(pause)
    except ConnectionError:
        pass


def slowest(server: Server, until: threading.Event) -> float:
    """The longest time somebody else waited for an answer meanwhile."""
    longest = 0.0
    with httpx.Client(base_url=server.url, timeout=20) as client:
        while not until.is_set():
            begun = time.perf_counter()
            assert client.post("/v1/recommend", json={"user": "bob"}).status_code == 200
            longest = max(longest, time.perf_counter() - begun)
            time.sleep(0.02)
    return longest


@pytest.mark.parametrize(
    ("sent", "detail"),
    [
        (b"", "no request came within 1 s"),
        (b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"x" * 99, "no request"),
        (HEAD % len(BODY) + BODY[:-1], "the body did not come within 1 s"),
    ],
    ids=["nothing", "half a head", "half a body"],
)
def test_requests_that_do_not_come_are_given_up(server, sent, detail):
    with connect(server) as line:
        line.sendall(sent)
        begun = time.monotonic()
        said = heard(line)
    assert PATIENCE * 0.8 < time.monotonic() - begun < 5 * PATIENCE
    assert said.startswith(b"HTTP/1.1 408 ") and detail.encode() in said
    assert b"application/problem+json" in said


def test_bytes_that_drip_do_not_keep_a_line_open_and_others_are_served(server):
    done, found = threading.Event(), []
    watch = threading.Thread(target=lambda: found.append(slowest(server, done)))
    watch.start()
    lines = [connect(server) for _ in range(8)]
    what = [b"GET / HTTP/1.1\r\nX: " + b"x" * 400, HEAD % 400 + BODY[:-1] + b" " * 400]
    drips = [
        threading.Thread(target=drip, args=(line, what[n % 2])) for n, line in enumerate(lines)
    ]
    begun = time.monotonic()
    for thread in drips:
        thread.start()
    said = [heard(line) for line in lines]
    took = time.monotonic() - begun
    for thread in drips:
        thread.join()
    done.set()
    watch.join()
    for line in lines:
        line.close()
    assert took < 6 * PATIENCE
    assert all(answer.startswith(b"HTTP/1.1 408 ") or not answer for answer in said)
    assert sum(answer.startswith(b"HTTP/1.1 408 ") for answer in said) >= 4
    assert found[0] < PATIENCE


def test_who_does_not_read_is_cut_off(server):
    lines = []
    for _ in range(4):
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.settimeout(20)
        line.connect(("127.0.0.1", server.port))
        line.sendall(b"GET /v1/export HTTP/1.1\r\nHost: localhost\r\n\r\n")
        lines.append(line)
    done = threading.Event()
    threading.Timer(3 * PATIENCE, done.set).start()
    assert slowest(server, done) < PATIENCE
    for line in lines:
        said = heard(line)
        assert said.startswith(b"HTTP/1.1 200 ") and not said.endswith(b"0\r\n\r\n")
        line.close()


def test_who_reads_slowly_but_reads_is_served_whole(server):
    with connect(server) as line:
        line.sendall(b"GET /v1/export HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        said = b""
        while part := line.recv(400_000):
            said += part
            time.sleep(0.02)
    assert said.endswith(b"0\r\n\r\n") and len(said) > 48 * 3 * 45_000


def test_one_connection_too_many_is_turned_away(server):
    lines = [connect(server) for _ in range(20)]
    time.sleep(0.1)
    with connect(server) as line:
        said = heard(line)
    assert said.startswith(b"HTTP/1.1 503 ") and b"20 connections are open" in said
    assert b"Retry-After: 5" in said
    for line in lines:
        line.close()
    time.sleep(0.1)
    assert httpx.get(f"{server.url}/health/live").status_code == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX Y: 1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 200_000 + b"\r\n\r\n", (400, 431)),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (HEAD.replace(b"%d", b"-5") + BODY, 400),
        (
            b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
            400,
        ),
    ],
    ids=["words", "a bad header", "a long header", "TLS", "less than nothing", "two lengths"],
)
def test_what_is_no_http_is_refused(server, sent, status):
    with connect(server) as line:
        line.sendall(sent)
        said = heard(line)
    wanted = status if isinstance(status, tuple) else (status,)
    assert any(said.startswith(b"HTTP/1.1 %d " % one) for one in wanted) or not said
    assert b"smuggled" not in said
    assert httpx.get(f"{server.url}/health/live").status_code == 200
