"""Columns that describe items and users: their title, their kind, their cells in clean form."""

from __future__ import annotations

import html

import polars as pl

from fewrec.data.catalog import ColumnKind
from fewrec.data.columns import infer_column
from fewrec.data.guess.profile import Profile, split_cells
from fewrec.data.guess.roles import Profiles
from fewrec.data.guess.shares import share

_TAGS = r"<[a-zA-Z/!][^>]*>"
_BY_HEADER: dict[str, ColumnKind] = {"person": "person", "category": "category", "text": "text"}


def title_column(profiles: Profiles, key: str | None, *, named: bool = False) -> str | None:
    """The column with the titles of items; None where there is none.

    Args:
        profiles: Columns that describe items.
        key: The one among them that holds the ids; None where it is not among them.
        named: True where the ids are names already.
    """
    others = {name: p for name, p in profiles.items() if name != key and p.levels > 0}
    said = {name: _titled(profile, named) for name, profile in others.items()}
    said = {name: s for name, s in said.items() if s > 0.4 and others[name].numbers is None}
    if said:
        return max(said, key=lambda name: (said[name], others[name].filled, -others[name].place))
    short = [name for name, p in others.items() if _short_text(p)]
    return min(short, key=lambda name: others[name].place, default=None)


def _titled(profile: Profile, known: bool) -> float:
    """How strongly a header says "title": ``Article`` is one beside ``Article no.``."""
    wordy = profile.wordy >= 1.3 and not known
    named = 0.6 * profile.meaning.of("item") if wordy else 0.0
    return max(profile.meaning.of("title"), 0.8 * profile.meaning.of("name"), named)


def _short_text(profile: Profile) -> bool:
    """Short texts that mostly differ, under no header or one that only says "text"."""
    if profile.meaning.roles and profile.meaning.of("text") < 0.5:
        return False
    if profile.numbers is not None or profile.addresses > 0.5 or profile.times is not None:
        return False
    differs = profile.levels > 0.7 * len(profile.known)
    return differs and profile.length < 60 and profile.wordy >= 1.5 and not profile.list_mark


def kind_of(profile: Profile) -> ColumnKind:
    """What a column of the items table is."""
    told = profile.meaning
    if told.of("url") > 0.5 or profile.addresses > 0.9:
        return "skip"
    if _mark_of(profile):
        return "person" if told.of("person") > 0.5 else "list"
    if profile.times is not None and profile.times.form != "unix":
        return "year"
    if told.of("year") > 0.5 and profile.whole:
        return "year"
    if told.of("number") > 0.5 and profile.numbers is not None:
        return "number"
    if profile.numbers is None:
        for role, kind in _BY_HEADER.items():
            if told.of(role) > 0.5:
                return "text" if kind == "category" and profile.wordy > 8 else kind
    coded = told.best in ("id", "item") and profile.levels > 0.8 * len(profile.known)
    if told.best == "rowid" or (coded and profile.wordy < 1.5):
        return "skip"
    found = infer_column(profile.name, clean_cells(profile, "text")).kind
    return "text" if found == "title" else found


def _mark_of(profile: Profile) -> str:
    """What separates the elements of a column of lists; "" where it holds none."""
    if profile.numbers is not None or profile.times is not None:
        return ""
    tagged = profile.meaning.of("category") > 0.5 or profile.meaning.of("person") > 0.5
    mark = profile.list_mark
    if (
        profile.joined
        or mark in ("|", ";")
        or (mark == "," and (tagged or not profile.meaning.roles))
    ):
        return mark
    found = infer_column(profile.name, profile.cells)
    known = found.kind in ("list", "person") and found.separator in ("|", ";", ",")
    return found.separator if known else ""


def clean_cells(profile: Profile, kind: str) -> pl.Series:
    """Cells in the form the data folder keeps: numbers, ISO dates, lists, plain text."""
    cells = profile.cells
    mark = _mark_of(profile) if kind in ("list", "person") else ""
    if mark:
        return split_cells(cells, mark).alias(profile.name)
    if kind == "year" and profile.times is not None and profile.numbers is None:
        seconds = profile.times.parse(cells)
        days = (seconds * 1000).cast(pl.Int64).cast(pl.Datetime("ms")).dt.date()
        return days.cast(pl.String).alias(profile.name)
    if kind in ("number", "year") and profile.numbers is not None:
        return _short_numbers(profile.numbers.parse(cells)).alias(profile.name)
    if share(cells.str.contains(_TAGS)) > 0.2:
        plain = cells.str.replace_all(_TAGS, " ").str.replace_all(r"\s+", " ").str.strip_chars()
        return _unescaped(plain).alias(profile.name)
    return _unescaped(cells).alias(profile.name)


def _short_numbers(numbers: pl.Series) -> pl.Series:
    """Whole numbers without a point."""
    known = numbers.drop_nulls().to_numpy()
    whole = bool((known % 1 == 0).all()) and bool((abs(known) < 2**53).all())
    return numbers.cast(pl.Int64) if whole else numbers


def _unescaped(cells: pl.Series) -> pl.Series:
    """Texts with ``&amp;`` and the like turned into what they stand for."""
    if share(cells.str.contains(r"&(#\d+|\w+);")) == 0:
        return cells
    return pl.Series(
        cells.name, [None if c is None else html.unescape(c) for c in cells], dtype=pl.String
    )


def plain_name(name: str) -> str:
    """A column's name without RecBole's ``:type``."""
    head, mark, kind = name.rpartition(":")
    return head if mark and kind in ("token", "token_seq", "float", "float_seq") else name
