"""The folder on this machine where assets live, and how files get into it whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fewrec.assets.asset import AssetFile
from fewrec.errors import AssetError

_STAMP = ".verified.json"


def cache_folder(*parts: str) -> Path:
    """Where this machine keeps what can be fetched or computed again.

    Args:
        parts: Folders below it, for example ``"vectors"``.

    Returns:
        ``FEWREC_CACHE`` where that is set, else the user's cache folder; it may not exist yet.
    """
    given = os.environ.get("FEWREC_CACHE")
    root = Path(given).expanduser() if given else _user_cache() / "fewrec"
    return root.joinpath(*parts)


def _user_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def sha256(path: Path) -> str:
    """Checksum of a file's content, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def damaged(folder: Path, files: Iterable[AssetFile], *, thorough: bool = False) -> list[str]:
    """Name the files of an asset that are missing or not what was published.

    A checksum is computed when a file is new or has changed in size or time since it was last
    found good; that is noted in the folder, where it can be written.

    Args:
        folder: Where the asset lies.
        files: What should be there.
        thorough: Compute every checksum, whatever was noted.

    Returns:
        Paths within the folder; empty where all is well.
    """
    known = {} if thorough else _read_stamp(folder)
    seen: dict[str, list[int]] = {}
    bad = []
    for file in files:
        path = folder / file.path
        facts = _facts(path)
        if facts is None or facts[0] != file.size:
            bad.append(file.path)
        elif known.get(file.path) == facts or sha256(path) == file.sha256:
            seen[file.path] = facts
        else:
            bad.append(file.path)
    if seen != known:
        _write_stamp(folder, seen)
    return bad


def _facts(path: Path) -> list[int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns]


def _read_stamp(folder: Path) -> dict[str, list[int]]:
    try:
        stamp = json.loads((folder / _STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _write_stamp(folder: Path, seen: dict[str, list[int]]) -> None:
    half = folder / f"{_STAMP}.{os.getpid()}"
    try:
        half.write_text(json.dumps(seen), encoding="utf-8")
        half.replace(folder / _STAMP)
    except OSError:  # a cache that cannot be written works, it is only verified each time
        half.unlink(missing_ok=True)


def place(
    folder: Path, files: Iterable[AssetFile], fill: Callable[[AssetFile, Path], None]
) -> None:
    """Put an asset's files into a folder, all of them or none; call it under ``only_one``.

    Args:
        folder: Where they shall lie; replaced where it exists.
        files: What to put there.
        fill: Writes one file to a path.

    Raises:
        AssetError: A file is not what was published.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left_over in folder.parent.glob(f".{folder.name}.[0-9]*"):  # of a process that was killed
        shutil.rmtree(left_over, ignore_errors=True)
    half = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        for file in files:
            target = half / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            fill(file, target)
            if target.stat().st_size != file.size or sha256(target) != file.sha256:
                raise AssetError(f"{file.path} is not what was published: its checksum differs.")
        shutil.rmtree(folder, ignore_errors=True)
        half.rename(folder)
    finally:
        shutil.rmtree(half, ignore_errors=True)


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Let one process at a time fetch into a folder; the others wait.

    Args:
        folder: What is being fetched; a ``.lock`` file beside it does the work.
    """
    from filelock import FileLock

    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f".{folder.name}.lock")):
        yield
