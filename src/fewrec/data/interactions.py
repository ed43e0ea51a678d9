"""The interactions table to labelled rows: who met which item, when, and whether they liked it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import polars as pl

from fewrec.data.arrays import Bools, Floats, Ints
from fewrec.data.circumstances import COLUMNS, Circumstances, coded
from fewrec.data.events import Interactions
from fewrec.data.faults import Inspector, identified
from fewrec.data.ids import IdMap
from fewrec.data.labels import Labelled, label_rows
from fewrec.data.liked import NO_ROWS
from fewrec.data.settings import STANDARD, DataSettings
from fewrec.data.tables import Table, check_plain, count
from fewrec.data.times import read_times

_NOT_USED = ("propensity", "position", "dwell", "text")
_RANGES = {
    "propensity": (0.0, 1.0, "a probability above 0 and at most 1"),
    "position": (0.0, np.inf, "a place in a list, 0 or more"),
    "dwell": (0.0, np.inf, "a number of seconds, 0 or more"),
}


def read_events(
    table: Table, inspector: Inspector, settings: DataSettings
) -> tuple[Labelled, tuple[str, ...]]:
    """Read and label the interactions table.

    Args:
        table: Its rows, under standard names.
        inspector: What to do with rows that cannot be used.
        settings: Liked rule and event weights.

    Returns:
        Labelled rows, and what was decided, sentence by sentence.

    Raises:
        MissingColumn: ``user`` or ``item`` is not there.
        BadValue: A cell cannot be read.
        ConfigError: The liked rule does not fit the columns.
    """
    table.require("user", "item")
    check_plain(table, *STANDARD["interactions"])
    notes = list(_ignored(table))
    for column in ("user", "item"):
        table = identified(table, column, inspector)
    table = _numbers(table, "value", inspector)
    for column in _RANGES:
        table = _in_range(_numbers(table, column, inspector), column, inspector)
    if "event" in table.frame.columns:
        table = table.with_columns(pl.col("event").cast(pl.String).str.strip_chars())
        table = table.with_columns(pl.col("event").replace("", None))
    if "timestamp" in table.frame.columns:
        table = read_times(table, "timestamp", inspector)
    table, repeated = _once(table)
    labelled = label_rows(
        table, inspector, like=settings.like, events=settings.events, target=settings.target
    )
    labelled, late = _before_target(labelled)
    notes += late
    notes += repeated + list(labelled.notes) + list(_said(labelled))
    return labelled, tuple(notes)


def _ignored(table: Table) -> Iterable[str]:
    known = STANDARD["interactions"]
    other = [name for name in table.frame.columns if name not in known]
    later = [name for name in table.frame.columns if name in _NOT_USED]
    if other:
        yield (
            f"interactions: not used, because the name has no meaning here: "
            f"{', '.join(map(repr, other))} ([columns] says what is a standard column)."
        )
    if later:
        yield f"interactions: checked, but not learned from: {', '.join(map(repr, later))}."


def _numbers(table: Table, column: str, inspector: Inspector) -> Table:
    """A column as Float64, where it is there."""
    if column not in table.frame.columns:
        return table
    cells = table.frame[column]
    if cells.dtype == pl.String:
        cells = cells.str.strip_chars().replace("", None)
    elif cells.dtype.is_float():
        cells = cells.fill_nan(None)
    elif cells.dtype.is_temporal():
        cells = cells.cast(pl.String)
    numbers = cells.cast(pl.Float64, strict=False)
    bad = (cells.is_not_null() & ~numbers.is_finite().fill_null(False)).to_numpy()
    fix = "Write a number with a decimal point, or leave the cell empty."
    table = inspector.reject(table, bad, column, "this is not a number", fix)
    return table.with_columns(numbers.filter(pl.Series(~bad)).alias(column))


def _in_range(table: Table, column: str, inspector: Inspector) -> Table:
    if column not in table.frame.columns:
        return table
    low, high, what = _RANGES[column]
    cells = table.frame[column]
    bad = (cells < low) | (cells > high)
    if column == "propensity":
        bad |= cells == 0
    return inspector.reject(
        table, bad.fill_null(False).to_numpy(), column, f"this is not {what}", "Correct it."
    )


def _once(table: Table) -> tuple[Table, list[str]]:
    again = table.repeated()
    if not again.any():
        return table, []
    verb = "is" if again.sum() == 1 else "are"
    again_and_again = count(int(again.sum()), "exact repetition")
    note = f"interactions: {again_and_again} of a row {verb} counted once."
    return table.where(~again), [note]


def _said(labelled: Labelled) -> Iterable[str]:
    liked, rows = int(labelled.label.sum()), len(labelled.label)
    yield f"Liked rule: {labelled.rule}: {liked:,} likes, {rows - liked:,} not liked."
    if labelled.target:
        aim = int(labelled.is_target.sum())
        yield (
            f"Ranked for: {labelled.target}, {count(aim, 'row')}; {count(rows - aim, 'row')} of "
            "other events are steps on the way to it."
        )
    pairs = labelled.table.frame.select(pl.struct("user", "item").n_unique()).item()
    if rows and pairs < rows:
        yield (
            f"interactions: {rows - pairs:,} rows repeat a user and item at another time or with "
            "another value; all stay in the history, matrices keep the strongest of a pair."
        )
    if "timestamp" in labelled.table.frame.columns:
        unknown = labelled.table.frame["timestamp"].null_count()
        if unknown:
            yield f"interactions: {unknown:,} rows have no timestamp."


def _before_target(labelled: Labelled) -> tuple[Labelled, list[str]]:
    """Without steps that came after what they would have led to: they would give it away."""
    frame = labelled.table.frame
    if not labelled.target or "timestamp" not in frame.columns:
        return labelled, []
    aim = pl.Series(labelled.is_target)
    told = frame.select("user", "item", "timestamp").with_columns(aim=aim)
    first = pl.when(pl.col("aim")).then(pl.col("timestamp")).min().over("user", "item")
    late = told.select((~pl.col("aim") & (pl.col("timestamp") > first)).fill_null(False))
    kept = ~late.to_series().to_numpy()
    if kept.all():
        return labelled, []
    note = (
        f"interactions: {count(int((~kept).sum()), 'row')} left out, because the same person "
        f"had come to {labelled.target!r} on the same item before."
    )
    return replace(
        labelled,
        table=labelled.table.where(kept),
        label=labelled.label[kept],
        weight=labelled.weight[kept],
    ), [note]


def to_interactions(labelled: Labelled, users: IdMap, items: IdMap) -> Interactions:
    """Labelled rows over id maps that hold all their ids; steps to a target stand apart."""
    whole = _rows(labelled, users, items)
    return apart(whole, labelled.is_target) if labelled.target else whole


def apart(rows: Interactions, aim: Bools) -> Interactions:
    """Rows of which those that are not the target stand apart, as steps. ``aim``: shape [R]."""
    if aim.all():
        return rows
    kept = rows.where(aim)
    return replace(kept, has_negatives=bool((kept.label == 0).any()), steps=rows.where(~aim))


def _rows(labelled: Labelled, users: IdMap, items: IdMap) -> Interactions:
    frame = labelled.table.frame
    return Interactions(
        users=users,
        items=items,
        user=row_numbers(frame["user"], users),
        item=row_numbers(frame["item"], items),
        label=labelled.label,
        weight=labelled.weight,
        value=_floats(frame, "value"),
        timestamp=_doubles(frame, "timestamp"),
        rule=labelled.rule,
        has_negatives=bool((labelled.label == 0).any()),
        around=_around(frame),
    )


def _around(frame: pl.DataFrame) -> Circumstances | None:
    """Visits, devices and surfaces, where a column names them."""
    named = [name for name in COLUMNS if name in frame.columns]
    if not named and "session" not in frame.columns:
        return None
    visit = np.full(frame.height, -1, dtype=np.int64)
    if "session" in frame.columns:
        cells = frame["session"].cast(pl.String).str.strip_chars().replace("", None)
        codes = cells.rank("dense").cast(pl.Int64) - 1
        visit = codes.fill_null(-1).to_numpy().astype(np.int64).copy()
    words: list[list[str]] = [[] for _ in range(frame.height)]
    for name in named:
        for row, cell in enumerate(frame[name].cast(pl.String).str.strip_chars()):
            if cell:
                words[row].append(f"{name}={cell}")
    said, names = coded(words)
    return Circumstances(visit, said, names)


def row_numbers(ids: pl.Series, known: IdMap) -> Ints:
    """Row numbers of ids that are all known. Shape [R]."""
    if not len(ids):
        return np.zeros(0, dtype=np.int64)
    return ids.cast(pl.Enum(list(known.ids))).to_physical().to_numpy().astype(np.int64)


def _doubles(frame: pl.DataFrame, column: str) -> np.ndarray:
    if column not in frame.columns:
        return np.full(frame.height, np.nan)
    return frame[column].cast(pl.Float64).fill_null(np.nan).to_numpy().copy()


def _floats(frame: pl.DataFrame, column: str) -> Floats:
    return _doubles(frame, column).astype(np.float32)


def no_interactions(users: IdMap, items: IdMap) -> Interactions:
    """Nobody has met anything yet."""
    none = np.zeros(0, dtype=np.float32)
    nobody = np.zeros(0, dtype=np.int64)
    return Interactions(
        users, items, nobody, nobody, none, none, none, none.astype(np.float64), NO_ROWS
    )
