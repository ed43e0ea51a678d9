"""Questions that were asked before, answered in front of the application."""

from __future__ import annotations

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fewrec.service.answering import again
from fewrec.service.api.access import admit, service_of

PATH = "/v1/recommend"


class Again:
    """Wraps an application: gives answers that still hold, and leaves all else to it.

    Args:
        app: What answers everything else.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope.get("path") != PATH or scope.get("method") != "POST":
            await self.app(scope, receive, send)
            return
        try:
            message = await receive()
        except HTTPException as error:  # too large or too late: the application says so
            await self.app(scope, _raising(error), send)
            return
        body = None if message.get("more_body") else _known(scope, message.get("body", b""))
        if body is None:
            await self.app(scope, _first(message, receive), send)
            return
        scope["route_path"] = PATH
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _known(scope: Scope, question: bytes) -> bytes | None:
    """The answer; None where there is none, or the caller may not have it."""
    request = Request(scope)
    service = service_of(request)
    kept = service.answers.found(question, service.live)
    if kept is None or not is_json(request):
        return None
    try:
        admit(request, "read")
    except HTTPException:
        return None  # the application says why
    return again(service, kept)


def is_json(request: Request) -> bool:
    """Whether the body is said to be JSON."""
    kind = request.headers.get("content-type", "")
    return kind == "application/json" or kind.partition(";")[0].strip() == "application/json"


def _raising(error: HTTPException) -> Receive:
    async def rest() -> Message:
        raise error

    return rest


def _first(message: Message, receive: Receive) -> Receive:
    """What gives a message that was taken already, then all others."""
    taken = [message]

    async def rest() -> Message:
        return taken.pop() if taken else await receive()

    return rest
