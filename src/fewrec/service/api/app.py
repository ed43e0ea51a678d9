"""The application: routes, errors, bounds and names put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

from fewrec.service.api import (
    answers,
    catalogue,
    happenings,
    keeping,
    onboarding,
    page,
    problems,
    ruling,
)
from fewrec.service.api.access import Limit
from fewrec.service.api.again import Again
from fewrec.service.api.firings import Firings
from fewrec.service.api.wire import Numbers, Wire
from fewrec.service.schemas import Problem
from fewrec.service.service import Service

LOCAL = ("localhost", "127.0.0.1", "[::1]", "testserver")
"""Names of this machine; without keys the service answers to no other."""


def create_app(service: Service) -> FastAPI:
    """The HTTP interface of an open service, which it closes at the end.

    Args:
        service: What answers.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        service.close()

    app = FastAPI(
        title="fewrec",
        version=version("fewrec"),
        summary="Recommendations that learn from every reaction and say why.",
        lifespan=lifespan,
        responses=problems.RESPONSES,
        docs_url=None,
        redoc_url=None,
    )
    numbers = Numbers()
    numbers.registry.register(Firings(service.slates))
    app.state.service, app.state.numbers = service, numbers
    app.state.limit = Limit(service.settings.rate, service.settings.burst)
    for part in (answers, onboarding, catalogue, happenings, ruling, keeping):
        app.include_router(part.ROUTER)
    if service.settings.page:
        app.include_router(page.ROUTER)
        app.mount("/static", StaticFiles(directory=page.STATIC))
    problems.install(app)
    app.add_middleware(Again)
    hosts = list(service.settings.hosts) or ([] if len(service.keys) else list(LOCAL))
    if hosts:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)
    bounds = service.settings.body_mb, service.settings.slow_seconds
    app.add_middleware(Wire, numbers, *bounds)
    _describe(app)
    return app


KEYS = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}
"""How keys are sent; none is needed where there are none."""


EVENT = {"type": "string", "description": "Others get a weight in fewrec.toml, [events]."}
"""Name of an event."""


def _describe(app: FastAPI) -> None:
    """Put into the OpenAPI description what no route says: errors, keys, names of events."""
    plain = app.openapi
    events = sorted(app.state.service.events)

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            told = plain()
            parts = told.setdefault("components", {})
            schemas = parts.setdefault("schemas", {})
            schemas["Problem"] = Problem.model_json_schema()
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            for name in ("EventIn", "Reaction"):
                schemas[name]["properties"]["event"] = {**EVENT, "enum": events}
            parts["securitySchemes"] = KEYS
            told["security"] = [{}, *({name: []} for name in KEYS)]
        return plain()

    setattr(app, "openapi", described)  # noqa: B010 (FastAPI's way; mypy refuses the plain form)
