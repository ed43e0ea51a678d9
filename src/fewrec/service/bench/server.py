"""Server processes: started on a free port, watched through /proc, ended."""

from __future__ import annotations

import math
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from fewrec.errors import FewrecError

SERVE = ("-c", "import sys; from fewrec.cli import main; sys.exit(main())", "serve")
HELLO = ("-m", "fewrec.service.bench.hello")
STARTS = 120.0
"""Seconds a server may take to listen."""

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"), "1"
)


class Server:
    """A process that listens.

    Args:
        words: What Python runs; it must say ``at http://...:PORT`` when it listens.
        log: File that takes what it says.

    Raises:
        FewrecError: It ended, or did not listen in time.
    """

    def __init__(self, words: Sequence[str], log: Path) -> None:
        self.log = log
        with log.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, *words],
                stdout=said,
                stderr=said,
                env={**os.environ, **ONE_THREAD},
            )
        until = time.monotonic() + STARTS
        while not (found := re.search(r"at http://\S+?:(\d+)", log.read_text())):
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise FewrecError(f"the server did not start: {log.read_text()[-2000:]}")
            time.sleep(0.02)
        self.port = int(found[1])

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End it in good order, or else by force."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    @property
    def cpu_seconds(self) -> float:
        """Processor time so far, of user and system; NaN where the machine does not say."""
        try:
            told = Path(f"/proc/{self.process.pid}/stat").read_text()
        except OSError:
            return math.nan
        user, system = told.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    @property
    def peak_mb(self) -> float:
        """Most memory it held; NaN where the machine does not say."""
        return _peak_mb(self.process.pid)

    @property
    def children_mb(self) -> float:
        """Most memory that a process held which it started and which still runs; 0 without."""
        try:
            tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
            pids = [int(pid) for one in tasks for pid in one.read_text().split()]
        except OSError:
            return 0.0
        found = [_peak_mb(pid) for pid in pids]
        return max((mb for mb in found if mb == mb), default=0.0)


def _peak_mb(pid: int) -> float:
    try:
        told = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return math.nan
    found = re.search(r"VmHWM:\s*(\d+) kB", told)
    return int(found[1]) / 2**10 if found else math.nan
