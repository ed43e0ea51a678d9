"""JSON lines: one record a line, and the line where one is broken."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl

from fewrec.data.delimited import decode
from fewrec.data.faults import Fault, Inspector
from fewrec.data.tables import Table


def read_jsonl(path: Path, name: str, inspector: Inspector) -> Table:
    """Read a file that holds one JSON object a line.

    Args:
        path: The file.
        name: Which table it is.
        inspector: What to do with lines that are not JSON objects.

    Returns:
        Its rows; a key that a line lacks is a missing cell.

    Raises:
        BadValue: A line is not a JSON object, or the file is not UTF-8.
    """
    raw = decode(path.read_bytes(), path)
    if b"\n\n" not in raw and not raw.startswith(b"\n"):
        try:
            frame = pl.read_ndjson(raw, infer_schema_length=None)
            return Table(name, frame, str(path), np.arange(1, frame.height + 1))
        except pl.exceptions.PolarsError:
            pass  # Something is odd: read line by line, and find out where.
    return _slowly(raw.decode(), path, name, inspector)


def _slowly(text: str, path: Path, name: str, inspector: Inspector) -> Table:
    records: list[dict[str, object]] = []
    lines: list[int] = []
    for line, cells in enumerate(text.split("\n"), start=1):
        if not cells.strip():
            continue
        record = _record(cells)
        if isinstance(record, dict):
            records.append(record)
            lines.append(line)
            continue
        fix = 'Write one object a line, as in {"user": "a", "item": "b"}.'
        inspector.report(Fault(name, str(path), line, "", cells, record, fix, {"row": cells}))
    keys = list(dict.fromkeys(key for record in records for key in record))
    columns = {key: _column([record.get(key) for record in records]) for key in keys}
    return Table(name, pl.DataFrame(columns), str(path), np.array(lines, dtype=np.int64))


def _record(text: str) -> dict[str, object] | str:
    """The object of a line, or what is wrong with the line."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as fault:
        return f"the line is not JSON ({fault.msg}, character {fault.colno})"
    return found if isinstance(found, dict) else "the line is not a JSON object"


def _column(cells: list[object]) -> pl.Series:
    """A column of one type; cells of several types become their JSON text."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if len(kinds) <= 1 and not kinds & {dict, list}:
        return pl.Series(cells)
    texts = [c if c is None or isinstance(c, str) else json.dumps(c) for c in cells]
    return pl.Series(texts, dtype=pl.String)
