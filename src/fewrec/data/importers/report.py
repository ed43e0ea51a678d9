"""What an import did."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ImportReport:
    """What an import did.

    Attributes:
        target: The data folder that was written.
        layout: Which layout was found, in words.
        rows: Rows of each table written.
        notes: What the reader should know, sentence by sentence.
    """

    target: Path
    layout: str
    rows: dict[str, int]
    notes: tuple[str, ...] = ()
