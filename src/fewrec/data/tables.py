"""A table as it was read: its cells, and the line of the file each row stood on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from fewrec.data.arrays import Bools, Ints
from fewrec.errors import BadValue, ConfigError, MissingColumn, nearest


@dataclass(frozen=True)
class Table:
    """R rows under standard column names.

    Attributes:
        name: Which table of the data folder: ``interactions``, ``items``, ...
        frame: The cells.
        file: Where they came from, for messages.
        lines: The line each row began on (the header is line 1); in parquet files and data
            frames, which have no lines, the number of the row, from 1. Shape [R].
    """

    name: str
    frame: pl.DataFrame
    file: str
    lines: Ints

    @classmethod
    def of_frame(cls, name: str, frame: pl.DataFrame, file: str = "") -> Table:
        """A table that never was a text file; its rows are counted from 1."""
        settled = frame.with_columns(_settled(frame[column]) for column in frame.columns)
        return cls(name, settled, file or name, np.arange(1, frame.height + 1))

    def __len__(self) -> int:
        return self.frame.height

    def where(self, rows: Bools) -> Table:
        """The chosen rows. ``rows``: mask, shape [R]."""
        return replace(self, frame=self.frame.filter(pl.Series(rows)), lines=self.lines[rows])

    def with_columns(self, *columns: pl.Series | pl.Expr) -> Table:
        """The same rows with columns added or replaced."""
        return replace(self, frame=self.frame.with_columns(*columns))

    def renamed(self, columns: dict[str, str]) -> Table:
        """The same rows under standard names.

        Args:
            columns: Standard name -> name in the file, for columns that are named otherwise.

        Raises:
            ConfigError: Two columns would have the same name.
        """
        found = {given: name for name, given in columns.items() if given in self.frame.columns}
        for given, name in found.items():
            if name in self.frame.columns and name not in found and name != given:
                raise ConfigError(
                    f"{self.file}: column {given!r} is to be read as {name!r}, but the file also "
                    f"has a column {name!r}. Rename one of them, or drop the line from [columns]."
                )
        return replace(self, frame=self.frame.rename(found))

    def repeated(self) -> Bools:
        """Rows all of whose cells stand in an earlier row too. Shape [R]."""
        numbered = self.frame.with_row_index("\x00row")
        kept = numbered.unique(self.frame.columns, keep="first", maintain_order=True)
        again = np.ones(len(self), dtype=bool)
        again[kept["\x00row"].to_numpy()] = False
        return again

    def require(self, *columns: str) -> None:
        """Check that columns are there.

        Raises:
            MissingColumn: One is not; the message offers the nearest name.
        """
        for column in columns:
            if column not in self.frame.columns:
                raise MissingColumn(
                    f"there is no column {column!r}",
                    file=self.file,
                    line=1,
                    fix=_way_out(column, self.frame.columns),
                )


def _way_out(column: str, have: list[str]) -> str:
    return (
        f"{nearest(column, have, 'columns')} Name it in fewrec.toml under [columns], as in "
        f'`{column} = "..."`, or let `fewrec init` guess.'
    )


def _settled(cells: pl.Series) -> pl.Series:
    """A column in one of few types: text, numbers, truth values, dates, lists, records, bytes."""
    kind = cells.dtype
    if isinstance(kind, (pl.Categorical, pl.Enum)) or kind in (pl.Time, pl.Null):
        return cells.cast(pl.String)
    if kind == pl.Duration:
        return cells.dt.total_microseconds().cast(pl.Float64) / 1e6
    if kind == pl.Object:
        texts = [None if cell is None else str(cell) for cell in cells.to_list()]
        return pl.Series(cells.name, texts, dtype=pl.String)
    if kind.is_decimal():
        return cells.cast(pl.Float64)
    if isinstance(kind, (pl.List, pl.Array)):
        inner = pl.String if kind.inner in (pl.Null, pl.Categorical, pl.Enum) else kind.inner
        return cells.cast(pl.List(inner))
    return cells


def check_plain(table: Table, *columns: str) -> None:
    """Check that columns, where they are there, hold single cells.

    Raises:
        BadValue: One holds lists, records or bytes.
    """
    for column in columns:
        kind = table.frame.schema.get(column)
        if kind is not None and (kind.is_nested() or kind == pl.Binary):
            raise BadValue(
                "the column must hold text or numbers",
                file=table.file,
                column=column,
                value=str(kind),
                fix="Write one value in each cell.",
            )


def as_ids(table: Table, column: str) -> pl.Series:
    """A column of ids as text, exactly as written.

    Whole numbers that a data frame holds as floats (because some are missing) lose the ``.0``.

    Raises:
        BadValue: The column holds lists or records.
    """
    check_plain(table, column)
    cells = table.frame[column]
    if cells.dtype.is_float() and bool((cells.fill_nan(None).drop_nulls() % 1 == 0).all()):
        cells = cells.fill_nan(None).cast(pl.Int64)
    return cells.cast(pl.String)


def count(number: int, noun: str) -> str:
    """A number with its noun: ``1 row``, ``2,000 rows``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
