"""The models of a home, newest first: numbered folders, each with how far it read the store."""

from __future__ import annotations

import json
import logging
import shutil
from dataclasses import dataclass
from pathlib import Path

from fewrec.errors import ModelError
from fewrec.recommender import Recommender
from fewrec.service.learning import Mark

MARK = "read.json"
LOG = logging.getLogger("fewrec.service")


@dataclass(frozen=True)
class Shelf:
    """Where models stand.

    Attributes:
        folder: ``models`` in the home; made on need.
        keep: How many older models stay beside the newest.
    """

    folder: Path
    keep: int = 1

    def names(self) -> list[str]:
        """Names of the models, newest first."""
        if not self.folder.is_dir():
            return []
        found = (p.name for p in self.folder.iterdir() if p.name.isdecimal() and p.is_dir())
        return sorted(found, key=int, reverse=True)

    def next_name(self) -> str:
        """A name newer than all."""
        newest = self.names()
        return f"{int(newest[0]) + 1 if newest else 1:06d}"

    def put(self, name: str, model: Recommender, mark: Mark) -> None:
        """Save a model, and take away those that are too old.

        Raises:
            ModelError: It cannot be written.
        """
        model.save(self.folder / name)
        try:
            (self.folder / name / MARK).write_text(json.dumps(mark.to_dict()))
        except OSError as error:
            raise ModelError(f"{self.folder / name / MARK} cannot be written: {error}.") from error
        self.tidy()

    def tidy(self, keep: int | None = None) -> None:
        """Take away all but the newest and ``keep`` older ones."""
        for name in self.names()[1 + (self.keep if keep is None else keep) :]:
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def clear(self) -> None:
        """Take all models away."""
        for name in self.names():
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def sweep(self) -> None:
        """Take away drafts that a killed process left."""
        for draft in self.folder.glob(".*"):
            shutil.rmtree(draft, ignore_errors=True)

    def open(self, name: str) -> tuple[Recommender, Mark]:
        """Read a model.

        Raises:
            ModelError: It is damaged.
        """
        model = Recommender.load(self.folder / name)
        try:
            return model, Mark(**json.loads((self.folder / name / MARK).read_text()))
        except (OSError, ValueError, TypeError):
            return model, Mark()  # everything is read again; what is known is not counted twice

    def newest_sound(self) -> tuple[str, Recommender, Mark] | None:
        """The newest model that can be read; says which ones cannot."""
        self.sweep()
        for name in self.names():
            try:
                return (name, *self.open(name))
            except Exception as error:  # nothing in a file may keep the service from starting
                LOG.warning("model %s is passed over: %s", name, error)
        if self.names():
            LOG.warning("no model can be read: a new one is made of the store")
        return None
