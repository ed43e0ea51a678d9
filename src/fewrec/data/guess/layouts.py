"""Layouts other than one row an event: matrices of people and things, lists in a cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from fewrec.data.guess.headers import meaning
from fewrec.data.guess.numbers import guess_numbers, is_unknown
from fewrec.data.guess.opinions import deed_of, read_opinions
from fewrec.data.guess.profile import Profile, split_cells
from fewrec.data.guess.raw import Raw
from fewrec.data.guess.shares import share

_FEWEST = 4
_MOST_LEVELS = 12
_TICKS = (
    "x",
    "X",
    "✓",
    "✔",
    "✅",
    "●",
    "1",
    "1.0",
    "yes",
    "Yes",
    "true",
    "True",
    "TRUE",
    "ja",
    "是",
    "○",
)
_BLANKS = ("0", "0.0", "no", "No", "false", "False", "FALSE", "nein", "否", "-", "×")
_STRANGE = (99.0, -1.0, 999.0, -99.0, -9.0, 9.0, 88.0)


@dataclass(frozen=True)
class Matrix:
    """Columns that all hold the same kind of mark.

    Attributes:
        columns: Their names.
        ticks: True where a cell only says yes (or yes and no).
        unknown: Cells that stand for "not known", beside blank ones.
    """

    columns: tuple[str, ...]
    ticks: bool
    unknown: tuple[str, ...]


def find_matrix(profiles: Mapping[str, Profile]) -> Matrix | None:
    """Find the columns that make up a matrix; None where there are too few.

    Args:
        profiles: The columns of a file.
    """
    ticked = [name for name, p in profiles.items() if _ticks(p) and _open(p, profiles)]
    if len(ticked) >= _FEWEST and len(ticked) >= 0.4 * len(profiles):
        return Matrix(tuple(ticked), True, _BLANKS)
    marked = [name for name, p in profiles.items() if _marks(p) and _open(p, profiles)]
    marked = _of_one_scale(profiles, marked)
    if len(marked) < _FEWEST or len(marked) < 0.5 * len(profiles):
        return None
    return Matrix(tuple(marked), False, _unknown(profiles, marked))


def _ticks(profile: Profile) -> bool:
    values = set(profile.sample.to_list()) if profile.levels <= len(_TICKS) else set()
    return bool(values) and values <= {*_TICKS, *_BLANKS}


def _open(profile: Profile, profiles: Mapping[str, Profile]) -> bool:
    """True where the header is not that of an ordinary column, or that of several alike."""
    roles = ("value", "timestamp", "quantity", "number", "trait", "stock", "total", "year", "user")
    said = [role for role in roles if profile.meaning.of(role) >= 0.7]
    return not said or sum(p.meaning.of(said[0]) >= 0.7 for p in profiles.values()) >= _FEWEST


def _marks(profile: Profile) -> bool:
    if profile.numbers is None:
        return profile.levels <= _MOST_LEVELS and read_opinions(profile.cells) is not None
    few = profile.levels <= _MOST_LEVELS and profile.levels < 0.8 * max(len(profile.known), 2)
    small = len(profile.values) > 0 and abs(profile.values).max() <= 100
    sentinel = small and _commonest(profile) > 0.1
    return small and (few or (profile.filled < 0.9 and profile.levels <= _MOST_LEVELS) or sentinel)


def _commonest(profile: Profile) -> float:
    counts = profile.known.value_counts()["count"]
    return max(counts.to_list(), default=0) / max(len(profile.known), 1)


def _of_one_scale(profiles: Mapping[str, Profile], names: Sequence[str]) -> list[str]:
    """Columns whose highest and lowest marks agree with most of the others."""
    words = [n for n in names if profiles[n].numbers is None]
    if len(words) > len(names) / 2:
        return words
    numeric = [n for n in names if profiles[n].numbers is not None]
    if not numeric:
        return []
    tops = {n: float(profiles[n].values.max()) for n in numeric}
    top = float(np.median(list(tops.values())))
    return [n for n in numeric if tops[n] <= max(top * 1.01, top + 1)]


def _unknown(profiles: Mapping[str, Profile], names: Sequence[str]) -> tuple[str, ...]:
    """Numbers that stand for "not rated": 0 below a scale from 1, or far outside the others."""
    if profiles[names[0]].numbers is None:
        return ()
    cells = pl.concat([profiles[name].known for name in names])
    form = guess_numbers(cells)
    numbers = form.parse(cells) if form else cells.cast(pl.Float64, strict=False)
    strange = strange_marks(numbers)
    if share(numbers == 0) > 0.3 and numbers.drop_nulls().to_numpy().max() > 1:
        strange.append(0.0)
    return tuple(cells.filter(numbers.is_in(strange)).unique().to_list())


def strange_marks(numbers: pl.Series) -> list[float]:
    """Marks such as -1 and 99 that lie apart from all the others, and so mean "not rated"."""
    levels = numbers.drop_nulls().unique().to_list()
    return [v for v in _STRANGE if v in levels and _apart(v, [o for o in levels if o != v])]


def _apart(value: float, others: Sequence[float]) -> bool:
    """True where a number lies outside the others, by more than one step of theirs."""
    if len(others) < 2:
        return False
    low, high = min(others), max(others)
    return value > high + max(10.0, high - low) or (value < 0 <= low and high > 1)


def unpivoted(raw: Raw, matrix: Matrix, *, turned: bool = False) -> Raw:
    """One row for each filled cell of a matrix.

    Args:
        raw: The file.
        matrix: Its columns of marks.
        turned: True where rows are things and columns are people.

    Returns:
        The file with the columns that were there beside the matrix, and ``item`` (``user`` where
        turned) with the header of the cell's column, and ``value`` where cells differ.
    """
    raw, matrix = _without_counts(raw, matrix)
    across = "user" if turned else "item"
    frame = raw.frame.with_columns(pl.Series("\0line", raw.lines))
    held = [name for name in raw.frame.columns if name not in matrix.columns]
    if not held:
        frame = frame.with_columns(pl.int_range(1, pl.len() + 1).cast(pl.String).alias("user"))
        held = ["user"]
    prefix, suffix = _shared_ends(matrix.columns) if raw.header else ("", "")
    long = frame.unpivot(
        on=list(matrix.columns),
        index=[*held, "\0line"],
        variable_name=f"\0{across}",
        value_name="\0value",
    )
    long = long.filter(pl.col("\0value").is_not_null()).sort("\0line", maintain_order=True)
    said_no = bool(long["\0value"].is_in(list(_BLANKS)).any())
    blank = any(raw.frame[name].null_count() for name in matrix.columns)
    judged = matrix.ticks and said_no and blank
    if not judged:
        long = long.filter(~pl.col("\0value").is_in(list(matrix.unknown)))
    long = long.filter(~is_unknown(long["\0value"]) | judged)
    bare = pl.col(f"\0{across}").str.strip_prefix(prefix).str.strip_suffix(suffix)
    long = long.with_columns(bare)
    if matrix.ticks and not judged:
        long = long.drop("\0value")
    lines = long["\0line"].to_numpy()
    long = long.drop("\0line")
    names = {name: _free(name.removeprefix("\0"), held) for name in long.columns if name[0] == "\0"}
    return replace(
        raw.saying(_told(raw, matrix, across)),
        frame=long.rename(names),
        lines=lines,
        header=True,
        form=(*raw.form, "matrix"),
    )


def _free(name: str, taken: Sequence[str]) -> str:
    return name if name not in taken else f"matrix {name}"


def _without_counts(raw: Raw, matrix: Matrix) -> tuple[Raw, Matrix]:
    """Without a column that only counts the filled cells of each row."""
    for name in raw.frame.columns:
        others = [column for column in matrix.columns if column != name]
        cells = raw.frame.select(others)
        known = [cells[n].is_not_null() & ~cells[n].is_in(list(matrix.unknown)) for n in others]
        counts = pl.DataFrame({f"c{n}": one for n, one in enumerate(known)}).sum_horizontal()
        if bool((raw.frame[name].cast(pl.Float64, strict=False) == counts).fill_null(False).all()):
            note = f"{raw.name}: {name!r} counts the marks of each row; it is left out."
            raw = replace(raw.saying(note), frame=raw.frame.drop(name))
            return raw, replace(matrix, columns=tuple(others))
    return raw, matrix


def _told(raw: Raw, matrix: Matrix, across: str) -> str:
    shown = ", ".join(matrix.columns[:3])
    unknown = [u for u in matrix.unknown if u not in _BLANKS] if not matrix.ticks else []
    left = f"; {', '.join(unknown)} means not known" if unknown else ""
    kind = "items" if across == "item" else "users"
    return f"{raw.name}: {len(matrix.columns)} columns ({shown}, ...) are {kind}{left}."


def shared_prefix(names: Sequence[str], marks: str = "_ .-:[") -> str:
    """What all names begin with, up to a mark such as ``_`` or a blank; "" where nothing."""
    low, high = min(names), max(names)
    same = next((n for n, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))
    common = low[:same]
    cut = max((common.rfind(mark) for mark in marks), default=-1)
    prefix = common[: cut + 1]
    return prefix if all(len(name) > len(prefix) for name in names) else ""


def _shared_ends(names: Sequence[str]) -> tuple[str, str]:
    """What all names begin and end with, as in ``How was [Dune]?``."""
    prefix = shared_prefix(names)
    turned = shared_prefix([name[::-1] for name in names], marks="]?)\"'")
    return prefix, turned[::-1]


def collapsed(raw: Raw, matrix: Matrix) -> Raw:
    """One column with a list of the ticked headers, instead of a column for each."""
    prefix = shared_prefix(matrix.columns) if raw.header else ""
    name = prefix.strip("_ .-:[") or "features"
    name = name if name not in raw.frame.columns else "features"
    parts = [
        pl.when(pl.col(column).is_in(list(_TICKS)))
        .then(pl.lit(column.removeprefix(prefix).replace("|", "/")))
        .otherwise(None)
        for column in matrix.columns
    ]
    joined = pl.concat_str(parts, separator="|", ignore_nulls=True).replace("", None).alias(name)
    frame = raw.frame.with_columns(joined).drop(matrix.columns)
    shown = ", ".join(matrix.columns[:3])
    note = (
        f"{raw.name}: {len(matrix.columns)} yes/no columns ({shown}, ...) became the list {name!r}."
    )
    return replace(raw.saying(note), frame=frame, lists=raw.lists | {name})


def exploded(raw: Raw, column: str, mark: str, further: str | None = None) -> Raw:
    """One row for each element of the lists in a column.

    Args:
        raw: The file.
        column: The column with several values a cell.
        mark: What separates them.
        further: A column with one more value, which comes after those of the list.
    """
    parts = split_cells(raw.frame[column], mark)
    if further is not None:
        last = raw.frame.select(pl.concat_list(further)).to_series().list.drop_nulls()
        parts = pl.select(pl.concat_list(parts.fill_null([]), last)).to_series()
    counts = parts.list.len().fill_null(1).clip(1).to_numpy()
    frame = raw.frame.with_columns(parts.alias(column))
    frame = frame.drop(further) if further is not None else frame
    more = f" and {further!r}" if further else ""
    note = f"{raw.name}: column {column!r}{more} holds lists; each element became a row."
    return replace(
        raw.saying(note),
        frame=frame.explode(column),
        lines=np.repeat(raw.lines, counts),
        lists=raw.lists - {column},
    )


def with_numbered_joined(raw: Raw, profiles: Mapping[str, Profile]) -> Raw:
    """Columns such as ``genre 1``, ``genre 2`` as one column of lists.

    Args:
        raw: The file.
        profiles: Its columns.
    """
    if not raw.header:
        return raw
    groups: dict[str, list[str]] = {}
    for name, profile in profiles.items():
        found = re.fullmatch(r"(.*?\D)[\s_.#-]*\(?(\d{1,2})\)?", name)
        if found and profile.numbers is None and profile.times is None and profile.levels:
            groups.setdefault(found[1].rstrip(" _.#-("), []).append(name)
    for stem, names in groups.items():
        if len(names) < 2 or stem in raw.frame.columns or not _overlap(profiles, names):
            continue
        safe = [pl.col(name).str.replace_all("|", "/", literal=True) for name in names]
        joined = pl.concat_str(safe, separator="|", ignore_nulls=True).replace("", None)
        frame = raw.frame.with_columns(joined.alias(stem)).drop(names)
        note = f"{raw.name}: columns {', '.join(names)} became the list {stem!r}."
        raw = replace(raw.saying(note), frame=frame, lists=raw.lists | {stem})
    return raw


def _overlap(profiles: Mapping[str, Profile], names: Sequence[str]) -> bool:
    """True where columns share some of their values."""
    first = profiles[names[0]].known.unique()
    others = pl.concat([profiles[name].known for name in names[1:]])
    return bool(others.is_in(first.implode()).any())


def with_flags_as_events(raw: Raw, profiles: Mapping[str, Profile]) -> Raw | None:
    """Rows of (user, item) with a yes/no column for each event become a row for each event.

    Args:
        raw: The file.
        profiles: Its columns.

    Returns:
        The file with a column ``event``; None where it has another layout. Rows without any
        event are impressions.
    """
    told = [
        max((p.meaning.of(role) for p in profiles.values()), default=0) for role in ("user", "item")
    ]
    flags = {n: deed_of(_bare(n)) for n, p in profiles.items() if _ticks(p) and deed_of(_bare(n))}
    if min(told) < 0.5 or len(flags) < 2:
        return None
    happened = [
        pl.when(pl.col(name).is_in(list(_TICKS))).then(pl.lit(deed)).otherwise(None)
        for name, deed in flags.items()
    ]
    lists = pl.concat_list(happened).list.drop_nulls().list.unique(maintain_order=True)
    frame = raw.frame.with_columns(lists.alias("event")).drop(flags)
    none = pl.when(pl.col("event").list.len() == 0).then(pl.lit(["impression"])).otherwise("event")
    frame = frame.with_columns(none.alias("event"))
    counts = frame["event"].list.len().to_numpy()
    note = f"{raw.name}: yes/no columns ({', '.join(flags)}) became events, a row for each."
    return replace(
        raw.saying(note), frame=frame.explode("event"), lines=np.repeat(raw.lines, counts)
    )


def _bare(name: str) -> str:
    return re.sub(r"^(is|has|did|was)[_ ]", "", name.lower())


def is_turned(raw: Raw, matrix: Matrix, key: Profile | None) -> bool:
    """True where the rows of a matrix are things and its columns people."""
    headers = [meaning(name).of("user") > 0.4 for name in matrix.columns]
    return sum(headers) > len(headers) / 2 or (
        not matrix.ticks and key is not None and key.meaning.of("item") >= 0.5
    )
