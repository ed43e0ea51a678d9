"""Plain tables of public data sets: no quotes, any separator, UTF-8 or Latin-1."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from fewrec.errors import BadValue, EmptyData

_UNIT = "\x1f"


def read_plain(path: Path, separator: str, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """Read a table whose cells hold neither quotes nor separators.

    Args:
        path: The file; UTF-8, else Latin-1.
        separator: Between cells, one character or more.
        columns: Names of the columns; None takes them from the first line.

    Returns:
        The rows, all cells text; empty cells are missing.

    Raises:
        EmptyData: The file holds no row.
        BadValue: A line has another number of cells.
    """
    text = read_text(path)
    first, _, rest = text.partition("\n")
    names, body = (first.split(separator), rest) if columns is None else (list(columns), text)
    if not body.strip("\n"):
        raise EmptyData("the file holds no rows", file=path, fix="Download it again.")
    _check_width(path, text.rstrip("\n"), separator, len(names))
    frame = pl.read_csv(
        body.rstrip("\n").replace(separator, _UNIT).encode(),
        has_header=False,
        separator=_UNIT,
        quote_char=None,
        schema=dict.fromkeys(names, pl.String),
        infer_schema=False,
    )
    return frame.with_columns(pl.all().replace("", None))


def read_text(path: Path) -> str:
    """Text of a file in UTF-8, else Latin-1, whose lines end with a newline alone."""
    raw = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return text.replace("\r\n", "\n")


def _check_width(path: Path, text: str, separator: str, width: int) -> None:
    lines = pl.Series(text.split("\n"))
    cells = lines.str.count_matches(separator, literal=True) + 1
    odd = (cells != width).arg_true()
    if len(odd):
        raise BadValue(
            f"the line has {cells[odd[0]]} cells, not {width}",
            file=path,
            line=odd[0] + 1,
            value=lines[odd[0]],
            fix="Download the file again, or correct the line.",
        )
