"""Run a library's program: one process for many tasks, each with a limit of its own.

A task during which the process dies or that takes too long is given up with the reason, and a new
process goes on with the tasks after it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fewrec.data.arrays import Floats
from fewrec.evaluation.peers.environments import HERE

_LAUNCH = (
    "import sys; sys.path.append(sys.argv[1]); from importlib import import_module as load; "
    "from pathlib import Path; program = load(sys.argv[2]); "
    "load('programs.exchange').run(program.MODELS, Path(sys.argv[3]))"
)
_START = 300.0
"""Seconds more for the first task of a process, which loads the library."""
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")


@dataclass(frozen=True)
class Limits:
    """How long things may take.

    Attributes:
        fit: Seconds of processor time after which a fit that can stop early does.
        task: Seconds after which a task is given up.
    """

    fit: float = 60.0
    task: float = 400.0


STANDARD = Limits()


@dataclass(frozen=True)
class Answer:
    """What became of a task.

    Attributes:
        scores: Shape [B, I]; None where there are none.
        reason: Why not.
        cpu: Seconds of processor time it took.
    """

    scores: Floats | None
    reason: str = ""
    cpu: float = 0.0


def run_tasks(
    python: Path,
    program: str,
    folder: Path,
    tasks: Sequence[Mapping[str, Any]],
    limits: Limits,
    programs: Path = HERE,
) -> list[Answer]:
    """Carry out tasks whose files stand in a folder.

    Args:
        python: Interpreter of the library's environment.
        program: Module with ``MODELS``, for example ``programs.implicit_models``.
        folder: Where ``train``, ``asked`` and ``out`` of the tasks are.
        tasks: As ``programs.exchange`` describes them.
        limits: Of time.
        programs: Folder that holds the package ``programs``.

    Returns:
        One answer a task, in their order.
    """
    given_up: dict[str, str] = {}
    left = list(tasks)
    while left:
        job = {"seconds": limits.fit, "tasks": left}
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        command = [str(python), "-P", "-c", _LAUNCH, str(programs), program, str(folder)]
        died = _watch(command, folder, left, limits)
        done = [t for t in left if _finished(folder, t)]
        rest = [t for t in left if not _finished(folder, t)]
        if rest:
            given_up[rest[0]["out"]] = died or "the program ended without an answer"
            if not done and not (folder / rest[0]["out"]).with_suffix(".begun").exists():
                given_up |= {t["out"]: given_up[rest[0]["out"]] for t in rest}
                break
        left = rest[1:]
    return [_answer(folder, task, given_up) for task in tasks]


def _watch(
    command: Sequence[str], folder: Path, tasks: Sequence[Mapping[str, Any]], limits: Limits
) -> str:
    """Wait for a process, end it where a task takes too long; why it failed, or ""."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    environment |= dict.fromkeys(_THREADS, "1")
    log = folder / "stderr.txt"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=errors, env=environment,
            start_new_session=True,
        )  # fmt: skip
        try:
            reason = _until(process, folder, tasks, limits)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    if reason or process.returncode == 0:
        return reason
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    said = f": {_without_paths(lines[-1])}" if lines else ""
    return f"crashed with exit code {process.returncode}{said}"


def _until(
    process: subprocess.Popen[bytes],
    folder: Path,
    tasks: Sequence[Mapping[str, Any]],
    limits: Limits,
) -> str:
    reached, since = (0, False), time.monotonic()
    while process.poll() is None:
        finished = sum(_finished(folder, task) for task in tasks)
        begun = any(_path(folder, task, ".begun").exists() for task in tasks[finished:])
        if (finished, begun) != reached:
            reached, since = (finished, begun), time.monotonic()
        allowed = limits.task if begun or finished else limits.task + _START
        if time.monotonic() - since > allowed:
            return f"given up after {limits.task:g} seconds"
        time.sleep(0.05)
    return ""


def _answer(folder: Path, task: Mapping[str, Any], given_up: Mapping[str, str]) -> Answer:
    if task["out"] in given_up:
        return Answer(None, given_up[task["out"]])
    error = _path(folder, task, ".error")
    if error.exists():
        return Answer(None, _without_paths(error.read_text(encoding="utf-8")))
    took = json.loads(_path(folder, task, ".json").read_text(encoding="utf-8"))
    return Answer(np.load(folder / task["out"]), cpu=took["cpu"])


def _finished(folder: Path, task: Mapping[str, Any]) -> bool:
    return (folder / task["out"]).exists() or _path(folder, task, ".error").exists()


def _path(folder: Path, task: Mapping[str, Any], suffix: str) -> Path:
    return folder.joinpath(str(task["out"])).with_suffix(suffix)


def _without_paths(text: str) -> str:
    """One short line in which folders of this machine are left out."""
    words = [Path(w).name if w.startswith("/") else w for w in text.split()]
    return " ".join(words)[:200]
