"""Facts about this machine and installation, for `fewrec doctor`."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

PURPOSES = {
    # extra: what it gives; the packages of each stand in pyproject.toml
    "plots": "figures in reports (learning curves, calibration)",
    "notebook": "pandas in and out, notebooks",
    "lm": "language models: fine-tuning and prompting",
    "graph": "graph neural networks and RDF files",
    "rl": "slate policies learned by reinforcement",
    "serve": "the HTTP service and its dashboard",
    "track": "experiment trackers",
    "scale": "running on a Ray cluster",
    "postgres": "PostgreSQL as the store",
    "tune": "searching for settings (`fewrec tune`)",
    "ann": "approximate search in catalogues above 100,000 items",
}


def package_version(name: str) -> str | None:
    """Version of an installed package; None where it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def requirements(extra: str | None = None) -> list[str]:
    """Names of the packages fewrec needs, or those that one of its extras adds."""
    lines = [line for line in metadata.requires("fewrec") or [] if _extra_of(line) == extra]
    return [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in lines]


def used_extras() -> set[str]:
    """The extras that code of this version makes use of: those gathered in ``all``."""
    gathered = set(requirements("all"))
    return {extra for extra in PURPOSES if gathered.issuperset(requirements(extra))}


def _extra_of(line: str) -> str | None:
    found = re.search(r"extra\s*==\s*['\"]([\w-]+)['\"]", line)
    return found.group(1) if found else None


def extras() -> list[dict[str, Any]]:
    """Each extra: what it gives, whether code uses it yet, what is missing, how to add it."""
    described = []
    used = used_extras()
    for extra, purpose in PURPOSES.items():
        missing = [name for name in requirements(extra) if package_version(name) is None]
        described.append(
            {
                "extra": extra,
                "gives": purpose,
                "used": extra in used,
                "missing": missing,
                "install": f"pip install 'fewrec[{extra}]'" if missing and extra in used else None,
            }
        )
    return described


def folder_size(folder: Path) -> int:
    """Bytes of all files below a folder; 0 where it does not exist."""
    return sum(path.stat().st_size for path in _files(folder))


def _files(folder: Path) -> Iterable[Path]:
    return (Path(root, name) for root, _, names in os.walk(folder) for name in names)


def nearest_existing(folder: Path) -> Path:
    """The folder itself, or the closest one above it that exists."""
    folder = folder.absolute()
    return next(place for place in (folder, *folder.parents) if place.exists())


def disk_free(folder: Path) -> int:
    """Free bytes where a folder is or would be made."""
    return shutil.disk_usage(nearest_existing(folder)).free


def memory() -> dict[str, int | None]:
    """Bytes of memory: all of it, and what is available; None where the system does not say."""
    found: dict[str, int | None] = {"total": None, "available": None}
    names = {"MemTotal": "total", "MemAvailable": "available"}
    try:
        lines = Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return found | _memory_elsewhere()
    for line in lines:
        key, _, amount = line.partition(":")
        if key in names:
            found[names[key]] = int(amount.split()[0]) * 1024
    return found


def _memory_elsewhere() -> dict[str, int | None]:
    try:
        return {"total": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")}
    except (AttributeError, ValueError, OSError):
        return {}


def cores() -> int:
    """Processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def linear_algebra() -> list[dict[str, Any]]:
    """The libraries that compute for NumPy and SciPy, with the threads they would use."""
    import numpy as np
    import scipy.linalg
    from threadpoolctl import threadpool_info

    del np, scipy  # loaded so that their libraries can be seen
    return [
        {
            "library": pool.get("internal_api"),
            "version": pool.get("version"),
            "threads": pool.get("num_threads"),
            "used_by": Path(pool["filepath"]).parent.name.removesuffix(".libs"),
        }
        for pool in threadpool_info()
    ]


def writable(folder: Path) -> bool:
    """Whether files can be made in a folder, or in the one it would be made in."""
    return os.access(nearest_existing(folder), os.W_OK)
