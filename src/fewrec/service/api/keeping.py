"""Routes of the owner: keys, import and export; and of whoever watches the service."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Request, Response
from fastapi.responses import PlainTextResponse, StreamingResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from fewrec.errors import BadValue, StoreError
from fewrec.service.api.access import Opened, needs
from fewrec.service.exchange import export_lines, import_lines
from fewrec.service.schemas import Health, Id, KeyIn, KeyMade, KeyOut

ROUTER = APIRouter()
ADMIN = [Depends(needs("admin"))]
LINES = "application/x-ndjson"


@ROUTER.get("/health/live", tags=["health"])
async def live() -> Health:
    """The process runs."""
    return Health(status="ok")


@ROUTER.get("/health/ready", tags=["health"], responses={503: {"model": Health}})
def ready(service: Opened, response: Response) -> Health:
    """The service can answer; 503 while its first model is being made, which this begins."""
    service.live.begin()
    now = service.live.now
    fine = service.live.ready
    response.status_code = 200 if fine else 503
    return Health(
        status="ok" if fine else "starting",
        model=now.name if now else None,
        refitting=service.live.refitting,
        counts=service.store.counts(),
    )


@ROUTER.get(
    "/metrics",
    tags=["health"],
    dependencies=[Depends(needs("read"))],
    response_class=PlainTextResponse,
)
def metrics(request: Request) -> Response:
    """Numbers for Prometheus."""
    return Response(
        generate_latest(request.app.state.numbers.registry), media_type=CONTENT_TYPE_LATEST
    )


@ROUTER.post("/v1/keys", dependencies=ADMIN, tags=["keys"], status_code=201)
def add_key(key: KeyIn, service: Opened) -> KeyMade:
    """Make a key. As soon as there is one, every call needs one; the first is an admin's."""
    if not len(service.keys) and key.role != "admin":
        raise HTTPException(409, "the first key must be an admin's, or nobody could make others")
    return KeyMade(secret=service.keys.add(key.name, key.role))


@ROUTER.get("/v1/keys", dependencies=ADMIN, tags=["keys"])
def list_keys(service: Opened) -> list[KeyOut]:
    """All keys, without their secrets."""
    return [KeyOut.model_validate(row) for row in service.keys.listed()]


@ROUTER.delete("/v1/keys/{key}", dependencies=ADMIN, tags=["keys"], status_code=204)
def remove_key(key: Annotated[Id, Path()], service: Opened) -> Response:
    """Take a key back."""
    if not service.keys.remove(key):
        raise HTTPException(404, f"there is no key {key!r}")
    return Response(status_code=204)


@ROUTER.get(
    "/v1/export",
    dependencies=ADMIN,
    tags=["bulk"],
    response_class=StreamingResponse,
    responses={200: {"content": {LINES: {}}}},
)
def export(service: Opened) -> StreamingResponse:
    """The whole store as JSON lines; on a full disk without the slates that wait for room."""
    with suppress(StoreError):
        service.slates.flush()
    return StreamingResponse(export_lines(service.store), media_type=LINES)


@ROUTER.post(
    "/v1/import",
    dependencies=ADMIN,
    tags=["bulk"],
    openapi_extra={"requestBody": {"content": {LINES: {"schema": {"type": "string"}}}}},
)
async def bring(request: Request, service: Opened) -> dict[str, int]:
    """Take in JSON lines as the export writes them; rows read by table."""
    from starlette.concurrency import run_in_threadpool

    body = await request.body()
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadValue("the body is not UTF-8") from error
    # only line feeds end a line: titles may hold other separators
    lines = text.split("\n")
    counts = await run_in_threadpool(import_lines, service.store, lines, events=service.events)
    if "rules" in counts:
        await run_in_threadpool(service.live.follow_rules)
    return counts
