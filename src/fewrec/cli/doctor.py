"""`fewrec doctor`: is everything in place, and what could be added."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fewrec.cli import machine
from fewrec.cli.output import Run

if TYPE_CHECKING:
    from rich.table import Table

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
LOW_DISK = 2e9
LOW_MEMORY = 2e9


def command(run: Run) -> None:
    """Show what is installed, threads, caches and free space, and what each missing extra gives.

    Whatever looks wrong is said at the end, with the way to mend it.
    """
    report = examination()
    for title, rows in (
        ("Installation", _installation(report)),
        ("Machine", _machine(report)),
        ("Caches", _caches(report)),
    ):
        run.say(_table(title, rows))
    run.say(_extras([extra for extra in report["extras"] if extra["used"]]))
    later = [extra["extra"] for extra in report["extras"] if not extra["used"]]
    if later:
        run.say(f"Declared, but of no use to this version yet: {', '.join(later)}.")
    for complaint in complaints(report):
        run.warn(complaint)
    if not run.alarms:
        run.say("Everything the core needs is in place.")
    run.extras.update(report)


def examination() -> dict[str, Any]:
    """Everything the command shows, as data."""
    from fewrec.assets import ASSETS, cache_folder, state

    root = cache_folder()
    return {
        "python": {"version": platform.python_version(), "executable": sys.executable},
        "system": platform.platform(),
        "packages": {
            name: machine.package_version(name) for name in ["fewrec", *machine.requirements()]
        },
        "extras": machine.extras(),
        "cores": machine.cores(),
        "thread_variables": {name: os.environ.get(name) for name in THREAD_VARIABLES},
        "linear_algebra": machine.linear_algebra(),
        "memory": machine.memory(),
        "cache": {
            "folder": str(root),
            "writable": machine.writable(root),
            "free": machine.disk_free(root),
            "parts": _cache_parts(root),
        },
        "assets": {name: state(asset) for name, asset in ASSETS.items()},
    }


def _cache_parts(root: Path) -> dict[str, int]:
    if not root.is_dir():
        return {}
    return {
        part.name: machine.folder_size(part) for part in sorted(root.iterdir()) if part.is_dir()
    }


def complaints(report: dict[str, Any]) -> list[str]:
    """What looks wrong in an examination, each with the way to mend it.

    Args:
        report: What ``examination`` returned.

    Returns:
        Sentences; empty where all is well.
    """
    cache, memory = report["cache"], report["memory"]
    absent = [name for name, version in report["packages"].items() if version is None]
    damaged = [name for name, found in report["assets"].items() if found == "damaged"]
    said = []
    if absent:
        said.append(f"missing packages: {', '.join(absent)}. Install them: pip install fewrec")
    if not cache["writable"]:
        said.append(
            f"the cache folder {cache['folder']} cannot be written. "
            "Name another folder in the variable FEWREC_CACHE."
        )
    if cache["free"] < LOW_DISK:
        said.append(f"only {_amount(cache['free'])} of disk are free at {cache['folder']}.")
    if memory["available"] is not None and memory["available"] < LOW_MEMORY:
        said.append(f"only {_amount(memory['available'])} of memory are available.")
    if damaged:
        said.append(f"damaged assets: {', '.join(damaged)}. They are fetched again on use.")
    return said


def _installation(report: dict[str, Any]) -> list[tuple[str, str]]:
    packages = report["packages"]
    python = report["python"]
    rows = [
        ("python", f"{python['version']}  {python['executable']}"),
        ("system", report["system"]),
    ]
    return rows + [(name, version or "missing") for name, version in packages.items()]


def _machine(report: dict[str, Any]) -> list[tuple[str, str]]:
    memory = report["memory"]
    rows = [
        ("cores", str(report["cores"])),
        ("memory", f"{_amount(memory['available'])} available of {_amount(memory['total'])}"),
    ]
    for pool in report["linear_algebra"]:
        threads = f"{pool['version'] or ''} {pool['threads']} threads, used by {pool['used_by']}"
        rows.append((str(pool["library"]), threads.strip()))
    given = {name: value for name, value in report["thread_variables"].items() if value}
    said = ", ".join(f"{name}={value}" for name, value in given.items())
    return [*rows, ("thread variables", said or "none set; fit and recommend use one thread")]


def _caches(report: dict[str, Any]) -> list[tuple[str, str]]:
    cache = report["cache"]
    here = [name for name, found in report["assets"].items() if found == "ready"]
    rows = [("folder", cache["folder"]), ("free disk", _amount(cache["free"]))]
    rows += [(part, _amount(size)) for part, size in cache["parts"].items()]
    return [*rows, ("assets here", ", ".join(here) or "none yet; fetched on first use")]


def _amount(size: int | None) -> str:
    if size is None:
        return "unknown"
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def _table(title: str, rows: list[tuple[str, str]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=title, title_justify="left", title_style="bold", box=None, show_header=False
    )
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _extras(extras: list[dict[str, Any]]) -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table(title="Extras", title_justify="left", title_style="bold", box=None)
    for column in ("extra", "gives", "installed", "how to add it"):
        table.add_column(column, overflow="fold", no_wrap=column.startswith(("extra", "how")))
    for extra in extras:
        installed = "yes" if not extra["missing"] else f"no: {', '.join(extra['missing'])}"
        table.add_row(extra["extra"], extra["gives"], installed, escape(extra["install"] or ""))
    return table
