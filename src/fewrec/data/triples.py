"""N-Triples files to (head, relation, tail)."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl

from fewrec.data.delimited import decode
from fewrec.data.faults import Inspector
from fewrec.data.tables import Table

_NODE = r"<([^>]*)>|(_:\S+)"
_TEXT = r"""\"((?:[^"\\]|\\[tbnrf"'\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*)\""""
_KIND = r"(?:@[A-Za-z]+(?:-[A-Za-z0-9]+)*|\^\^<[^>]*>)?"
_LINE = (
    rf"^\s*(?:{_NODE})\s*<([^>]*)>\s*(?:<([^>]*)>|(_:[^\s.]+(?:\.+[^\s.]+)*)|{_TEXT}{_KIND})"
    r"\s*\.\s*(?:#.*)?$"
)
_ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_LETTERS = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


def read_nt(path: Path, inspector: Inspector) -> Table:
    """Read an N-Triples file: one ``<head> <relation> <tail> .`` a line.

    Args:
        path: The file, UTF-8. Comments (#) and blank lines are passed over; of literals the
            text is kept, language and type are not.
        inspector: What to do with lines that are no triples.

    Returns:
        A table with the columns ``head``, ``relation``, ``tail``.

    Raises:
        BadValue: A line is not a triple.
    """
    text = pl.Series("line", decode(path.read_bytes(), path).decode().split("\n"))
    lines = np.arange(1, len(text) + 1)
    table = Table("graph", text.to_frame(), str(path), lines)
    table = table.where((~text.str.contains(r"^\s*(#.*)?$")).to_numpy())
    parts = table.frame["line"].str.extract_groups(_LINE).struct.unnest()
    bad = parts["3"].is_null().to_numpy()
    fix = "Write <head> <relation> <tail> . with a full stop at the end."
    table = inspector.reject(table, bad, "line", "this is not a triple", fix)
    parts = parts.filter(pl.Series(~bad))
    frame = pl.DataFrame(
        {
            "head": _plain(parts["1"].fill_null(parts["2"])),
            "relation": _plain(parts["3"]),
            "tail": _plain(parts["4"].fill_null(parts["5"]).fill_null(parts["6"])),
        }
    )
    return Table("graph", frame, str(path), table.lines)


def _plain(cells: pl.Series) -> pl.Series:
    """Texts with what stands behind backslashes; few have any."""
    held = cells.str.contains("\\", literal=True)
    if not held.any():
        return cells
    return pl.Series([_ESCAPED.sub(_sign, text) if "\\" in text else text for text in cells])


def _sign(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else _LETTERS.get(found[3], found[3])
