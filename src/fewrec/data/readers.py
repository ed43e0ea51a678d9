"""Files to tables: CSV, JSON lines and parquet, with the line of every row."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from fewrec.data.delimited import read_delimited
from fewrec.data.faults import Inspector
from fewrec.data.jsonl import read_jsonl
from fewrec.data.tables import Table
from fewrec.errors import BadValue, ConfigError, EmptyData

SUFFIXES = (".csv", ".parquet", ".jsonl")


def read_table(path: Path, name: str, inspector: Inspector, *, separator: str = ",") -> Table:
    """Read one file of a data folder.

    Args:
        path: A .csv, .parquet or .jsonl file.
        name: Which table it is.
        inspector: What to do with rows that cannot be read.
        separator: Of the cells of a CSV file.

    Returns:
        Its rows. All cells of a CSV file are text; nothing is guessed here.

    Raises:
        EmptyData: The file is empty, not even a header.
        BadValue: The file is not what its name says, or a row cannot be read.
    """
    if path.stat().st_size == 0:
        raise EmptyData(
            "the file is empty", file=path, fix="Remove it, or fill it with a header and rows."
        )
    if path.suffix == ".csv":
        return read_delimited(path, name, inspector, separator=separator)
    if path.suffix == ".jsonl":
        return read_jsonl(path, name, inspector)
    return Table.of_frame(name, _parquet(path), str(path))


def _parquet(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as fault:
        raise BadValue(
            f"this is not a readable parquet file ({fault})",
            file=path,
            fix="Write it again, or give the table as CSV.",
        ) from fault


def find_table(folder: Path, name: str) -> Path | None:
    """The file of a table in a data folder, or None.

    Raises:
        ConfigError: The table is there in several formats.
    """
    found = [folder / f"{name}{suffix}" for suffix in SUFFIXES]
    found = [path for path in found if path.is_file()]
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        raise ConfigError(f"{folder} holds {names}. Keep one of them: they are the same table.")
    return found[0] if found else None
