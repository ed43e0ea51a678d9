"""From what the store holds to the tables a data set is made of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl


def properties_frame(rows: Sequence[Mapping[str, Any]], key: str) -> pl.DataFrame:
    """A table with a column for each property that any row has.

    Args:
        rows: Each with an id and ``properties``.
        key: Name of the id, which becomes the first column.

    Returns:
        Numbers where all values of a column are numbers, lists of text where any is a list,
        else text; missing where a row does not have the property.
    """
    names = dict.fromkeys(name for row in rows for name in row["properties"] if name != key)
    columns = [pl.Series(key, [row[key] for row in rows], dtype=pl.String)]
    columns += [_column(name, [row["properties"].get(name) for row in rows]) for name in names]
    return pl.DataFrame(columns)


def _column(name: str, values: list[Any]) -> pl.Series:
    given = [value for value in values if value is not None]
    if any(isinstance(value, list) for value in given):
        lists = [None if v is None else v if isinstance(v, list) else [v] for v in values]
        texts = [None if one is None else [_text(v) for v in one] for one in lists]
        return pl.Series(name, texts, dtype=pl.List(pl.String))
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in given):
        return pl.Series(name, [None if v is None else float(v) for v in values], dtype=pl.Float64)
    return pl.Series(name, [None if v is None else _text(v) for v in values], dtype=pl.String)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)
