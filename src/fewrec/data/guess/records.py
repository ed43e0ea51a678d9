"""JSON in the shapes people have it, and parquet, to text cells."""

from __future__ import annotations

import ast
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from fewrec.data.faults import Fault
from fewrec.data.guess.raw import Raw, cleaned, whole
from fewrec.errors import BadValue, EmptyData

Record = dict[str, Any]
_JOIN = "|"
_KEY, _OTHER, _CELL = "key", "key_2", "value"


def read_json(path: Path, text: str) -> Raw | None:
    """Read JSON: one object a line, a list of objects, or objects nested in objects.

    Args:
        path: The file, for messages.
        text: Its content.

    Returns:
        Its records as rows; None where the text only looks like JSON.

    Raises:
        BadValue: It is JSON without anything like a table in it.
    """
    found, lines, faults = _parsed(path, text)
    if found is None:
        return None
    records = _table_in(found)
    if not records:
        raise BadValue(
            "there is no list of records in this JSON",
            file=path,
            fix='Write one object a line, as in {"user": "a", "item": "b"}.',
        )
    rows, owners, repeat = _unnested(records)
    lines = lines if len(lines) == len(records) else list(range(1, len(records) + 1))
    numbers = [line for line, count in zip(lines, repeat, strict=True) for _ in range(count)]
    frame, lists = _text_frame(rows)
    form = "JSON lines" if isinstance(found, _Lines) else "JSON"
    return Raw(
        path,
        cleaned(frame),
        whole(numbers),
        form=(form,),
        lists=lists,
        owners=frozenset(owners),
        faults=tuple(faults),
    )


class _Lines(list[Any]):
    """Objects that stood one on a line."""


def _parsed(path: Path, text: str) -> tuple[Any, list[int], list[Fault]]:
    try:
        found = json.loads(text)
        return (_Lines([found]), [1], []) if _flat(found) else (found, [], [])
    except json.JSONDecodeError:
        pass
    rows, lines, faults = _Lines(), [], []
    for line, content in enumerate(text.split("\n"), start=1):
        if not content.strip():
            continue
        record = _object(content)
        if record is None:
            faults.append(_broken(path, line, content))
        else:
            rows.append(record)
            lines.append(line)
    return (None, [], []) if len(faults) >= max(1, len(rows)) else (rows, lines, faults)


def _flat(found: object) -> bool:
    return isinstance(found, dict) and not any(isinstance(v, dict | list) for v in found.values())


def _object(content: str) -> Any:  # noqa: ANN401 (any JSON value)
    """A JSON value, or a Python literal as some old dumps have it; None where it is neither."""
    try:
        return json.loads(content)
    except json.JSONDecodeError:
        try:
            return ast.literal_eval(content.strip())
        except (ValueError, SyntaxError):
            return None


def _broken(path: Path, line: int, content: str) -> Fault:
    return Fault(
        "interactions",
        str(path),
        line,
        "",
        content,
        "the line is not JSON",
        "Correct it, or pass --skip-bad.",
        {"row": content},
    )


def _table_in(found: Any) -> list[Record]:  # noqa: ANN401 (any JSON value)
    """The largest table anywhere in a JSON value."""
    if isinstance(found, list):
        if found and all(isinstance(row, list) for row in found):
            return [{f"column_{n + 1}": cell for n, cell in enumerate(row)} for row in found]
        return [row for row in found if isinstance(row, dict)]
    if not isinstance(found, dict):
        return []
    inner = [_table_in(value) for value in found.values() if isinstance(value, list)]
    best = max(inner, key=len, default=[])
    keyed = _keyed(found)
    deeper = [_table_in(value) for value in found.values() if isinstance(value, dict)]
    return max([best, keyed, *deeper], key=len, default=[])


def _keyed(found: Mapping[str, Any]) -> list[Record]:
    """A table whose rows are named: ``{"anna": {"Dune": 5}}`` or ``{"m1": {"title": ...}}``."""
    values = list(found.values())
    if len(values) < 2:
        return []
    if all(
        isinstance(value, list) and not any(isinstance(v, dict) for v in value) for value in values
    ):
        return [{_KEY: key, _OTHER: one} for key, value in found.items() for one in value]
    if not all(isinstance(value, dict) for value in values):
        return []
    keys = [frozenset(value) for value in values]
    shared = frozenset.intersection(*keys)
    if shared:
        return [{_KEY: key, **value} for key, value in found.items()]
    scalar = all(not isinstance(v, dict | list) for value in values for v in value.values())
    if not scalar:
        return []
    return [
        {_KEY: key, _OTHER: other, _CELL: cell}
        for key, value in found.items()
        for other, cell in value.items()
    ]


def _unnested(records: list[Record]) -> tuple[list[Record], set[str], list[int]]:
    """Flat rows; a list of objects inside a record gives a row each, with the record's own cells.

    Returns:
        Rows, names of cells that came from the outer record, rows made of each record.
    """
    flat = [_flattened(record) for record in records]
    inner = [name for row in flat for name, cell in row.items() if _is_records(cell)]
    if not inner:
        return flat, set(), [1] * len(flat)
    field = max(set(inner), key=inner.count)
    rows: list[Record] = []
    repeat, owners = [], set()
    for row in flat:
        own = {k: v for k, v in row.items() if not _is_records(v) and k != field}
        children = [_flattened(child) for child in row.get(field) or [] if isinstance(child, dict)]
        owners |= set(own)
        named = [{**{k: v for k, v in child.items()}} for child in children]
        rows += [{**{_outer(k, child): v for k, v in own.items()}, **child} for child in named]
        repeat.append(len(children))
    return rows, {name for name in owners if any(name in row for row in rows)}, repeat


def _outer(name: str, child: Mapping[str, Any]) -> str:
    return f"outer {name}" if name in child else name


def _is_records(cell: object) -> bool:
    return isinstance(cell, list) and bool(cell) and all(isinstance(one, dict) for one in cell)


def _flattened(record: Mapping[str, Any], prefix: str = "") -> Record:
    flat: Record = {}
    for name, cell in record.items():
        if isinstance(cell, dict) and cell:
            flat |= _flattened(cell, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = cell
    return flat


def _text_frame(rows: Iterable[Record]) -> tuple[pl.DataFrame, frozenset[str]]:
    """All cells as text; lists joined, their columns named."""
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row))
    lists = {name for row in rows for name, cell in row.items() if isinstance(cell, list)}
    columns = {
        name: pl.Series(name, [_as_text(row.get(name)) for row in rows], dtype=pl.String)
        for name in names
    }
    return pl.DataFrame(columns), frozenset(lists)


def _as_text(cell: object) -> str | None:
    if cell is None or cell == [] or cell == {}:
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, list):
        return _JOIN.join(_parts(cell))
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def _parts(cell: list[Any]) -> list[str]:
    flat: list[str] = []
    for part in cell:
        flat += _parts(part) if isinstance(part, list) else [str(part).replace(_JOIN, "/")]
    return flat


def read_parquet(path: Path, data: bytes) -> Raw:
    """Read a parquet file; lists are joined, records taken apart, times written as ISO.

    Raises:
        BadValue: It is damaged.
        EmptyData: It holds no rows.
    """
    try:
        frame = pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, OSError) as fault:
        raise BadValue(f"this is not a readable parquet file ({fault})", file=path) from fault
    if not frame.height:
        raise EmptyData("the file holds no rows", file=path, fix="Leave it out.")
    for name, kind in frame.schema.items():
        if isinstance(kind, pl.Struct):
            frame = frame.unnest(name, separator=".")
    lists = frozenset(name for name, kind in frame.schema.items() if kind.is_nested())
    return Raw(
        path,
        cleaned(frame.select(_as_strings(frame[name]) for name in frame.columns)),
        whole(list(range(1, frame.height + 1))),
        form=("parquet",),
        lists=lists,
    )


def _as_strings(cells: pl.Series) -> pl.Series:
    if cells.dtype.is_nested():
        return cells.cast(pl.List(pl.String)).list.join(_JOIN)
    if cells.dtype == pl.Datetime:
        return cells.dt.to_string("iso:strict")
    if cells.dtype.is_float():
        whole_numbers = bool((cells.drop_nulls() % 1 == 0).all())
        cells = cells.cast(pl.Int64, strict=False) if whole_numbers else cells
    return cells.cast(pl.String)
