"""Who may call what: keys, roles, and how often."""

from __future__ import annotations

import threading
import time
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from fewrec.service.keys import Caller, Role
from fewrec.service.service import Service

COOKIE = "fewrec_key"
"""The page to try things on keeps its key here; routes of the API do not look at it."""


def service_of(request: Request) -> Service:
    """The service behind the application."""
    found: Service = request.app.state.service
    return found


async def _opened(request: Request) -> Service:
    return service_of(request)  # async, or every request would wait for a thread


Opened = Annotated[Service, Depends(_opened)]


def caller_of(request: Request, presented: str | None = None) -> Caller:
    """Who calls; without any keys everybody is the owner.

    Args:
        request: Its ``Authorization: Bearer`` or ``X-API-Key`` header holds the key.
        presented: A key that came another way.

    Raises:
        HTTPException: 401 where a key is needed and missing or wrong.
    """
    keys = service_of(request).keys
    if not len(keys):
        return Caller("", "admin")
    given = presented or request.headers.get("x-api-key") or _bearer(request)
    caller = keys.caller(given) if given else None
    if caller is None:
        said = "this key is not valid" if given else "a key is needed"
        headers = {"WWW-Authenticate": "Bearer"}
        raise HTTPException(401, f"{said}. Send it as `Authorization: Bearer KEY`.", headers)
    return caller


def _bearer(request: Request) -> str:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""


def needs(role: Role) -> Callable[[Request], Awaitable[None]]:
    """A dependency that lets only callers of a role pass, and not too often."""

    async def check(request: Request) -> None:
        admit(request, role)

    return check


def admit(request: Request, role: Role) -> None:
    """Let only callers of a role pass, and not too often.

    Raises:
        HTTPException: 401, 403 or 429.
    """
    caller = caller_of(request)
    if not caller.may(role):
        raise HTTPException(403, f"this needs the role {role}; the key has {caller.role}")
    host = request.client.host if request.client else ""
    limit: Limit = request.app.state.limit
    wait = limit.wait(caller.key or host)
    if wait > 0:
        raise HTTPException(429, "too many requests", {"Retry-After": f"{int(wait) + 1}"})


class Limit:
    """A token bucket a caller.

    Args:
        rate: Requests a second in the long run; 0 is no limit.
        burst: Requests at once.
    """

    MOST = 100_000

    def __init__(self, rate: float, burst: int) -> None:
        self.rate, self.burst = rate, burst
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def wait(self, caller: str, now: float | None = None) -> float:
        """Count a request; the seconds to wait where it is one too many, else 0."""
        if not self.rate:
            return 0.0
        now = time.monotonic() if now is None else now
        with self._lock:
            left, since = self._left.get(caller, (float(self.burst), now))
            left = min(float(self.burst), left + (now - since) * self.rate)
            if len(self._left) > self.MOST:
                self._left.clear()
            if left < 1.0:
                self._left[caller] = (left, now)
                return (1.0 - left) / self.rate
            self._left[caller] = (left - 1.0, now)
            return 0.0
