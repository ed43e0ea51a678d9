"""The process that fits a model apart: ``python -m fewrec.service.fitting HOME NAME``.

It reads nothing from its standard input, whose other end the service holds: when that end is gone
the service is gone, however it ended, and so is this process. The watch begins before anything
large is loaded.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path


def main(home: Path, name: str) -> None:
    """Fit a model of a home and save it under a name.

    Args:
        home: The home.
        name: Of the model.
    """
    os.nice(10)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from fewrec.service.refit import fit_apart

    fit_apart(home, name)


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1):  # nothing comes, until nobody holds the other end
        pass
    os._exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
