"""What every request passes: an id, a bound on its body, a line in the log, numbers."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
import uuid

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.exceptions import HTTPException
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
        self._lines: dict[tuple[str, str, str], tuple[Counter, Histogram]] = {}

    def add(self, method: str, route: str, status: str, seconds: float) -> None:
        """Count an answered request."""
        key = (method, route, status)
        if key not in self._lines:
            self._lines[key] = (self.requests.labels(*key), self.seconds.labels(route))
        count, histogram = self._lines[key]
        count.inc()
        histogram.observe(seconds)


class Wire:
    """Wraps an application.

    Args:
        app: What answers.
        numbers: Told of every request.
        body_mb: Largest body, in MB.
        seconds: So long a body may take to come.
    """

    def __init__(self, app: ASGIApp, numbers: Numbers, body_mb: float, seconds: float) -> None:
        self.app, self.numbers, self.body_bytes = app, numbers, int(body_mb * 2**20)
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"").decode("latin-1")
        named = given and GIVEN_ID.fullmatch(given)
        scope["request_id"] = given if named else uuid.uuid4().hex
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
            await self._bounded(headers, scope, receive, noted)
        finally:
            self._note(scope, status, time.perf_counter() - begun)

    async def _bounded(
        self, headers: dict[bytes, bytes], scope: Scope, receive: Receive, send: Send
    ) -> None:
        """The application, unless the body says that it will not do."""
        length = headers.get(b"content-length", b"0").decode("latin-1")
        encoding = headers.get(b"content-encoding", b"identity").decode("latin-1")
        if length.isdigit() and (len(length) > 18 or int(length) > self.body_bytes):
            await problem(Request(scope), 413, self._too_large)(scope, receive, send)
        elif encoding.lower() != "identity":
            said = f"bodies with Content-Encoding {encoding[:50]!r} are not read; send them plain"
            await problem(Request(scope), 415, said)(scope, receive, send)
        else:
            await self.app(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        """What gives the parts of the body, as long as they are not too large or too late."""
        read, whole, until = 0, False, time.monotonic() + self.seconds

        async def counted() -> Message:
            nonlocal read, whole
            if whole:
                return await receive()
            try:
                async with asyncio.timeout(max(0.0, until - time.monotonic())):
                    message = await receive()
            except TimeoutError as error:
                said = f"the body did not come within {self.seconds:g} s"
                raise HTTPException(408, said, {"Connection": "close"}) from error
            read += len(message.get("body", b""))
            if read > self.body_bytes:
                raise HTTPException(413, self._too_large)
            whole = not message.get("more_body", False)
            return message

        return counted

    @property
    def _too_large(self) -> str:
        return f"the body is larger than {self.body_bytes:,} bytes; send it in parts"

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = str(scope.get("route_path") or getattr(scope.get("route"), "path", "unknown"))
        method: str = scope["method"]
        self.numbers.add(method, route, str(status), seconds)
        if LOG.isEnabledFor(logging.INFO):
            LOG.info(
                '"request": "%s", "method": %s, "route": %s, "status": %d, "ms": %.2f',
                scope["request_id"],
                json.dumps(method),
                json.dumps(route),
                status,
                seconds * 1000,
            )
