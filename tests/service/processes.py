"""Server processes that tests start, kill and read the log of."""

from __future__ import annotations

import atexit
import json
import os
import re
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import pytest

FEWREC = (sys.executable, "-c", "import sys; from fewrec.cli import main; sys.exit(main())")


class Server:
    """`fewrec serve` on a free port.

    It is a process of its own, forked from one that has everything loaded: that saves seconds a
    start. With ``program`` it is started like any other program.

    Args:
        home: What is served; its log stands beside it, or in ``log``.
        words: Further words of the command.
        log: Folder of the log.
        program: What is run, instead of the fork.
        settings: Of the service, put into the environment.
    """

    def __init__(
        self,
        home: Path,
        *words: str,
        log: Path | None = None,
        program: tuple[str, ...] = (),
        **settings: object,
    ):
        self.home, self.words, self.program = home, words, program
        self.settings = {f"FEWREC_SERVICE_{n.upper()}": str(v) for n, v in settings.items()}
        self.logs = log or home.parent
        self.start()

    def start(self) -> None:
        command = ["serve", str(self.home), "--port", "0", *self.words]
        self.logs.mkdir(parents=True, exist_ok=True)
        self.log = self.logs / f"{self.home.name}.log{time.monotonic_ns()}"
        self.log.touch()
        environment = {**os.environ, **self.settings}
        self.process: Forked | subprocess.Popen[bytes]
        if self.program:
            with self.log.open("w") as log:
                self.process = subprocess.Popen(
                    [*self.program, *command], stdout=log, stderr=log, env=environment
                )
        else:
            self.process = Forked(command, self.log, environment)
        until = time.monotonic() + 60
        while not (found := re.search(r"at http://\S+?:(\d+) ", self.said)):
            if self.process.poll() is not None or time.monotonic() > until:
                self.kill()
                pytest.fail(f"the server did not start: {self.said}")
            time.sleep(0.02)
        self.port = int(found[1])
        self.url = f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        return self.log.read_text()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)


NURSERY = """
import json, os, sys
import fewrec.cli.serve, fewrec.service.api.app, fewrec.service.running, fewrec.service.service
import threadpoolctl, uvicorn.lifespan.on, uvicorn.loops.auto
from fewrec.cli import main
for line in sys.stdin:
    told = json.loads(line)
    if "pid" in told:
        pid, status = os.waitpid(told["pid"], os.WNOHANG)
        print(os.waitstatus_to_exitcode(status) if pid else "runs", flush=True)
        continue
    pid = os.fork()
    if not pid:
        os.environ.clear()
        os.environ.update(told["environment"])
        out, nothing = os.open(told["log"], os.O_WRONLY), os.open(os.devnull, os.O_RDONLY)
        for old, new in ((nothing, 0), (out, 1), (out, 2)):
            os.dup2(old, new)
        code = main(told["words"])
        sys.stdout.flush()
        os._exit(code)
    print(pid, flush=True)
"""
"""Loads the service once, and forks processes that run commands; says how they ended."""


@cache
def _nursery() -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    started = subprocess.Popen([sys.executable, "-c", NURSERY], stdin=pipe, stdout=pipe, text=True)

    def end() -> None:
        for end in (started.stdin, started.stdout):
            if end:
                end.close()
        started.wait()

    atexit.register(end)
    return started


def _ask(**told: object) -> str:
    nursery = _nursery()
    assert nursery.stdin and nursery.stdout
    nursery.stdin.write(json.dumps(told) + "\n")
    nursery.stdin.flush()
    return nursery.stdout.readline().strip()


class Forked:
    """A process out of the nursery, with what tests need of ``subprocess.Popen``."""

    def __init__(self, words: list[str], log: Path, environment: dict[str, str]) -> None:
        self.pid = int(_ask(words=words, log=str(log), environment=environment))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None and (said := _ask(pid=self.pid)) != "runs":
            self.returncode = int(said)
        return self.returncode

    def wait(self, timeout: float = 60.0) -> int:
        until = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("fewrec serve", timeout)
            time.sleep(0.01)
        return code

    def send_signal(self, which: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, which)


def run(log: Path, *words: str) -> tuple[int, str]:
    """A `fewrec` command in a process of its own: exit code, and what it said."""
    log.touch()
    code = Forked(list(words), log, dict(os.environ)).wait()
    return code, log.read_text()
