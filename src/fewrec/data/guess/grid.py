"""Text to rows that all have the same number of cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from fewrec.data.arrays import Ints
from fewrec.data.faults import Fault
from fewrec.data.guess.dialect import Dialect, records, rejoin_entities
from fewrec.data.guess.shares import counted

_TOTALS = (
    "total",
    "grand total",
    "totals",
    "sum",
    "gesamt",
    "summe",
    "итого",
    "合计",
    "总计",
    "合計",
)
CLOSING = "a closing line, not a row"
_BROKEN = re.compile("[\udc80-\udcff]")
"""Bytes that could not be decoded, as ``encoding`` leaves them."""
_PADDED = 0.05
"""Above this share of short rows, blank cells at the end are taken to be left out."""


@dataclass(frozen=True)
class Grid:
    """R rows of text cells, header included.

    Attributes:
        frame: The cells, columns ``c0``, ``c1``, ...
        lines: The line each row begins on. Shape [R].
        faults: Rows that do not fit.
        notes: What was mended.
    """

    frame: pl.DataFrame
    lines: Ints
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


def read_grid(path: Path, text: str, dialect: Dialect) -> Grid:
    """Split a text into rows of cells.

    Args:
        path: The file, for messages.
        text: Its content.
        dialect: How it is written.

    Returns:
        Its rows. A file whose lines are all alike is read at once, others row by row.
    """
    grid = _at_once(text, dialect)
    if grid is not None:
        return grid
    dialect = _best_quotes(text, dialect)
    return _evened(path, list(records(text, dialect)), dialect)


def _at_once(text: str, dialect: Dialect) -> Grid | None:
    """Rows of a file without quotes, blank lines and misfits; None for other files."""
    plain = len(dialect.separator) == 1 and dialect.separator not in " \r\n"
    if not plain or (dialect.quote and dialect.quote in text) or dialect.width < 2:
        return None
    try:
        raw = text.encode().rstrip(b"\n") + b"\n"
    except UnicodeEncodeError:
        return None  # Damaged bytes: their lines must be found.
    data = np.frombuffer(raw, np.uint8)
    ends = np.flatnonzero(data == 10)[dialect.skip :]
    start = 0 if dialect.skip == 0 else int(np.flatnonzero(data == 10)[dialect.skip - 1]) + 1
    marks = np.flatnonzero(data == ord(dialect.separator))
    per_line = np.diff(np.searchsorted(marks, np.concatenate([[start], ends])))
    if len(ends) < _FEWEST or not bool((per_line == dialect.width - 1).all()):
        return None
    frame = pl.read_csv(
        raw[start:],
        has_header=False,
        separator=dialect.separator,
        quote_char=None,
        infer_schema=False,
        schema={f"c{n}": pl.String for n in range(dialect.width)},
    )
    blank = frame.select((pl.all().fill_null("") == "").all()).row(0)
    if blank[0] or blank[-1]:
        return None
    return Grid(frame, np.arange(len(ends)) + dialect.skip + 1)


_FEWEST = 1000
"""Shorter files are read row by row, which also finds closing lines."""


def _best_quotes(text: str, dialect: Dialect) -> Dialect:
    """Quotes as in the sample, unless fewer rows of the whole file misfit without them."""
    if not dialect.quote:
        return dialect
    plain = replace(dialect, quote="")
    swallowed = any(cell.count("\n") > 20 for _, cells in records(text, dialect) for cell in cells)
    with_quotes, without = _misfits(text, dialect), _misfits(text, plain)
    return plain if without < with_quotes or (swallowed and without == 0) else dialect


def _misfits(text: str, dialect: Dialect) -> int:
    return sum(len(cells) != dialect.width for _, cells in records(text, dialect))


def _evened(path: Path, rows: list[tuple[int, list[str]]], dialect: Dialect) -> Grid:
    """Rows of one width; the others are mended where it is clear how, else set aside."""
    width, notes = _true_width(rows, dialect.width), []
    counts = Counter(len(cells) for _, cells in rows)
    short = sum(n for cells, n in counts.items() if cells < width)
    pad = short > _PADDED * len(rows)
    lines, even, faults, mended = [], [], [], 0
    damaged = any(_BROKEN.search(cell) for _, cells in rows for cell in cells)
    for line, cells in rows:
        if damaged and _BROKEN.search(dialect.separator.join(cells)):
            faults.append(_undecodable(path, line, dialect.separator.join(cells)))
            continue
        fitted = _fitted(cells, width, pad or line == rows[0][0])
        if fitted is None:
            fitted = rejoin_entities(cells, width, dialect.separator)
            fitted = fitted or _rejoined(cells, width, dialect.separator)
            mended += fitted is not None
        if fitted is None or _is_closing(fitted, line, rows):
            faults.append(_misfit(path, line, cells, dialect, fitted is not None))
            continue
        lines.append(line)
        even.append(fitted)
    even, dropped = _without_blank_ends(even)
    if mended:
        notes.append(f"{counted(mended)} torn apart inside an HTML entity (&amp;) mended.")
    if pad and short:
        notes.append(f"{counted(short)} ended early; the last cells count as missing.")
    if dropped:
        notes.append("Rows begin or end with a separator; the blank column was dropped.")
    columns = [pl.Series(column, dtype=pl.String) for column in zip(*even, strict=True)]
    frame = pl.DataFrame({f"c{n}": column for n, column in enumerate(columns)})
    return Grid(frame, np.array(lines, dtype=np.int64), tuple(faults), tuple(notes))


def _undecodable(path: Path, line: int, row: str) -> Fault:
    shown = row.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    fix = "Correct these bytes, or name the file's --encoding."
    problem = "the row holds bytes that are not UTF-8"
    return Fault("interactions", str(path), line, "", shown, problem, fix, {"row": shown})


def _true_width(rows: list[tuple[int, list[str]]], width: int) -> int:
    """Cells of a row, without the blank one after a closing separator that the header lacks."""
    ends = [cells[-1].strip() for _, cells in rows if len(cells) == width]
    blank = sum(not end for end in ends)
    shorter = len(rows[0][1]) == width - 1 and blank > 0.9 * len(ends)
    return width - 1 if shorter else width


def lead_in(rows: Sequence[Sequence[str]]) -> int:
    """How many rows at the top are headings of a report: hardly filled, unlike those below."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows[:50]]
    usual = sorted(filled)[len(filled) // 2]
    if usual < 3:
        return 0
    return next((n for n, count in enumerate(filled) if count > usual / 3), 0)


def _fitted(cells: list[str], width: int, pad: bool) -> list[str] | None:
    if len(cells) == width:
        return cells
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        return cells[:width]
    if len(cells) < width and pad:
        return cells + [""] * (width - len(cells))
    return None


def _rejoined(cells: list[str], width: int, separator: str) -> list[str] | None:
    """A torn row that also lacks its blank last cell."""
    found = rejoin_entities([*cells, ""], width, separator)
    return found or (rejoin_entities(cells[:-1], width, separator) if cells[-1] == "" else None)


def _is_closing(cells: list[str], line: int, rows: list[tuple[int, list[str]]]) -> bool:
    """A closing line, as reports have it: totals, or ``(8 rows)``."""
    if line < rows[-1][0] - 3 or len(rows) < 4:
        return False
    held = [cell.strip().lower() for cell in cells if cell.strip()]
    total = any(cell.rstrip(":") in _TOTALS for cell in held) and len(held) < len(cells)
    usual = sum(bool(cell.strip()) for cell in rows[len(rows) // 2][1])
    return total or (usual >= 3 and len(held) == 1)


def _misfit(path: Path, line: int, cells: list[str], dialect: Dialect, total: bool) -> Fault:
    whole_row = dialect.separator.join(cells)
    problem = CLOSING if total else f"the row has {len(cells)} cells, the others {dialect.width}"
    fix = f"Put cells that hold a {dialect.spoken!r} into quotes, or pass --skip-bad."
    return Fault("interactions", str(path), line, "", whole_row, problem, fix, {"row": whole_row})


def _without_blank_ends(rows: list[list[str]]) -> tuple[list[list[str]], bool]:
    """Rows without a first and a last column that are blank throughout, header included."""
    if not rows or len(rows[0]) < 3:
        return rows, False
    first = int(not any(row[0].strip() for row in rows))
    last = len(rows[0]) - int(not any(row[-1].strip() for row in rows))
    if last - first == len(rows[0]):
        return rows, False
    return [row[first:last] for row in rows], True
