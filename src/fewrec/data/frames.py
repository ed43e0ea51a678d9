"""Data frames of pandas and polars: in as polars, out as what came in, column by column.

The conversion of polars itself needs pyarrow for texts; this one needs neither pyarrow nor,
until it meets a frame of pandas, pandas.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from fewrec.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["pandas", "polars"]

INDEXES = ("user", "item")
"""An index of pandas with one of these names is a column like any other."""


def is_pandas(thing: object) -> bool:
    """Whether a thing is a frame or series of pandas; never imports pandas."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(thing, (pandas.DataFrame, pandas.Series))


def kind_of(*frames: object) -> Kind:
    """``pandas`` where any of the frames is one of pandas."""
    return "pandas" if any(is_pandas(frame) for frame in frames) else "polars"


def to_polars(frame: Any, name: str = "table") -> pl.DataFrame:  # noqa: ANN401 - anything tabular
    """A table as polars, with missing cells null.

    Args:
        frame: A frame of polars (also lazy) or pandas, or a mapping of columns.
        name: What to call it in messages.

    Raises:
        DataError: It is none of these, or two of its columns have the same name.
    """
    if isinstance(frame, pl.LazyFrame):
        return frame.collect()
    if isinstance(frame, pl.DataFrame):
        return frame
    if is_pandas(frame) and hasattr(frame, "columns"):
        return _from_pandas(frame, name)
    if isinstance(frame, Mapping):
        return pl.DataFrame({str(k): _column(str(k), list(v)) for k, v in frame.items()})
    raise DataError(
        f"the {name} are of type {type(frame).__name__}",
        fix="Give a data frame of polars or pandas, or a mapping of columns.",
    )


def to_pandas(frame: pl.DataFrame) -> pd.DataFrame:
    """A table as pandas."""
    import pandas as pd

    columns = {name: _to_numpy(frame[name]) for name in frame.columns}
    return pd.DataFrame(columns, columns=frame.columns)


def returned(frame: pl.DataFrame, kind: Kind) -> Any:  # noqa: ANN401 - a frame of either library
    """A table as the wanted kind of frame."""
    return to_pandas(frame) if kind == "pandas" else frame


def with_column(frame: Any, name: str, values: np.ndarray) -> Any:  # noqa: ANN401 - either library
    """A frame of pandas or polars (or a mapping) with one column more. ``values``: shape [R]."""
    if is_pandas(frame):
        return frame.assign(**{name: values})
    return to_polars(frame).with_columns(pl.Series(name, values))


def ids_of(names: Any) -> list[str]:  # noqa: ANN401 - a series of either library, or any iterable
    """Ids as texts, from a series, an array or a list of texts or whole numbers.

    Raises:
        DataError: One of them is missing.
    """
    values = names.tolist() if hasattr(names, "tolist") else list(names)
    return [_id(value) for value in values]


def _id(value: object) -> str:
    if _missing(value):
        raise DataError("an id is missing", value=value, fix="Leave out rows without an id.")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _from_pandas(frame: pd.DataFrame, name: str) -> pl.DataFrame:
    if frame.index.name in INDEXES and frame.index.name not in frame.columns:
        frame = frame.reset_index()
    names = [str(column) for column in frame.columns]
    twice = [column for column in names if names.count(column) > 1]
    if twice:
        raise DataError(
            "two columns have the same name", file=name, column=twice[0], fix="Rename one of them."
        )
    return pl.DataFrame(
        [_series(column, frame.iloc[:, place]) for place, column in enumerate(names)]
    )


def _series(name: str, cells: pd.Series[Any]) -> pl.Series:
    """One column of pandas; NaN, NaT, NA and None become null."""
    kind = cells.dtype
    plain = isinstance(kind, np.dtype)
    if plain and kind.kind == "f":
        return pl.Series(name, cells.to_numpy()).fill_nan(None)
    if plain and kind.kind in "iub":
        return pl.Series(name, cells.to_numpy())
    if getattr(kind, "tz", None) is not None:
        cells = cells.dt.tz_convert("UTC").dt.tz_localize(None)
        kind = cells.dtype
    if isinstance(kind, np.dtype) and kind.kind in "mM":
        return pl.Series(name, cells.to_numpy())
    return _column(name, cells.astype(object).tolist())


def _column(name: str, values: Iterable[Any]) -> pl.Series:
    """Python values as a column: one type where all share it, else texts."""
    known = [None if _missing(v) else _settled(v) for v in values]
    kinds = {type(v) for v in known if v is not None}
    if kinds == {int, float}:
        known = [None if v is None else float(v) for v in known]
    elif len(kinds) > 1:
        known = [None if v is None else str(v) for v in known]
    if not kinds:
        return pl.Series(name, known, dtype=pl.String)
    try:
        return pl.Series(name, known, strict=False)
    except (TypeError, pl.exceptions.PolarsError):
        texts = [None if v is None else str(v) for v in known]
        return pl.Series(name, texts, dtype=pl.String)


def _missing(value: object) -> bool:
    """None, NaN, NaT, NA: whatever is not equal to itself, or cannot say whether it is."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, (float, np.floating)) and math.isnan(value)


def _settled(value: Any) -> Any:  # noqa: ANN401 - any cell
    """A cell as a plain Python value."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    if isinstance(value, tuple):
        return list(value)
    return value.to_pydatetime() if hasattr(value, "to_pydatetime") else value


def _to_numpy(cells: pl.Series) -> Any:  # noqa: ANN401 - an array or a list
    if cells.dtype.is_numeric() or cells.dtype == pl.Boolean:
        return cells.to_numpy()
    return cells.to_list()
