"""CSV files: every cell as text, every row with its line, every defect with its place."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from fewrec.data.arrays import Ints
from fewrec.data.faults import Fault, Inspector
from fewrec.data.tables import Table
from fewrec.errors import BadValue, EmptyData, MissingColumn

_QUOTE, _NEWLINE = 34, 10
_INIT = "Save the file as UTF-8, or let `fewrec init` recognise the encoding."


def read_delimited(path: Path, name: str, inspector: Inspector, *, separator: str = ",") -> Table:
    """Read a CSV file; empty cells are missing, everything else stays text.

    Args:
        path: The file: UTF-8 with or without byte order mark, or UTF-16.
        name: Which table it is.
        inspector: What to do with rows that have too many or too few cells.
        separator: One character.

    Returns:
        Its rows; blank lines are not rows.

    Raises:
        BadValue: Undecodable bytes, an unclosed quote, or a row that does not fit the header.
        MissingColumn: The header's names are separated by something else.
        EmptyData: There is no header.
    """
    raw = decode(path.read_bytes(), path)
    if not raw.strip():
        raise _blank(path)
    first, body = _header(raw, separator, path)
    layout = _layout(body.raw, separator)
    if layout is None or not layout.regular(len(first)):
        frame, lines = _slowly(body, first, separator, name, path, inspector)
    else:
        frame, lines = _quickly(body.raw, first, separator), layout.lines + body.line - 1
    return Table(name, frame, str(path), lines)


def _blank(path: Path) -> EmptyData:
    return EmptyData("the file is blank", file=path, fix="Fill it with a header and rows.")


def decode(raw: bytes, path: Path) -> bytes:
    """Bytes of a file as clean UTF-8 whose lines end with a newline alone.

    Raises:
        BadValue: The bytes are not UTF-8 or UTF-16; the message names line and byte.
    """
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _unix(_text(raw, "utf-16", path).encode())
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    even, odd = raw[:200:2].count(0), raw[1:200:2].count(0)
    if (even + odd) * 5 > min(len(raw), 200):
        return _unix(_text(raw, "utf-16-be" if even > odd else "utf-16-le", path).encode())
    _text(raw, "utf-8", path)
    return _unix(raw)


def _text(raw: bytes, encoding: str, path: Path) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as fault:
        raise BadValue(
            f"byte 0x{raw[fault.start]:02x} is not {encoding.upper()}",
            file=path,
            line=raw.count(b"\n", 0, fault.start) + 1,
            value=raw[max(0, fault.start - 10) : fault.start + 10],
            fix=_INIT,
        ) from fault


def _unix(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in raw else raw


@dataclass(frozen=True)
class _Body:
    raw: bytes
    line: int


def _header(raw: bytes, separator: str, path: Path) -> tuple[list[str], _Body]:
    """Names of the columns, and what follows them with the line it begins on."""
    text = io.StringIO(raw.decode(), newline="")
    with _wide_cells():
        reader = csv.reader(text, delimiter=separator, strict=True)
        try:
            names = next((row for row in reader if any(cell.strip() for cell in row)), [])
        except csv.Error as fault:
            raise _unclosed(path, 1) from fault
    if not names:
        raise _blank(path)
    names = [cell.strip() for cell in names]
    _check_separator(names, separator, path, reader.line_num)
    twice = sorted({n for n in names if n and names.count(n) > 1})
    if twice:
        raise BadValue(
            "the header names a column twice",
            file=path,
            line=reader.line_num,
            value=twice[0],
            fix="Rename one of the two.",
        )
    names = [cell or f"column {n + 1}" for n, cell in enumerate(names)]
    ends = np.flatnonzero(np.frombuffer(raw, np.uint8) == _NEWLINE)
    start = int(ends[reader.line_num - 1]) + 1 if reader.line_num <= len(ends) else len(raw)
    return names, _Body(raw[start:], reader.line_num + 1)


def _check_separator(names: list[str], separator: str, path: Path, line: int) -> None:
    """Refuse a header that is one column because its cells are separated by something else."""
    marks = [mark for mark in "\t;|," if mark != separator and mark in names[0]]
    if len(names) == 1 and marks:
        raise MissingColumn(
            f"the header is one column; its names seem to be separated by {marks[0]!r}, not by "
            f"{separator!r}",
            file=path,
            line=line,
            value=names[0],
            fix=f"Write separator = {json.dumps(marks[0])} in fewrec.toml, or let `fewrec init` "
            "write a clean data folder.",
        )


@dataclass(frozen=True)
class _Layout:
    """Where the rows of a well-quoted body begin, and how many cells they have."""

    lines: Ints
    cells: Ints
    blank: bool

    def regular(self, width: int) -> bool:
        return not self.blank and bool((self.cells == width).all())


def _layout(raw: bytes, separator: str) -> _Layout | None:
    """Find the rows of a body without a loop; None where quotes stand in unusual places."""
    data = np.frombuffer(raw, np.uint8)
    newlines = np.flatnonzero(data == _NEWLINE)
    marks = np.flatnonzero(data == ord(separator))
    ends = newlines
    quotes = np.flatnonzero(data == _QUOTE)
    if len(quotes):
        if not _tidy(data, quotes, ord(separator)):
            return None
        ends = newlines[np.searchsorted(quotes, newlines) % 2 == 0]
        marks = marks[np.searchsorted(quotes, marks) % 2 == 0]
    if len(data) and (not len(ends) or ends[-1] != len(data) - 1):
        ends = np.append(ends, len(data))
    starts = np.concatenate([[0], ends[:-1] + 1]) if len(ends) else ends
    return _Layout(
        lines=np.searchsorted(newlines, starts) + 1,
        cells=np.searchsorted(marks, ends) - np.searchsorted(marks, starts) + 1,
        blank=bool((ends == starts).any()),
    )


def _tidy(data: np.ndarray, quotes: Ints, separator: int) -> bool:
    """True where quotes only open and close whole cells (or are doubled inside)."""
    if len(quotes) % 2:
        return False
    before = np.concatenate([[_NEWLINE], data])[quotes[::2]]
    after = np.concatenate([data, [_NEWLINE]])[quotes[1::2] + 1]
    edges = (separator, _NEWLINE, _QUOTE)
    return bool(np.isin(before, edges).all() and np.isin(after, edges).all())


def _quickly(raw: bytes, names: list[str], separator: str) -> pl.DataFrame:
    schema = dict.fromkeys(names, pl.String)
    if not raw:
        return pl.DataFrame(schema=schema)
    frame = pl.read_csv(
        raw, has_header=False, schema=schema, separator=separator, infer_schema=False
    )
    return _missing(frame)


def _missing(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.all().replace("", None))


def _slowly(
    body: _Body,
    names: list[str],
    separator: str,
    table: str,
    path: Path,
    inspector: Inspector,
) -> tuple[pl.DataFrame, Ints]:
    """Read row by row: for files with blank lines, stray quotes or misfit rows."""
    rows: list[list[str]] = []
    lines: list[int] = []
    for line, cells in _records(body, separator, path):
        if isinstance(cells, list) and len(cells) == len(names):
            rows.append(cells)
            lines.append(line)
            continue
        inspector.report(_misfit(cells, len(names), separator, table, path, line))
    frame = pl.DataFrame(
        [[row[n] for row in rows] for n in range(len(names))],
        schema=dict.fromkeys(names, pl.String),
    )
    return _missing(frame), np.array(lines, dtype=np.int64)


def _records(body: _Body, separator: str, path: Path) -> Iterator[tuple[int, list[str] | str]]:
    """Each row with its line; a row that cannot be split comes as its text."""
    texts = body.raw.decode().split("\n")
    with _wide_cells():
        reader = csv.reader(
            io.StringIO(body.raw.decode(), newline=""), delimiter=separator, strict=True
        )
        while True:
            line = reader.line_num
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as fault:
                if "unexpected end of data" in str(fault):
                    raise _unclosed(path, line + body.line) from fault
                yield line + body.line, "\n".join(texts[line : reader.line_num])
                continue
            if cells:
                yield line + body.line, cells


def _misfit(
    cells: list[str] | str, width: int, separator: str, table: str, path: Path, line: int
) -> Fault:
    if isinstance(cells, str):
        problem, whole = "a quoted cell goes on after its closing quote", cells
        fix = 'Double a quote inside a quoted cell (""), or quote the whole cell.'
    else:
        problem = f"the row has {len(cells)} cells, the header {width}"
        whole = separator.join(cells)
        fix = (
            f"Put cells that hold a {separator!r} into quotes."
            if len(cells) > width
            else "Add the missing cells; an empty cell still needs its separator."
        )
    return Fault(table, str(path), line, "", whole, problem, fix, {"row": whole})


def _unclosed(path: Path, line: int) -> BadValue:
    return BadValue(
        "a quote opened in this row is never closed",
        file=path,
        line=line,
        fix='Close it, or double it (""): everything after it would be one cell.',
    )


@contextmanager
def _wide_cells() -> Iterator[None]:
    """Lift csv's limit on the size of a cell for a while (the limit is global to the process)."""
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)
