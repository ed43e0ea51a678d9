"""How long the server waits for a slow caller, and how many it listens to at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from uvicorn.protocols.http.h11_impl import H11Protocol as Plain
else:  # on httptools where it is installed
    from uvicorn.protocols.http.auto import AutoHTTPProtocol as Plain

MOST_HEAD = 1 << 16
"""Bytes of the head of a request."""


def patient(seconds: float, most: int) -> type[Plain]:
    """The protocol of connections, with a patience of its own.

    Args:
        seconds: Patience.
        most: Open connections; one more is answered with 503 and closed.
    """
    return type("Bound", (Patient,), {"seconds": seconds, "most": most})


class Patient(Plain):
    """A connection that cannot hold the server up.

    It is cut when the head of a request is not complete in time, counted from its first byte or
    from the start of the connection, and when an answer that is too large for the buffers (64 KiB
    and the system's own) is not taken up in time. Bodies are bounded by ``Wire``, which can
    answer in the usual way.
    """

    seconds: ClassVar[float]
    most: ClassVar[int]

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Listen, unless too many are heard already."""
        self.head = Timer(self.loop, self.seconds, self._late)
        self.leave = Timer(self.loop, self.seconds, transport.abort)
        self.head_bytes = 0
        super().connection_made(transport)
        if len(self.connections) > self.most:
            self._refuse(503, f"{self.most} connections are open; try again in a moment")
        else:
            self.head.start()

    def data_received(self, data: bytes) -> None:
        """Read a part of a request."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self.head.stop()
            self.head_bytes = 0
            return
        self.head.start()
        self.head_bytes += len(data)
        if self.head_bytes > MOST_HEAD and not self.transport.is_closing():
            self._refuse(431, f"the head of a request may have {MOST_HEAD:,} bytes")

    def on_response_complete(self) -> None:
        """Be ready for the next request, or see the caller off."""
        super().on_response_complete()
        if self.transport.is_closing():
            self.leave.start()

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection on which nothing came any more."""
        super().timeout_keep_alive_handler()
        self.leave.start()

    def pause_writing(self) -> None:
        """The caller reads too slowly."""
        super().pause_writing()
        self.leave.start()

    def resume_writing(self) -> None:
        """The caller has caught up."""
        super().resume_writing()
        if not self.transport.is_closing():
            self.leave.stop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        super().connection_lost(exc)
        self.head.stop()
        self.leave.stop()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        self._refuse(400, "this is no request in HTTP/1.1")

    def _late(self) -> None:
        self._refuse(408, f"no request came within {self.seconds:g} s")

    def _refuse(self, status: int, detail: str) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(refusal(status, detail))
        self.transport.close()
        self.leave.start()


class Timer:
    """Does something after a while, unless it is stopped before.

    Args:
        loop: Keeps the time.
        seconds: The while.
        act: What to do.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, seconds: float, act: Callable[[], None]
    ) -> None:
        self._loop, self._seconds, self._act = loop, seconds, act
        self._running: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Count from now, unless it is counting already."""
        if self._running is None:
            self._running = self._loop.call_later(self._seconds, self._act)

    def stop(self) -> None:
        """Do nothing."""
        if self._running is not None:
            self._running.cancel()
            self._running = None


def refusal(status: int, detail: str) -> bytes:
    """A whole answer of a problem (RFC 9457), for connections that never reached the application.

    Args:
        status: Of HTTP.
        detail: One sentence.
    """
    title = HTTPStatus(status).phrase
    told = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    body = json.dumps(told).encode()
    head = (
        f"HTTP/1.1 {status} {title}\r\nContent-Type: application/problem+json\r\n"
        f"Content-Length: {len(body)}\r\nRetry-After: 5\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
