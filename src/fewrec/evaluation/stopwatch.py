"""Measures time and memory of a piece of work, each in a process of its own."""

from __future__ import annotations

import multiprocessing
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from fewrec.errors import FewrecError

Measured = Mapping[str, list[float]]
"""Measure -> one value a repetition."""


@dataclass(frozen=True)
class Probe:
    """What a process measured.

    Attributes:
        values: Measure -> one value a repetition.
        peak_mb: Most memory the process held; NaN where the system does not say.
    """

    values: Measured
    peak_mb: float


def in_own_process(work: Callable[..., Measured], *arguments: object) -> Probe:
    """Run work in a new process, so that nothing it loads or holds counts for other work.

    Args:
        work: A function of a module, so that the new process finds it.
        *arguments: What can be pickled.

    Returns:
        What it measured, and the memory its process held.

    Raises:
        FewrecError: The process ended without an answer; the message has the reason.
    """
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(theirs, work, arguments))
    process.start()
    theirs.close()
    try:
        answer: Probe | str = mine.recv()
    except EOFError:
        answer = "the process died"
    process.join()
    if isinstance(answer, str):
        raise FewrecError(f"{work.__name__.strip('_')} could not be measured: {answer}")
    return answer


def wall_seconds(code: str, repetitions: int) -> list[float]:
    """Seconds a new interpreter takes for some code, from start to end, once it is on disk.

    Args:
        code: Python source.
        repetitions: How often; one run before them is not counted.
    """
    seconds = []
    for _ in range(repetitions + 1):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        seconds.append(time.perf_counter() - started)
    return seconds[1:]


@dataclass(frozen=True)
class Times:
    """Seconds of each repetition of some work: on the clock, and of the processor alone.

    Where other programs run too, the processor's seconds say what the work itself costs.
    """

    wall: list[float]
    cpu: list[float]


def timed(work: Callable[[], object], repetitions: int, *, warm: bool = True) -> Times:
    """Time repetitions of some work in this process.

    Args:
        work: What to do.
        repetitions: How often.
        warm: Whether to do it once before, not counted.
    """
    if warm:
        work()
    times = Times([], [])
    for _ in range(repetitions):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        times.wall.append(time.perf_counter() - wall)
        times.cpu.append(time.process_time() - cpu)
    return times


def _run(pipe: Connection, work: Callable[..., Measured], arguments: tuple[Any, ...]) -> None:
    try:
        values = work(*arguments)
        pipe.send(Probe(values, _peak_mb()))
    except Exception as error:  # whatever went wrong is told to the process that waits
        pipe.send(f"{type(error).__name__}: {error}")
    finally:
        pipe.close()


def _peak_mb() -> float:
    """Most memory of this process; on Linux without what the process it came from held."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text())
        if found:
            return int(found[1]) / 2**10
    try:
        import resource
    except ImportError:
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
