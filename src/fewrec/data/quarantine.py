"""Faulty rows set aside: written to a file with their line and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from fewrec.data.faults import Fault


def set_aside(faults: Sequence[Fault], folder: Path | None) -> tuple[str, ...]:
    """Write faulty rows to ``folder/<table>.csv``, replacing what an earlier run put there.

    Args:
        faults: The rows, of any tables.
        folder: Where to; None only counts them.

    Returns:
        A sentence for each table that says how many rows, and where they are.
    """
    notes = []
    for table in dict.fromkeys(fault.table for fault in faults):
        of_table = [fault for fault in faults if fault.table == table]
        where = ""
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            target = folder / f"{table}.csv"
            _frame(of_table).write_csv(target)
            where = f" in {target}"
        rows = "row is" if len(of_table) == 1 else "rows are"
        notes.append(
            f"{table}: {len(of_table):,} faulty {rows} left out and set aside{where}."
            if where
            else f"{table}: {len(of_table):,} faulty {rows} left out."
        )
    return tuple(notes)


def _frame(faults: Sequence[Fault]) -> pl.DataFrame:
    """Columns ``line``, ``reason``, then the cells of the rows as text."""
    columns = dict.fromkeys(name for fault in faults for name in fault.row)
    cells = {
        name: [None if f.row.get(name) is None else str(f.row[name]) for f in faults]
        for name in columns
    }
    head = {
        "line": [fault.line for fault in faults],
        "reason": [_reason(fault) for fault in faults],
    }
    return pl.DataFrame({**head, **{n: pl.Series(v, dtype=pl.String) for n, v in cells.items()}})


def _reason(fault: Fault) -> str:
    return f"{fault.column}: {fault.problem}" if fault.column else fault.problem
