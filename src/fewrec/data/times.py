"""Timestamps in the forms people have them, as seconds since 1970."""

from __future__ import annotations

import numpy as np
import polars as pl

from fewrec.data.arrays import Bools
from fewrec.data.faults import Inspector
from fewrec.data.tables import Table
from fewrec.errors import BadValue

_FIX = (
    "Write 2024-01-31, 2024-01-31T12:00:00Z, or seconds since 1970; `fewrec init` converts "
    "other forms."
)
_UNITS = (("s", 1e11, 1.0), ("ms", 1e14, 1e3), ("us", 1e17, 1e6), ("ns", np.inf, 1e9))
_ISO = r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}"
_ZONE = r"(Z|[+-]\d{2}:?\d{2})$"
_FORMS = (
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d",
)


def read_times(table: Table, column: str, inspector: Inspector) -> Table:
    """Replace a column of times by seconds since 1970 (null where missing).

    Dates without a zone are taken as UTC. One unit holds for the whole column: seconds,
    milli-, micro- or nanoseconds by the size of the numbers.

    Raises:
        BadValue: A cell is no time, or the column could mean two things (31/01/2024 or
            20240131, numbers of two units).
    """
    cells = table.frame[column]
    if cells.dtype.is_temporal():
        return table.with_columns(_epoch(cells).alias(column))
    given = cells.is_not_null() & (cells.cast(pl.String).str.strip_chars() != "")
    numbers = cells.cast(pl.Float64, strict=False)
    if given.any() and int(numbers.is_not_null().sum()) * 2 >= int(given.sum()):
        return _from_numbers(table, column, numbers, given, inspector)
    return _from_text(table, column, given, inspector)


def _epoch(cells: pl.Series) -> pl.Series:
    return cells.cast(pl.Datetime("us")).dt.epoch("us").cast(pl.Float64) / 1e6


def _from_numbers(
    table: Table, column: str, numbers: pl.Series, given: pl.Series, inspector: Inspector
) -> Table:
    bad = (given & ~numbers.is_finite().fill_null(False)).to_numpy()
    table = inspector.reject(table, bad, column, "this is not a time", _FIX)
    seconds = numbers.to_numpy()[~bad]
    known = ~np.isnan(seconds)
    _refuse_dates(table, column, seconds[known])
    unit = np.searchsorted([top for _, top, _ in _UNITS], np.abs(seconds), side="right")
    common = int(np.bincount(unit[known]).argmax()) if known.any() else 0
    odd = known & (unit != common)
    name, _, factor = _UNITS[common]
    problem = f"the time is in another unit than most of the column ({name})"
    table = inspector.reject(table, odd, column, problem, _FIX)
    times = pl.Series(column, seconds[~odd] / factor, dtype=pl.Float64)
    return table.with_columns(times.fill_nan(None))


def _refuse_dates(table: Table, column: str, known: np.ndarray) -> None:
    """Refuse 20240131: it is a date to people and an hour in August 1970 to machines."""
    if not len(known) or known.min() < 19000101 or known.max() > 21001231:
        return
    month, day = known // 100 % 100, known % 100
    if bool(((month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)).all()):
        raise BadValue(
            "the times could be dates (YYYYMMDD) or seconds since 1970",
            file=table.file,
            column=column,
            value=int(known[0]),
            fix=_FIX,
        )


def _from_text(table: Table, column: str, given: pl.Series, inspector: Inspector) -> Table:
    text = table.frame[column].cast(pl.String).str.strip_chars()
    dated = text.str.contains(_ISO).fill_null(False)
    slashed = text.str.contains(r"^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}").fill_null(False)
    if bool(slashed.any()) and not bool(dated.any()):
        row = int(slashed.arg_max() or 0)
        raise BadValue(
            "the date could be day-month or month-day",
            file=table.file,
            line=int(table.lines[row]),
            column=column,
            value=text[row],
            fix=_FIX,
        )
    times = parse_dates(text)
    bad: Bools = (given & times.is_null()).to_numpy()
    table = inspector.reject(table, bad, column, "this is not a time", _FIX)
    return table.with_columns(times.filter(pl.Series(~bad)).alias(column))


def parse_dates(text: pl.Series) -> pl.Series:
    """ISO dates and times as seconds since 1970; null where a cell is none. Float64."""
    plain = text.str.replace_all("/", "-").str.replace(r"^(\S+) ", "${1}T")
    zone = plain.str.extract(_ZONE).fill_null("Z").str.replace(":", "")
    bare = plain.str.replace(_ZONE, "")
    local = pl.Series([None] * len(text), dtype=pl.Float64)
    for form in _FORMS:
        local = local.fill_null(_epoch(bare.str.to_datetime(form, strict=False, time_unit="us")))
    sign = zone.str.slice(0, 1).replace_strict({"+": 1.0, "-": -1.0}, default=0.0)
    hours = zone.str.slice(1, 2).cast(pl.Float64, strict=False).fill_null(0.0)
    minutes = zone.str.slice(3, 2).cast(pl.Float64, strict=False).fill_null(0.0)
    return local - sign * (hours * 3600 + minutes * 60)
