"""Server processes that tests start, kill and read the log of."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

FEWREC = (sys.executable, "-c", "import sys; from fewrec.cli import main; sys.exit(main())")


class Server:
    """`fewrec serve` on a free port.

    Args:
        home: What is served; its log stands beside it, or in ``log``.
        words: Further words of the command.
        log: Folder of the log.
        program: What is run.
        settings: Of the service, put into the environment.
    """

    def __init__(
        self,
        home: Path,
        *words: str,
        log: Path | None = None,
        program: tuple[str, ...] = FEWREC,
        **settings: object,
    ):
        self.home, self.words, self.program = home, words, program
        self.settings = {f"FEWREC_SERVICE_{n.upper()}": str(v) for n, v in settings.items()}
        self.logs = log or home.parent
        self.start()

    def start(self) -> None:
        command = [*self.program, "serve", str(self.home), "--port", "0", *self.words]
        self.logs.mkdir(parents=True, exist_ok=True)
        self.log = self.logs / f"{self.home.name}.log{time.monotonic_ns()}"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, **self.settings}
            )
        until = time.monotonic() + 60
        while not (found := re.search(r"at http://\S+?:(\d+) ", self.said)):
            if self.process.poll() is not None or time.monotonic() > until:
                self.kill()
                pytest.fail(f"the server did not start: {self.said}")
            time.sleep(0.05)
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
