"""A stranger's file as text cells: nothing typed yet, every row with its line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from fewrec.data.arrays import Ints
from fewrec.data.faults import Fault

MISSING = (
    "",
    "NULL",
    "null",
    "Null",
    "\\N",
    "NaN",
    "nan",
    "None",
    "N/A",
    "n/a",
    "#N/A",
    "NA",
    "<NA>",
)
"""Cells that programs write where they have nothing."""


class Doubt(NamedTuple):
    """Something that could be otherwise.

    Attributes:
        sentence: What was assumed.
        flag: The flag of ``fewrec init`` that changes it.
    """

    sentence: str
    flag: str


@dataclass(frozen=True)
class Raw:
    """R rows of text.

    Attributes:
        path: The file.
        frame: The cells; missing ones are null. All columns are String.
        lines: The line each row begins on. Shape [R].
        header: False where the columns have no names of their own.
        form: How the file is written, in words: encoding, separator, ...
        lists: Columns whose cells hold several values, joined by "|".
        owners: Columns that stood on the outer level of nested JSON.
        faults: Rows that could not be split into cells.
        notes: What was decided while reading, sentence by sentence.
        doubts: What could be otherwise.
        label: What to call the file; its name without the folder where empty.
        decimal: The decimal mark somebody named; "" is guessed.
    """

    path: Path
    frame: pl.DataFrame
    lines: Ints
    header: bool = True
    form: tuple[str, ...] = ()
    lists: frozenset[str] = frozenset()
    owners: frozenset[str] = frozenset()
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    label: str = ""
    decimal: str = ""

    @property
    def name(self) -> str:
        """What to call the file in flags and messages."""
        return self.label or self.path.name

    def __len__(self) -> int:
        return self.frame.height

    def with_frame(self, frame: pl.DataFrame, lines: Ints | None = None) -> Raw:
        """The same file with other cells. ``lines``: of the rows, where these changed too."""
        return replace(self, frame=frame, lines=self.lines if lines is None else lines)

    def saying(self, *notes: str) -> Raw:
        """The same file with further notes."""
        return replace(self, notes=(*self.notes, *notes))


def cleaned(frame: pl.DataFrame) -> pl.DataFrame:
    """Cells without white space around them; null where they say "missing"."""
    tidy = frame.with_columns(pl.all().str.strip_chars())
    blank = [
        pl.when(pl.col(name).is_in(_missing(tidy[name]))).then(None).otherwise(pl.col(name))
        for name in tidy.columns
    ]
    return tidy.with_columns(
        expression.alias(name) for name, expression in zip(tidy.columns, blank, strict=True)
    )


def _missing(cells: pl.Series) -> list[str]:
    """Words for "missing" in a column; NA is Namibia among two-letter codes."""
    if not bool((cells == "NA").fill_null(False).any()):
        return [word for word in MISSING if word != "NA"]
    other = cells.filter((cells != "NA") & (cells != "")).unique()
    codes = len(other) > 1 and bool(other.str.contains(r"^[A-Z]{2}$").all())
    return [word for word in MISSING if word != "NA" or not codes]


def whole(lines: list[int]) -> Ints:
    """Line numbers as an array. Shape [R]."""
    return np.array(lines, dtype=np.int64)
