"""What every request passes: an id, a bound on its body, a line in the log, numbers."""

from __future__ import annotations

import json
import logging
import re
import time
import uuid

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fewrec.service.api.problems import problem

LOG = logging.getLogger("fewrec.requests")
GIVEN_ID = re.compile(r"[\w.:-]{1,64}")


class Numbers:
    """What Prometheus sees of the requests."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        names = ("method", "route", "status")
        self.requests = Counter(
            "fewrec_requests", "Requests by route and status", names, registry=self.registry
        )
        self.seconds = Histogram(
            "fewrec_request_seconds",
            "Seconds from the request to its answer",
            ("route",),
            buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
            registry=self.registry,
        )


class TooLarge(Exception):
    """The body is larger than allowed."""


class Wire:
    """Wraps an application.

    Args:
        app: What answers.
        numbers: Told of every request.
        body_bytes: Largest body.
    """

    def __init__(self, app: ASGIApp, numbers: Numbers, body_bytes: int) -> None:
        self.app, self.numbers, self.body_bytes = app, numbers, body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Request(scope).headers.get("x-request-id", "")
        scope["request_id"] = given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        begun, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [
                    (b"x-request-id", scope["request_id"].encode()),
                    (b"x-content-type-options", b"nosniff"),
                ]
                message = {**message, "headers": [*message.get("headers", []), *headers]}
            await send(message)

        try:
            await self._bounded(scope, receive, noted)
        finally:
            self._note(scope, status, time.perf_counter() - begun)

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application, unless the body says or turns out to be too large."""
        request, read, answered = Request(scope), 0, False

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.body_bytes:
                raise TooLarge
            return message

        async def watched(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        length = request.headers.get("content-length", "0")
        try:
            if length.isdigit() and int(length) > self.body_bytes:
                raise TooLarge
            await self.app(scope, counted, watched)
        except TooLarge:
            if not answered:
                limit = f"the body is larger than {self.body_bytes:,} bytes"
                await problem(request, 413, limit)(scope, receive, send)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unknown")
        self.numbers.requests.labels(scope["method"], route, str(status)).inc()
        self.numbers.seconds.labels(route).observe(seconds)
        if LOG.isEnabledFor(logging.INFO):
            line = {
                "request": scope["request_id"],
                "method": scope["method"],
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 2),
            }
            LOG.info(json.dumps(line))
