"""Fits a new model on the store: in this process where that is quick, else in one of its own."""

from __future__ import annotations

import logging
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from fewrec.errors import ModelError
from fewrec.recommender import Recommender
from fewrec.service import learning
from fewrec.service.learning import Mark
from fewrec.service.shelf import Shelf
from fewrec.service.store import Store

LOG = logging.getLogger("fewrec.service")

QUICK = 3000
"""Up to so many events and items a fit takes a second or two, less than starting a process."""

DATABASE = "fewrec.db"
"""Name of the store's file in a home."""


@dataclass
class Refit:
    """Makes models.

    Attributes:
        store: What happened.
        home: Holds fewrec.toml and the store.
        shelf: Where models go.
    """

    store: Store
    home: Path
    shelf: Shelf
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)
    _stopped: bool = False

    def run(self) -> tuple[str, Recommender, Mark]:
        """Fit and save a model; its name, itself, and how far it read.

        The first one answers even where it cannot be saved.

        Raises:
            ModelError: It cannot be saved, or the process that fitted it ended without one.
            EmptyData: There are no items.
        """
        name = self.shelf.next_name()
        counts = self.store.counts()
        if counts["events"] + counts["items"] <= QUICK:
            model, mark = learning.fit(self.store, self.home)
            try:
                self.shelf.put(name, model, mark)
            except ModelError as error:
                if self.shelf.names():
                    raise
                LOG.warning("model %s answers, but is not saved: %s", name, error)
            return name, model, mark
        self._elsewhere(name)
        return (name, *self.shelf.open(name))

    def stop(self) -> None:
        """End the process that is fitting, if there is one."""
        self._stopped = True
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def _elsewhere(self, name: str) -> None:
        words = [sys.executable, "-m", "fewrec.service.fitting", str(self.home), name]
        pipe = subprocess.PIPE
        with subprocess.Popen(words, stdin=pipe, stderr=pipe, text=True) as process:
            self._process = process
            if self._stopped:
                process.terminate()
            said = process.stderr.read() if process.stderr else ""
            code = process.wait()
        if code:
            raise ModelError(f"the fit ended with {code}: {said[-2000:]}")


def fit_apart(home: Path, name: str, keep: int = 10**6) -> None:
    """Fit and save a model; what the process of its own does.

    Args:
        home: The home.
        name: Of the model.
        keep: The older models are left to the service.
    """
    store = Store(home / DATABASE)
    model, mark = learning.fit(store, home)
    Shelf(home / "models", keep).put(name, model, mark)
    store.close()
