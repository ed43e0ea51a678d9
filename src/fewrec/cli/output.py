"""What a command shows a person and writes for a script: console, progress, JSON, errors."""

from __future__ import annotations

import dataclasses
import errno
import json
import math
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fewrec.errors import ConfigError, FewrecError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

SCHEMA = 1
_PACKAGES = ("fewrec", "numpy", "scipy", "polars", "onnxruntime", "implicit")


@dataclass
class Run:
    """One run of a command: where its words go, and what its JSON will hold.

    Attributes:
        command: The command's words, for example ``data get``.
        arguments: The options in force, by name.
        json_file: Where the JSON goes; "-" is standard output, None writes none.
        quiet: True says nothing but errors.
        seeds: Every seed the run used.
        data: ``{"name": ..., "fingerprint": ...}`` of the data worked on.
        rows: Flat rows of results.
        comparisons: Rows that compare two rankers.
        alarms: Sentences about results that look wrong.
        extras: Further top-level keys of the JSON.
    """

    command: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    json_file: str | None = None
    quiet: bool = False
    seeds: list[int] = field(default_factory=list)
    data: Mapping[str, str] | None = None
    rows: list[dict[str, Any]] = field(default_factory=list)
    comparisons: list[dict[str, Any]] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    extras: dict[str, Any] = field(default_factory=dict)
    started: float = field(default_factory=time.perf_counter)

    @property
    def console(self) -> Console:
        """Where words for a person go: standard output, or the other one where JSON takes it."""
        if self._console is None:
            self._console = make_console(stderr=self.json_file == "-", quiet=self.quiet)
        return self._console

    _console: Console | None = field(default=None, repr=False)

    def say(self, *things: RenderableType) -> None:
        """Show lines of text (never read as markup) or rich renderables to a person."""
        from rich.text import Text

        for thing in things:
            if isinstance(thing, str):
                self.console.print(Text(thing), soft_wrap=True)
            else:
                self.console.print(thing)

    def warn(self, sentence: str) -> None:
        """Show something a person should know, and keep it as an alarm in the JSON."""
        from rich.text import Text

        self.alarms.append(sentence)
        self.console.print(Text.assemble(("note: ", "bold yellow"), sentence), soft_wrap=True)

    @contextmanager
    def progress(self, what: str, total: float | None = None) -> Iterator[Callable[..., None]]:
        """Show a progress bar on standard error while the block runs.

        Args:
            what: What is going on, in a few words.
            total: Number of steps; None shows a spinner.

        Yields:
            A function that moves the bar on by one step, or by the number given.
        """
        with progress_bar(what, total, quiet=self.quiet) as advance:
            yield advance

    def document(self) -> dict[str, Any]:
        """The JSON object of this run, as documented in docs/cli.md."""
        return {
            "schema": SCHEMA,
            "command": self.command,
            "arguments": dict(self.arguments),
            "versions": versions(),
            "data": self.data,
            "seeds": self.seeds,
            "seconds": round(time.perf_counter() - self.started, 3),
            "peak_mb": peak_mb(),
            "rows": self.rows,
            "comparisons": self.comparisons,
            "alarms": self.alarms,
            **self.extras,
        }

    def finish(self) -> None:
        """Write the JSON where one was asked for, whole or not at all."""
        if self.json_file is None:
            return
        text = json.dumps(plain(self.document()), ensure_ascii=False, indent=1) + "\n"
        if self.json_file == "-":
            sys.stdout.write(text)
            sys.stdout.flush()
            return
        target = Path(self.json_file)
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_name(f".{target.name}.{os.getpid()}")
        half.write_text(text, encoding="utf-8")
        half.replace(target)


def make_console(*, stderr: bool = False, quiet: bool = False) -> Console:
    """A rich console; 120 columns wide where output is no terminal and nobody says otherwise."""
    from rich.console import Console

    console = Console(stderr=stderr, quiet=quiet, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = 120
    return console


@contextmanager
def progress_bar(
    what: str, total: float | None = None, *, quiet: bool = False
) -> Iterator[Callable[..., None]]:
    """Show a bar on standard error; nothing where it is no terminal or ``quiet`` is set."""
    if quiet or not sys.stderr.isatty():
        yield lambda steps=1: None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    console = make_console(stderr=True)
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda steps=1: progress.advance(task, steps)


def plain(value: Any) -> Any:  # noqa: ANN401 (anything may stand in a JSON document)
    """Turn a value into what JSON can hold: arrays to lists, NaN to null with a reason.

    Args:
        value: Any mix of mappings, sequences, numbers, arrays, dataclasses, paths.

    Returns:
        The same in dictionaries, lists, strings and finite numbers. A mapping whose ``mean``
        is not finite gets a ``reason`` where it has none.
    """
    if isinstance(value, Mapping):
        made = {str(key): plain(item) for key, item in value.items()}
        if "mean" in made and made["mean"] is None:
            made.setdefault("reason", "undefined: the result is not a finite number")
        return made
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int | bool):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain(dataclasses.asdict(value))
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return str(value)


def versions() -> dict[str, str]:
    """Version of Python and of the packages that results depend on, where installed."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def peak_mb() -> float | None:
    """Most memory this process held so far, in MB; None where the system does not say."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)


def show_error(error: BaseException) -> int | None:
    """Print one clear sentence for a foreseen error.

    Args:
        error: What ended the command.

    Returns:
        The exit code (2, or 130 after Ctrl-C); None for an unforeseen error, whose traceback
        is worth seeing.
    """
    from rich.text import Text

    code, message = _explained(error)
    if code is not None:
        console = make_console(stderr=True)
        console.print(Text.assemble(("error: ", "bold red"), message), soft_wrap=True)
    return code


def _explained(error: BaseException) -> tuple[int | None, str]:
    if isinstance(error, KeyboardInterrupt):
        return 130, "interrupted; the last complete state stands"
    if isinstance(error, FewrecError):
        return 2, str(error)
    if isinstance(error, OSError) and not isinstance(error, ConnectionError):
        return 2, _operating_system_sentence(error)
    if isinstance(error, MemoryError):
        return 2, f"out of memory: {error}" if str(error) else "out of memory"
    return None, ""


def _operating_system_sentence(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    reason = error.strerror or str(error)
    way_out = {
        errno.ENOSPC: " Free some space and run the command again.",
        errno.EACCES: " Choose a place you may write to, or change its permissions.",
        errno.EROFS: " Choose a place you may write to.",
        errno.ENOENT: " Check the path.",
    }.get(error.errno or 0, "")
    return f"{place}{reason[:1].lower()}{reason[1:]}.{way_out}"


def check_json_target(json_file: str | None) -> None:
    """Refuse a place for the JSON that cannot be written, before the work begins.

    Args:
        json_file: As given to ``--json``.

    Raises:
        ConfigError: It names a folder.
    """
    if json_file and json_file != "-" and Path(json_file).is_dir():
        raise ConfigError(f"--json {json_file}: this is a folder. Name a file in it.")
