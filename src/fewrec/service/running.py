"""How an application is put on the wire: the socket it listens on, and the server around it."""

from __future__ import annotations

import contextlib
import ctypes
import signal
import socket
import sys

import uvicorn
from starlette.types import ASGIApp

from fewrec.errors import ConfigError
from fewrec.service.patience import patient

GOODBYE = 10
"""Seconds that requests which are being answered have when the server ends."""


TURN = 0.0005
"""Seconds after which a thread that computes lets another one go on; Python's own 5 ms would add up
where a request waits for its turn several times."""


ARENAS = -8
"""M_ARENA_MAX of malloc.h."""


def frugal() -> None:
    """Let all threads take memory from one place, so that less of it lies idle.

    Where one thread computes at a time anyway, places of their own only leave holes. Without
    effect where the C library is not glibc.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(ARENAS, 1)


def listen(host: str, port: int) -> socket.socket:
    """A socket that is bound, so that a taken port is known before anything is read.

    Args:
        host: Address.
        port: 0 takes a free one.

    Raises:
        ConfigError: The port is taken, or the address is none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # named, or asyncio would not know it for TCP and answers would wait for acknowledgements
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen(1024)
    except OSError as error:
        found.close()
        raise ConfigError(
            f"cannot listen on {host}:{port}: {error.strerror}. Choose another --port or --host."
        ) from error
    return found


def run(
    app: ASGIApp, listening: socket.socket, *, seconds: float = 60.0, connections: int = 800
) -> None:
    """Serve until SIGTERM or SIGINT, then end in good order.

    Args:
        app: The application.
        listening: From ``listen``.
        seconds: Patience with slow callers.
        connections: Open at once.
    """
    config = uvicorn.Config(
        app,
        http=patient(seconds, connections),
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GOODBYE,
    )
    sys.setswitchinterval(TURN)
    # uvicorn ends in good order on these signals, then raises them again
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: None)
    uvicorn.Server(config).run(sockets=[listening])
