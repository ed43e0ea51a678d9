"""Every error as problem+json (RFC 9457), with a sentence that names the way out."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from fewrec.errors import EmptyData, FewrecError, NotReady, StoreError, UnknownId
from fewrec.service.schemas import Problem
from fewrec.service.values import said

LOG = logging.getLogger("fewrec.service")

STATUS: tuple[tuple[type[FewrecError], int], ...] = (
    (NotReady, 503),
    (StoreError, 507),
    (UnknownId, 404),
    (EmptyData, 409),
    (FewrecError, 422),
)
"""Which answer each error gets; the first that fits."""

RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "description": HTTPStatus(status).phrase,
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    for status in (400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 500, 503, 507)
}
"""For the OpenAPI description of every route."""


def problem(
    request: Request,
    status: int,
    detail: str,
    errors: list[dict[str, Any]] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """An error as an answer."""
    told = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        request=request.scope.get("request_id", ""),
        errors=errors,
    )
    return JSONResponse(
        told.model_dump(exclude_none=True),
        status,
        headers,
        media_type="application/problem+json",
    )


def install(app: FastAPI) -> None:
    """Let an application answer errors this way."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(FewrecError, _foreseen)
    app.add_exception_handler(Exception, _unforeseen)


def _http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    detail = str(error.detail)
    if error.status_code == 400:
        detail = UNREAD.get(type(error.__cause__), detail)
    return problem(request, error.status_code, detail, headers=dict(error.headers or {}))


UNREAD: dict[type, str] = {
    RecursionError: "the body is nested too deeply",
    UnicodeDecodeError: "the body is not UTF-8",
    ValueError: "the body holds a number with too many digits",
}
"""What is wrong with a body that cannot be read, by what reading it raised."""


def _invalid(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    found = [
        {"place": ".".join(map(str, one["loc"])), "problem": said(one)}
        for one in error.errors()[:20]
    ]
    sent = request.headers.get("content-type", "")
    if found and found[0]["place"] == "body" and "json" not in sent:
        came = f"the body came as {sent[:50]!r}" if sent else "the body came without a type"
        return problem(request, 415, f"{came}; send JSON with Content-Type: application/json")
    detail = f"{found[0]['place']}: {found[0]['problem']}" if found else "invalid"
    return problem(request, 422, detail, found)


def _foreseen(request: Request, error: Exception) -> JSONResponse:
    status = next(code for kind, code in STATUS if isinstance(error, kind))
    headers = {"Retry-After": "5"} if status == 503 else None
    return problem(request, status, str(error), headers=headers)


def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    LOG.error("request %s", request.scope.get("request_id", ""), exc_info=error)
    return problem(request, 500, "an error of the service; its log has it under this request id")
