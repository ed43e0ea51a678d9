"""The route that answers most: past FastAPI's ways, which would take longer than the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from pydantic import ValidationError

from fewrec.service.answering import is_quick, respond
from fewrec.service.api.access import admit, service_of
from fewrec.service.api.again import is_json
from fewrec.service.schemas import Ask


class Asking(APIRoute):
    """Answers one after the other what is quick to answer, and the rest in threads of their own.

    Whatever is odd about a request is left to the usual way, which says what.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request."""
        usual = super().get_route_handler()

        async def handler(request: Request) -> Response:
            return await _quick(request) or await usual(request)

        return handler


async def _quick(request: Request) -> Response | None:
    """The answer, unless something is odd about the request."""
    if not is_json(request):
        return None
    question, service = await request.body(), service_of(request)
    try:
        ask = Ask.model_validate_json(question)
    except ValidationError:
        return None
    admit(request, "read")
    if is_quick(service, ask):
        # one thread for all of these: many would only get in each other's way
        loop = asyncio.get_running_loop()
        body = await loop.run_in_executor(service.desk, respond, service, ask, question)
    else:
        body = await run_in_threadpool(respond, service, ask, question)
    return Response(body, media_type="application/json")
