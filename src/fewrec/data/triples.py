"""N-Triples files to (head, relation, tail)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from fewrec.data.delimited import decode
from fewrec.data.faults import Inspector
from fewrec.data.tables import Table

_NODE = r"<([^>]*)>|(_:\S+)"
_LINE = rf'^\s*(?:{_NODE})\s+<([^>]*)>\s+(?:{_NODE}|"((?:[^"\\]|\\.)*)"\S*)\s*\.\s*(?:#.*)?$'
_ESCAPES = (('\\"', '"'), ("\\n", "\n"), ("\\t", "\t"), ("\\\\", "\\"))


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
    literal = parts["6"]
    for escaped, plain in _ESCAPES:
        literal = literal.str.replace_all(escaped, plain, literal=True)
    frame = pl.DataFrame(
        {
            "head": parts["1"].fill_null(parts["2"]),
            "relation": parts["3"],
            "tail": parts["4"].fill_null(parts["5"]).fill_null(literal),
        }
    )
    return Table("graph", frame, str(path), table.lines)
