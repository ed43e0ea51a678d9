"""Every exception of the library, one tree.

FewrecError
├── DataError            a table, row, column or value is at fault
│   ├── MissingColumn    a required column is not in the file
│   ├── BadValue         a cell cannot be read as what its column must hold
│   ├── EmptyData        a file, split or selection holds nothing to work with
│   └── UnknownId        a user, item or title is not in the data
├── AmbiguousTitle       a title fits several items
├── ConfigError          a setting is unknown, out of range or contradicts another
├── AssetError           a pretrained model or public data set cannot be had, or fails its checksum
├── ModelError           a saved model is missing, half-written or of another version
├── StoreError           the service's database cannot be used
├── NotReady             the service has no model yet
└── MissingExtra         an optional dependency is not installed
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class FewrecError(Exception):
    """Root of the tree: catch this to catch everything the library raises on purpose."""


class DataError(FewrecError):
    """A table, row, column or value is at fault.

    Args:
        problem: What is wrong, one sentence without the place.
        file: The file at fault.
        line: 1-based line in the file (the header is line 1).
        column: The column's name.
        value: The offending value, shown with ``repr``.
        fix: The way out, an imperative sentence.
    """

    def __init__(
        self,
        problem: str,
        *,
        file: str | Path | None = None,
        line: int | None = None,
        column: str | None = None,
        value: object = None,
        fix: str = "",
    ) -> None:
        self.problem, self.fix = problem, fix
        self.file = None if file is None else str(file)
        self.line, self.column, self.value = line, column, value
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        place = [
            self.file or "",
            f"line {self.line}" if self.line is not None else "",
            f"column {self.column!r}" if self.column is not None else "",
        ]
        head = ", ".join(part for part in place if part)
        shown = "" if self.value is None else f" (value: {_short(self.value)})"
        way_out = f" {self.fix}" if self.fix else ""
        return f"{head + ': ' if head else ''}{self.problem}{shown}.{way_out}"


class MissingColumn(DataError):
    """A required column is not in the file."""


class BadValue(DataError):
    """A cell cannot be read as what its column must hold."""


class EmptyData(DataError):
    """A file, split or selection holds nothing to work with."""


class UnknownId(DataError):
    """A user, item or title is not in the data."""


class AmbiguousTitle(FewrecError):
    """A title fits several items; the message lists their ids."""


class ConfigError(FewrecError):
    """A setting is unknown, out of range or contradicts another."""


class AssetError(FewrecError):
    """A pretrained model or public data set cannot be had, or fails its checksum."""


class ModelError(FewrecError):
    """A saved model is missing, half-written or of another version."""


class StoreError(FewrecError):
    """The service's database cannot be used."""


class NotReady(FewrecError):
    """The service has no model yet; asking again later helps."""


class MissingExtra(FewrecError):
    """An optional dependency is not installed.

    Args:
        package: The module that could not be imported.
        extra: The extra of fewrec that brings it.
        purpose: What it is needed for.
    """

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs {package!r}, which is not installed. "
            f"Install it with: pip install 'fewrec[{extra}]'"
        )


def nearest(name: str, known: Iterable[str], what: str) -> str:
    """Say which known names look like an unknown one.

    Args:
        name: The unknown name.
        known: All valid names.
        what: What kind of thing is named, for the sentence.

    Returns:
        A sentence that offers the closest names, or lists some valid ones.
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    if close:
        return f"Did you mean {', '.join(repr(c) for c in close)}?"
    shown = ", ".join(repr(n) for n in names[:8])
    return f"Known {what}: {shown}{', ...' if len(names) > 8 else ''}."


def _short(value: object, limit: int = 80) -> str:
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."
