"""`fewrec serve`: the HTTP service on a folder."""

from __future__ import annotations

import json
import logging
import signal
import socket
from pathlib import Path
from typing import Annotated

import typer

from fewrec.cli.output import Run
from fewrec.errors import ConfigError, MissingExtra


def command(
    run: Run,
    home: Annotated[
        Path,
        typer.Argument(metavar="HOME", help="An empty folder, a data folder, or a model."),
    ],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    greedy: Annotated[
        bool, typer.Option("--greedy", help="Always show the best, leave nothing to chance.")
    ] = False,
) -> None:
    """Serve recommendations over HTTP: they learn from every event, at once.

    HOME may be empty or not there yet: put items and events, then ask. Tables or a model in it
    are taken in at the first start. Everything is kept in HOME.
    """
    _log(run)
    with _listen(host, port) as listening:
        try:
            import uvicorn

            from fewrec.service.api.app import create_app
            from fewrec.service.service import Service
        except ImportError as error:
            raise MissingExtra(error.name or "fastapi", "serve", "The service") from error
        from threadpoolctl import threadpool_limits

        with threadpool_limits(limits=1):
            service = Service.open(home, greedy=greedy)
            if not _local(host) and not len(service.keys):
                key = service.keys.add("first", "admin")
                run.say(f"Key of the owner, shown this once: {key}")
            bound = listening.getsockname()[1]
            shown = f"[{host}]" if ":" in host else host
            run.say(f"{home} is served at http://{shown}:{bound} (Ctrl-C ends it)")
            config = uvicorn.Config(
                create_app(service), log_config=None, access_log=False, server_header=False
            )
            # uvicorn ends in good order on these signals, then raises them again
            for ending in (signal.SIGTERM, signal.SIGINT):
                signal.signal(ending, lambda *_: None)
            uvicorn.Server(config).run(sockets=[listening])


def _local(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


def _listen(host: str, port: int) -> socket.socket:
    """A socket that is bound, so that a taken port is known before anything is read."""
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


def _log(run: Run) -> None:
    """Lines of JSON on standard error; with --quiet only warnings."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    logger = logging.getLogger("fewrec")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.WARNING if run.quiet else logging.INFO)
    logging.getLogger("fewrec.requests").setLevel(logging.WARNING if run.quiet else logging.INFO)


class Lines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said = record.getMessage()
        told = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "from": record.name,
        }
        told |= json.loads(said) if record.name == "fewrec.requests" else {"message": said}
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)
