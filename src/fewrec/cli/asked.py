"""Tables of what is asked, and tables of answers: users, pairs, recommendations, scores."""

from __future__ import annotations

import io
import os
from pathlib import Path

import polars as pl

from fewrec.data.faults import Fault, Inspector, identified
from fewrec.data.readers import SUFFIXES, read_table
from fewrec.data.tables import Table, count
from fewrec.data.times import parse_dates, read_times
from fewrec.errors import ConfigError

MILLISECONDS = 1e11
"""From here on a number is no time in seconds that anybody means (year 5138)."""


class _Strict(Inspector):
    """Raises at the first faulty row: a question cannot be set aside."""

    def report(self, fault: Fault, more: int = 0) -> None:
        raise fault.error()


def read_users(file: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """People to recommend to.

    Args:
        file: A table (.csv, .parquet, .jsonl) with the column ``user``, optionally ``profile``.

    Returns:
        User and profile ("" for none) of each row, repeated users once; and what was passed over.

    Raises:
        DataError: The file, a column or a cell is at fault.
        ConfigError: The file's name does not say what it is.
    """
    table = _read(file, "users")
    table.require("user")
    table = identified(table, "user", _Strict())
    frame, notes = table.frame, []
    once = frame.unique("user", keep="first", maintain_order=True)
    if once.height < frame.height:
        again = count(frame.height - once.height, "row")
        notes.append(f"{file}: each user is answered once; {again} with users of rows above.")
    others = [name for name in frame.columns if name not in ("user", "profile")]
    if others:
        notes.append(
            f"{file}: only user and profile are read, not {', '.join(map(repr, others))}; "
            "columns about people belong in the users table of --data."
        )
    if "profile" in once.columns:
        said = once["profile"].cast(pl.String).fill_null("").to_list()
    else:
        said = [""] * once.height
    return list(zip(once["user"].to_list(), said, strict=True)), notes


def read_pairs(file: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pairs to score.

    Args:
        file: A table with the columns ``user``, ``item``, optionally ``timestamp``, and others.

    Returns:
        The table as it stands in the file; and user, item (texts), timestamp (seconds) alone.

    Raises:
        DataError: The file, a column or a cell is at fault.
        ConfigError: The file's name does not say what it is, or a column ``score`` is there.
    """
    table = _read(file, "pairs")
    table.require("user", "item")
    if "score" in table.frame.columns:
        raise ConfigError(f"{file}: there is a column 'score' already. Rename or remove it.")
    inspector = _Strict()
    asked = identified(identified(table, "user", inspector), "item", inspector)
    wanted = ["user", "item"]
    if "timestamp" in table.frame.columns:
        asked = read_times(asked, "timestamp", inspector)
        wanted.append("timestamp")
    return table.frame, asked.frame.select(wanted)


def _read(file: Path, name: str) -> Table:
    check_suffix(file)
    return read_table(file, name, _Strict())


def check_suffix(file: Path) -> None:
    """Check that a file's name says which kind of table it is.

    Raises:
        ConfigError: It does not end in .csv, .parquet or .jsonl.
    """
    if file.suffix not in SUFFIXES:
        raise ConfigError(f"{file}: the name must end in one of {', '.join(SUFFIXES)}.")


def write_table(frame: pl.DataFrame, file: Path) -> None:
    """Write a table, whole or not at all.

    Args:
        frame: The table.
        file: Its place; the ending says the kind.

    Raises:
        ConfigError: A CSV file cannot hold lists.
    """
    nested = [name for name, kind in frame.schema.items() if kind.is_nested()]
    if nested and file.suffix == ".csv":
        raise ConfigError(
            f"{file}: column {nested[0]!r} holds lists, which CSV cannot. Write .parquet or .jsonl."
        )
    made = io.BytesIO()
    if file.suffix == ".parquet":
        frame.write_parquet(made)
    elif file.suffix == ".jsonl":
        frame.write_ndjson(made)
    else:
        frame.write_csv(made)
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        half.write_bytes(made.getbuffer())
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)


def read_moment(text: str) -> float:
    """A time somebody typed, in seconds since 1970.

    Args:
        text: Seconds since 1970, or an ISO date or time (UTC where no zone is given).

    Raises:
        ConfigError: It is neither.
    """
    try:
        seconds = float(text)
    except ValueError:
        seconds = parse_dates(pl.Series([text.strip()]))[0]
    if seconds is None or not abs(seconds) < MILLISECONDS:
        raise ConfigError(
            f"--before {text}: this is not a time. Write 2024-01-31, 2024-01-31T12:00:00Z, or "
            "seconds since 1970."
        )
    return float(seconds)
