"""The clients of the benches, against a server of the standard library."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from fewrec.errors import FewrecError
from fewrec.service.bench.load import Talk, asked_once, drive, request
from fewrec.service.bench.shop import made_up


class Echo(BaseHTTPRequestHandler):
    """Answers with the body, in two parts."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(404 if self.path == "/gone" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:3])
        self.wfile.flush()
        self.wfile.write(body[3:])
        self.close_connection = self.path == "/bye"

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_every_talk_is_held_once_and_in_order(port):
    talks = [
        Talk("two", (request("POST", "/", {"n": n}), request("POST", "/", [n] * 9)))
        for n in range(40)
    ]
    done = drive(port, talks, 7, keep=True)
    assert done.talks == 40 and not done.failed
    assert sorted(done.heard["two"].bodies) == sorted(
        ("[" + ",".join([str(n)] * 9) + "]").encode() for n in range(40)
    )
    assert all(0 < s <= done.elapsed for s in done.heard["two"].seconds)


def test_time_ends_it_and_refusals_are_told(port):
    endless = itertools.repeat(Talk("x", (request("POST", "/gone", "no"),)))
    done = drive(port, endless, 3, seconds=0.2)
    assert 0.2 <= done.elapsed < 5 and len(done.failed) == done.talks > 3
    assert done.failed[0].startswith("HTTP/1.1 404")


def test_a_server_that_hangs_up_is_said(port):
    with pytest.raises(FewrecError, match="closed a connection"):
        drive(port, asked_once("x", [request("POST", "/bye", 1)] * 2), 1)


def test_a_shop_that_is_made_up():
    shop, again = made_up(200, 3000, 50), made_up(200, 3000, 50)
    assert shop == again and made_up(200, 3000, 50, seed=1) != shop
    counts = sorted(
        (sum(e["item"] == f"i{n}" for e in shop.events) for n in range(200)), reverse=True
    )
    assert sum(counts[:20]) > 0.25 * 3000  # a tenth of the items is met a good deal more often
    kinds = {one["item"]: one["properties"]["kind"] for one in shop.items}
    mine = [kinds[e["item"]] for e in shop.events if e["user"] == shop.events[0]["user"]]
    assert max(map(mine.count, set(mine))) > 3 * len(mine) / len(set(kinds.values()))
    assert all(len(one["properties"]["title"].split()) >= 6 for one in shop.items)
