"""The models of a home, newest first: numbered folders, each with how far it read the store."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Callable
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
        """Save a model with checksums, and take away those that are too old.

        Raises:
            ModelError: It cannot be written.
        """
        folder = self.folder / name
        model.save(folder)
        try:
            told = {**mark.to_dict(), "sha256": _checksums(folder)}
            (folder / MARK).write_text(json.dumps(told))
        except OSError as error:
            raise ModelError(f"{folder / MARK} cannot be written: {error}.") from error
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
        """Read a model. Where it does not say how far it read, everything is read again.

        Raises:
            ModelError: It is damaged.
        """
        folder = self.folder / name
        try:
            told = json.loads((folder / MARK).read_text())
            sums, mark = told.pop("sha256", {}), Mark(**{n: int(v) for n, v in told.items()})
        except (OSError, ValueError, TypeError, AttributeError):
            sums, mark = {}, Mark()
        for file, digest in _checksums(folder).items() if sums else ():
            if sums.get(file) != digest:
                raise ModelError(f"{folder / file} is not as it was written")
        return Recommender.load(folder), mark

    def adopt_newest(self, adopt: Callable[[str, Recommender, Mark], None]) -> str | None:
        """Hand over the newest model that can be read and taken; says which ones cannot.

        Returns:
            Its name; None where there is none.
        """
        self.sweep()
        for name in self.names():
            try:
                adopt(name, *self.open(name))
                return name
            except Exception as error:  # nothing in a file may keep the service from starting
                LOG.warning("model %s is passed over: %s", name, error)
        if self.names():
            LOG.warning("no model can be read: a new one is made of the store")
        return None


def _checksums(folder: Path) -> dict[str, str]:
    """SHA-256 of the files of a model; its card and mark may change."""
    found = {}
    for file in sorted(folder.iterdir()):
        if file.name not in (MARK, "MODEL_CARD.md"):
            with file.open("rb") as content:
                found[file.name] = hashlib.file_digest(content, "sha256").hexdigest()
    return found
