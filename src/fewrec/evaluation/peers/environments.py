"""Where other libraries live: a virtual environment each, made by ``make peers``."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

HERE = Path(__file__).parent
WAY_OUT = "make it with: make peers"


def peers_folder() -> Path:
    """The folder of the environments: ``FEWREC_PEERS``, else ``.peers`` of the working folder."""
    return Path(os.environ.get("FEWREC_PEERS", ".peers")).absolute()


def python_of(library: str) -> Path | None:
    """The interpreter of a library's environment; None where it is not installed."""
    python = peers_folder() / library / "bin" / "python"
    return python if python.exists() else None


def requirements(library: str) -> Path:
    """The pinned packages of an environment."""
    return HERE / "requirements" / f"{library}.txt"


def peer_digest(library: str) -> str:
    """Changes with the pinned versions of a library and with the code that asks it."""
    parts = [requirements(library), HERE / "programs" / f"{library}_models.py"]
    parts += [HERE / name for name in ("programs/exchange.py", "files.py", "tuning.py", "run.py")]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes())
    return digest.hexdigest()[:16]


def version_of(library: str) -> str:
    """The pinned version of the library itself, for the JSON."""
    lines = requirements(library).read_text(encoding="utf-8").splitlines()
    package = {"text": "scikit-learn", "lightfm": "rectools-lightfm"}.get(library, library)
    return next((line.partition("==")[2] for line in lines if line.startswith(f"{package}==")), "")
