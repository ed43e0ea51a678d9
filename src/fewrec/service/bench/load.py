"""Many clients of an HTTP server in one loop, cheap enough not to be what is measured."""

from __future__ import annotations

import json
import selectors
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from fewrec.errors import FewrecError

PATIENCE = 120.0
"""Seconds without any answer after which a server counts as stuck."""

CONNECTED = 50
"""So many connect at once; a queue of the system that overflows costs a second."""

CHUNK = 1 << 18


@dataclass(frozen=True)
class Talk:
    """Requests that one client sends one after the other.

    Attributes:
        kind: What to call them; their times are kept under this name.
        requests: Whole HTTP requests.
    """

    kind: str
    requests: tuple[bytes, ...]


@dataclass
class Heard:
    """What clients saw of one kind of talk.

    Attributes:
        seconds: From the first request of a talk to its last answer.
        bodies: The last answer's body of each talk, where bodies are kept.
    """

    seconds: list[float] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)


@dataclass
class Driven:
    """What came of a load.

    Attributes:
        elapsed: Seconds from the first request to the last answer.
        heard: By kind of talk.
        failed: Answers that were not 2xx: the first line and body of each.
    """

    elapsed: float = 0.0
    heard: dict[str, Heard] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    @property
    def talks(self) -> int:
        """How many talks came to their end."""
        return sum(len(one.seconds) for one in self.heard.values())


def request(method: str, path: str, body: object = None) -> bytes:
    """An HTTP/1.1 request as bytes.

    Args:
        method: GET or POST.
        path: Percent-encoded.
        body: Sent as JSON, where there is one.
    """
    sent = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
    if sent:
        head += f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n"
    return head.encode() + b"\r\n" + sent


def drive(
    port: int,
    talks: Iterable[Talk],
    clients: int,
    *,
    seconds: float | None = None,
    keep: bool = False,
) -> Driven:
    """Let clients talk to a server of this machine over connections that stay open.

    Every client has one request under way at a time, and takes the next talk when its own is
    over.

    Args:
        port: Of the server.
        talks: What is said, in order.
        clients: How many at once.
        seconds: After so long no further talk begins; all of them where None.
        keep: Whether bodies are kept.

    Returns:
        Times by kind.

    Raises:
        FewrecError: The server closed a connection or stopped answering.
    """
    waiting, done = iter(talks), Driven()
    with ExitStack() as kept, selectors.DefaultSelector() as ready:
        lines = []
        for number in range(clients):
            line = kept.enter_context(socket.create_connection(("127.0.0.1", port)))
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            lines.append(line)
            if number % CONNECTED == CONNECTED - 1:
                time.sleep(0.05)
        begun = time.perf_counter()
        end = None if seconds is None else begun + seconds
        for line in lines:
            client = _Client(line)
            if client.next(waiting, end):
                ready.register(line, selectors.EVENT_READ, client)
        while ready.get_map():
            found = ready.select(PATIENCE)
            if not found:
                raise FewrecError(f"the server has not answered for {PATIENCE:.0f} seconds")
            for key, _ in found:
                client = key.data
                if client.heard(done, keep) and not client.next(waiting, end):
                    ready.unregister(client.line)
        done.elapsed = time.perf_counter() - begun
    return done


class _Client:
    """One connection."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self._talk = Talk("", ())
        self._step = 0
        self._got = b""
        self._length = -1
        self._begun = 0.0

    def next(self, talks: Iterator[Talk], end: float | None) -> bool:
        """Begin the next talk; False where there is none, or no time left."""
        now = time.perf_counter()
        found = None if end is not None and now >= end else next(talks, None)
        if found is None:
            return False
        self._talk, self._step, self._begun = found, 0, now
        self.line.sendall(found.requests[0])
        return True

    def heard(self, done: Driven, keep: bool) -> bool:
        """Take in what came; True where the talk is over."""
        got = self.line.recv(CHUNK)
        if not got:
            raise FewrecError("the server closed a connection")
        self._got = self._got + got if self._got else got
        if self._length < 0:
            self._length = _whole(self._got)
        if self._length < 0 or len(self._got) < self._length:
            return False
        answer, self._got, self._length = self._got, b"", -1
        if answer[9:10] != b"2":
            done.failed.append(answer.decode(errors="replace"))
        self._step += 1
        if self._step < len(self._talk.requests):
            self.line.sendall(self._talk.requests[self._step])
            return False
        heard = done.heard.setdefault(self._talk.kind, Heard())
        heard.seconds.append(time.perf_counter() - self._begun)
        if keep:
            heard.bodies.append(answer[answer.index(b"\r\n\r\n") + 4 :])
        return True


def _whole(got: bytes) -> int:
    """Length of an answer with its head; -1 while the head has not come."""
    end = got.find(b"\r\n\r\n")
    if end < 0:
        return -1
    head = got[:end].lower()
    place = head.find(b"content-length:")
    if place < 0:
        return end + 4  # 204, or 304: no body
    return end + 4 + int(head[place + 15 :].split(b"\r\n", 1)[0])


def asked_once(kind: str, requests: Sequence[bytes]) -> Iterator[Talk]:
    """Every request as a talk of its own."""
    return (Talk(kind, (one,)) for one in requests)
