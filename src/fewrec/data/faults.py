"""Faulty rows: raised one at a time, or collected so that all can be listed or set aside."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from fewrec.data.arrays import Bools
from fewrec.data.tables import Table, as_ids, count
from fewrec.errors import BadValue, DataError


@dataclass(frozen=True)
class Fault:
    """One row that cannot be used.

    Attributes:
        table: Which table: ``interactions``, ``items``, ...
        file: Its file.
        line: The line in the file.
        column: The column at fault; "" where the whole row is.
        value: The cell as it stands there.
        problem: What is wrong, without the place.
        fix: The way out.
        row: All cells of the row, for the quarantine file.
    """

    table: str
    file: str
    line: int
    column: str
    value: object
    problem: str
    fix: str
    row: dict[str, object] = field(default_factory=dict, repr=False)

    def error(self, more: int = 0, kind: type[DataError] = BadValue) -> DataError:
        """The fault as an exception. ``more``: how many other rows have the same fault."""
        have = "has" if more == 1 else "have"
        rest = (
            f" {count(more, 'more row')} {have} the same fault: `fewrec data check` lists all, "
            "`--skip-bad` sets them aside."
            if more
            else ""
        )
        return kind(
            self.problem,
            file=self.file,
            line=self.line,
            column=self.column or None,
            value=self.value,
            fix=self.fix + rest,
        )


class Inspector:
    """Decides what happens to faulty rows.

    Args:
        collect: Keep faults in ``faults`` and go on without the rows; else raise at the first.
    """

    def __init__(self, *, collect: bool = False) -> None:
        self.collect = collect
        self.faults: list[Fault] = []

    def reject(self, table: Table, bad: Bools, column: str, problem: str, fix: str) -> Table:
        """Take faulty rows out of a table.

        Args:
            table: The table, R rows.
            bad: Which rows are faulty. Shape [R].
            column: The column at fault.
            problem: What is wrong with it, without the place.
            fix: The way out.

        Returns:
            The table without these rows.

        Raises:
            BadValue: A row is faulty and faults are not collected.
        """
        if not bad.any():
            return table
        where = np.flatnonzero(bad) if self.collect else np.flatnonzero(bad)[:1]
        cells = table.frame[where].rows(named=True)
        for row, whole in zip(where, cells, strict=True):
            line, value = int(table.lines[row]), whole.get(column)
            fault = Fault(table.name, table.file, line, column, value, problem, fix, whole)
            self.report(fault, more=int(bad.sum()) - 1)
        return table.where(~bad)

    def report(self, fault: Fault, more: int = 0) -> None:
        """Keep one fault, or raise it. ``more``: how many other rows have the same fault.

        Raises:
            BadValue: Faults are not collected.
        """
        if not self.collect:
            raise fault.error(more)
        self.faults.append(fault)


def identified(table: Table, column: str, inspector: Inspector) -> Table:
    """The rows whose cell in a column of ids is not empty, with the ids as text."""
    table = table.with_columns(as_ids(table, column).alias(column))
    bad = (table.frame[column].fill_null("").str.strip_chars() == "").to_numpy()
    return inspector.reject(table, bad, column, "the id is empty", "Fill it in, or remove the row.")
