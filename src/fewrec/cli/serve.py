"""`fewrec serve`: the HTTP service on a folder."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Annotated

import typer

from fewrec.cli.output import Run
from fewrec.errors import MissingExtra


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
    try:
        from fewrec.service.api.app import create_app
        from fewrec.service.running import frugal, listen
        from fewrec.service.running import run as run_server
        from fewrec.service.service import Service
    except ImportError as error:
        raise MissingExtra(error.name or "fastapi", "serve", "The service") from error
    from threadpoolctl import threadpool_limits

    frugal()

    with listen(host, port) as listening, threadpool_limits(limits=1):
        service = Service.open(home, greedy=greedy)
        if not _local(host) and not len(service.keys):
            key = service.keys.add("first", "admin")
            run.say(f"Key of the owner, shown this once: {key}")
        bound = listening.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        run.say(f"{home} is served at http://{shown}:{bound} (Ctrl-C ends it)")
        told = service.settings
        run_server(
            create_app(service),
            listening,
            seconds=told.slow_seconds,
            connections=told.connections,
        )


def _local(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


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

    _said = (-1, "")

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said = record.getMessage()
        head = f'"time": "{self._time(record)}", "level": "{record.levelname.lower()}"'
        if record.name == "fewrec.requests":  # their fields are written out already
            return f'{{{head}, "from": "{record.name}", {said}}}'
        told = {"from": record.name, "message": said}
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return f"{{{head}, {json.dumps(told, ensure_ascii=False)[1:]}"

    def _time(self, record: logging.LogRecord) -> str:
        """The time to the second, worked out once a second."""
        second = int(record.created)
        if self._said[0] != second:
            self._said = (second, self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"))
        return self._said[1]
