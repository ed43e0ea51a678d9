"""Clients that send events until the server is gone, and remember what it acknowledged."""

from __future__ import annotations

import http.client
import json
import threading
from dataclasses import dataclass, field
from typing import Any

ITEMS = 40
"""Items the events are about."""

PATIENCE = 60.0
"""Seconds a client waits for an answer."""


def call(port: int, method: str, path: str, body: object = None) -> tuple[int, Any]:
    """One request on a connection of its own: status and JSON of the answer."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        return _exchange(line, method, path, body)
    finally:
        line.close()


def _exchange(
    line: http.client.HTTPConnection, method: str, path: str, body: object
) -> tuple[int, Any]:
    sent = None if body is None else json.dumps(body)
    line.request(method, path, sent, {"Content-Type": "application/json"})
    answer = line.getresponse()
    return answer.status, json.loads(answer.read() or b"null")


@dataclass
class Sender:
    """Sends batches one after the other, in a thread of its own.

    Attributes:
        port: Of the server.
        user: Whose events; their ids are ``user-0``, ``user-1``, ...
        size: Events in a batch.
        asks: Whether a slate is asked for after each batch.
        sent: Number of batches sent, answered or not.
        acknowledged: Number of batches answered with 200; always the first ones.
        slates: Slates that were answered.
        refused: Answers that were not 200.
        busy: Set while a batch is under way.
    """

    port: int
    user: str
    size: int
    asks: bool = False
    sent: int = 0
    acknowledged: int = 0
    slates: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    busy: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def join(self) -> None:
        """Wait until the server is gone."""
        self._thread.join()

    def ids(self, batch: int) -> list[str]:
        """The ids of a batch."""
        return [f"{self.user}-{n}" for n in range(batch * self.size, (batch + 1) * self.size)]

    def events(self, batch: int) -> dict[str, list[dict[str, str]]]:
        """The body of a batch."""
        return {
            "events": [
                {"id": name, "user": self.user, "item": f"i{place % ITEMS}", "event": "like"}
                for place, name in enumerate(self.ids(batch), start=batch * self.size)
            ]
        }

    def _run(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            while True:
                body = self.events(self.sent)
                self.sent += 1
                self.busy.set()
                self._noted(*_exchange(line, "POST", "/v1/events/batch", body))
                self.busy.clear()
                if self.asks:
                    ask = {"user": self.user, "include_seen": True}
                    status, slate = _exchange(line, "POST", "/v1/recommend", ask)
                    self.slates += [slate["slate"]] if status == 200 else []
        except (OSError, http.client.HTTPException, ValueError):
            return  # the server was killed
        finally:
            line.close()

    def _noted(self, status: int, answer: object) -> None:
        if status == 200 and self.acknowledged == self.sent - 1:
            self.acknowledged += 1
        else:
            self.refused.append(f"{status} {answer}"[:300])
