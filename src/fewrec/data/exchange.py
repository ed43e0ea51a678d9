"""A folder written beside its place and exchanged for the old one all at once."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from safetensors import SafetensorError

from fewrec.errors import FewrecError, ModelError

TRIES = 100
"""So often a place is tried that other processes write to at the same time."""

TAKEN = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT)
"""Another process put its folder there, or took ours away, between two of our steps."""


def check_place(folder: Path, what: str = "model", error: type[FewrecError] = ModelError) -> None:
    """Check that a thing of several files may be written to a folder.

    Args:
        folder: Where.
        what: What is to be written, for the message.
        error: What to raise.

    Raises:
        ModelError: It is a file, or holds files that are no such thing.
    """
    if folder.exists() and not folder.is_dir():
        raise error(f"{folder} is a file. Name a folder for the {what}.")
    # looked at more than once: another process may exchange the folder between two questions
    if all(_holds_other_files(folder) for _ in range(3)):
        raise error(
            f"{folder} holds files that are no {what}. Name a new folder, or empty this one."
        )


def _holds_other_files(folder: Path) -> bool:
    try:
        names = {entry.name for entry in folder.iterdir()}
    except FileNotFoundError:
        return False
    return bool(names) and "manifest.json" not in names


@contextmanager
def exchanged(
    folder: Path, what: str = "model", error: type[FewrecError] = ModelError
) -> Iterator[Path]:
    """A draft beside the folder that takes its place at the end, or vanishes on any error."""
    folder = folder.absolute()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as trouble:
        raise error(f"{folder} cannot be written: {trouble.strerror}.") from trouble
    try:
        draft = work / "new"
        draft.mkdir()
        yield draft
        _swap(draft, folder, work / "old")
    except (OSError, SafetensorError, pl.exceptions.ComputeError) as trouble:
        raise error(
            f"the {what} could not be written to {folder}: {trouble}. What was there is unchanged."
        ) from trouble
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _swap(draft: Path, folder: Path, old: Path) -> None:
    """Put the draft in the folder's place; of several that try at once the last one stays.

    Where the system can exchange two folders in one step (Linux), there is one in place at
    every moment, even if the process is killed. Elsewhere there is none for an instant.
    """
    for attempt in range(TRIES):
        try:
            if folder.exists():
                if _exchange(draft, folder):
                    return
                os.replace(folder, old)
            os.replace(draft, folder)
            return
        except BaseException as error:
            if old.exists() and not folder.exists():
                os.replace(old, folder)
            taken = isinstance(error, OSError) and error.errno in TAKEN
            if not taken or attempt == TRIES - 1:
                raise
            shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    done: int = rename(
        AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), ctypes.c_uint(RENAME_EXCHANGE)
    )
    return done == 0


AT_FDCWD = -100
RENAME_EXCHANGE = 2
"""Constants of renameat2(2)."""
