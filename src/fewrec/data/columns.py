"""What the columns of a catalogue are: titles, text, categories, lists, numbers, years, people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from fewrec.data.catalog import ColumnKind
from fewrec.data.cells import to_numbers

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

NAMES: Mapping[str, tuple[str, ...]] = {
    "title": (
        "title", "name", "movie_title", "item_name", "product_name", "product_title",
        "headline", "titel", "titre", "titulo", "título", "标题", "名称", "书名", "片名",
    ),
    "text": (
        "description", "plot", "summary", "text", "body", "overview", "abstract", "synopsis",
        "content", "blurb", "beschreibung", "描述", "简介", "内容",
    ),
    "category": (
        "category", "brand", "type", "color", "colour", "language", "country", "publisher",
        "studio", "label", "format", "department", "shelf", "section", "类别", "分类", "品牌",
    ),
    "list": ("genre", "genres", "tags", "tag", "keywords", "categories", "topics", "类型", "标签"),
    "person": (
        "author", "authors", "director", "directors", "artist", "artists", "actor", "actors",
        "cast", "writer", "writers", "composer", "creator", "starring", "stars", "作者", "导演",
        "演员",
    ),
    "year": ("year", "release_year", "published", "jahr", "année", "annee", "año", "年份", "年"),
    "skip": ("url", "link", "image", "img", "thumbnail", "poster", "isbn", "sku", "ean", "uri"),
}  # fmt: skip
"""Names that columns of each kind often have; lower case."""

NOTHING = ("na", "n/a", "nan", "null", "none", "?", "-", "\\n")
"""Words that mean "missing" in a column of numbers."""

DATES = ("available_from", "available_until")
"""Columns of times between which an item may be shown."""

_NUMBERS = r"^\[\s*-?[\d.][\d.eE+-]*(\s*,\s*-?[\d.][\d.eE+-]*)+\s*\]$"
_WORD = r"(?:\"(?:[^\"\\]|\\.)*\"|'[^']*')"
_WORDS = rf"^\[\s*{_WORD}?(\s*,\s*{_WORD})*\s*\]$"
_DATE = r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ].*)?$|^\d{1,2}-[A-Za-z]{3}-\d{4}$"
_URL = r"^(https?|ftp)://|^www\."


@dataclass(frozen=True)
class Column:
    """One column and what it is taken for.

    Attributes:
        kind: What it is.
        why: Why, in a few words, for ``data check`` and for notes.
        separator: Of the elements of a list; "json" for JSON lists; "" for other kinds.
    """

    kind: ColumnKind
    why: str
    separator: str = ""


def infer_columns(
    frame: pl.DataFrame, given: Mapping[str, ColumnKind] | None = None
) -> dict[str, Column]:
    """Say of every column of a catalogue what it is.

    Careful rather than clever: a column is split into a list only where its parts recur, and
    columns that say nothing about an item (links, codes, constants) are skipped.

    Args:
        frame: The columns, without the item id; text cells from CSV, typed ones from parquet.
        given: Kinds somebody has stated; these are taken as they are.

    Returns:
        Column by column, in the frame's order. At most one is the title.
    """
    stated = dict(given or {})
    found: dict[str, Column] = {}
    for name in frame.columns:
        if name in stated:
            several = stated[name] in ("list", "person")
            found[name] = Column(
                stated[name], "as stated", _separator(name, frame[name], hinted=several)
            )
        else:
            found[name] = infer_column(name, frame[name])
    return _one_title(found, stated)


def infer_column(name: str, cells: pl.Series) -> Column:
    """Say what one column of a catalogue is, from its name and its cells."""
    if name in DATES:
        return Column("skip", "a time of availability, used by the rules")
    known = cells.drop_nulls()
    if cells.dtype == pl.String:
        known = known.filter(known.str.strip_chars() != "")
    if not len(known):
        return Column("skip", "empty")
    if isinstance(cells.dtype, pl.List):
        return _of_lists(known, cells.dtype.inner)
    if cells.dtype.is_temporal():
        return Column("year", "holds dates")
    if cells.dtype.is_nested() or cells.dtype == pl.Binary:
        return Column("skip", "holds records")
    if _named(name, "title"):
        return Column("title", "by its name")
    if known.n_unique() == 1 and len(known) == len(cells) and len(cells) > 1:
        return Column("skip", "the same value everywhere")
    if cells.dtype.is_numeric():
        return _number(name, known.cast(pl.Float64), len(cells))
    return _of_text(name, known.cast(pl.String).str.strip_chars())


def _of_lists(known: pl.Series, inner: PolarsDataType) -> Column:
    if inner.is_nested() or inner == pl.Binary:
        return Column("skip", "holds records")
    length = known.list.len()
    if inner.is_numeric() and length.n_unique() == 1 and int(length[0]) > 1:
        return Column("vector", "lists of numbers of one length")
    return Column("list", "holds lists")


def _of_text(name: str, known: pl.Series) -> Column:
    if _share(known, _URL) > 0.9:
        return Column("skip", "links")
    if _share(known, _NUMBERS) == 1 and known.str.count_matches(",").n_unique() == 1:
        return Column("vector", "JSON lists of numbers", "json")
    if _share(known, _WORDS) > 0.9:
        return Column("person" if _named(name, "person") else "list", "JSON lists", "json")
    if _share(known, _DATE) > 0.95:
        return Column("year", "holds dates")
    numbers = to_numbers(known)
    codes = bool(known.str.contains(r"^0\d").any())
    if not codes and _mean(numbers.is_not_null()) >= 0.95:
        return _number(name, numbers.drop_nulls(), len(known))
    return _of_words(name, known)


def _of_words(name: str, known: pl.Series) -> Column:
    words = known.str.count_matches(r"\s+") + 1
    long = _mean(words)
    if _named(name, "text"):
        return Column("text", "by its name")
    separator = _separator(name, known)
    if _named(name, "person"):
        return Column("person", "by its name", separator)
    if separator:
        return Column("list", f"parts between {separator!r} recur", separator)
    if _named(name, "list"):
        return Column("list", "by its name")
    if _named(name, "category"):
        return Column("category", "by its name")
    distinct = known.n_unique()
    if distinct == len(known) > 3 and long < 1.2 and _share(known, r"\d") > 0.9:
        return Column("skip", "a different code for every item")
    if (
        long >= 5
        or _mean(known.str.len_chars()) > 60
        or (long >= 2 and distinct > 0.8 * len(known) > 16)
    ):
        return Column("text", "free text")
    if distinct <= max(20, len(known) // 2):
        return Column("category", f"{distinct} different values")
    return Column("text", "mostly different values")


def _number(name: str, known: pl.Series, rows: int) -> Column:
    """A number, a year, or an id that looks like a number."""
    whole = bool((known % 1 == 0).all())
    low, high = float(known.to_numpy().min()), float(known.to_numpy().max())
    as_year = whole and low >= 1000 and high <= 2200
    if as_year and (_named(name, "year") or (low >= 1850 and high <= 2100 and rows >= 5)):
        return Column("year", "numbers between 1000 and 2200")
    last = re.split(r"[_\W]|(?<=[a-z])(?=[A-Z])", name)[-1].lower()
    if whole and (last in ("id", "ids") or _named(name, "skip")):
        return Column("skip", "ids")
    return Column("number", "numbers")


def _separator(name: str, cells: pl.Series, *, hinted: bool = False) -> str:
    """What stands between the elements of a list column; "" where nothing recurs.

    ``hinted`` says that the column is known to hold lists; its name may say so too.
    """
    if cells.dtype != pl.String:
        return ""
    known = cells.drop_nulls().str.strip_chars()
    known = known.filter(known != "")
    if not len(known):
        return ""
    if _share(known, _WORDS) > 0.9:
        return "json"
    hinted = hinted or _named(name, "list") or _named(name, "person")
    for mark in ("|", ";", ","):
        if _splits(known, mark, hinted):
            return mark
    return ""


def _splits(known: pl.Series, mark: str, hinted: bool) -> bool:
    """True where cutting at the mark gives short parts that recur (or the name says so)."""
    held = known.str.contains(mark, literal=True)
    share = _mean(held)
    if share < (0.02 if hinted or mark != "," else 0.3):
        return False
    parts = known.str.split(mark).explode().str.strip_chars()
    parts = parts.filter(parts != "")
    spaces = parts.str.count_matches(r"\s+")
    short = _mean(parts.str.len_chars()) <= 30
    if hinted:
        return short and _mean(spaces) <= 3
    wordy = _mean(spaces) > 1 or bool((spaces > 4).any())
    recurs = parts.n_unique() <= (0.5 if mark == "," else 0.8) * len(parts)
    return short and not wordy and recurs


def _one_title(found: dict[str, Column], stated: Mapping[str, ColumnKind]) -> dict[str, Column]:
    """Keep one title: the stated one, else the one whose name comes first in ``NAMES``."""
    titles = [name for name, column in found.items() if column.kind == "title"]
    titles.sort(key=lambda name: (name not in stated, _rank(name)))
    for name in titles[1:]:
        found[name] = Column("text", f"another title than {titles[0]!r}")
    return found


def _rank(name: str) -> int:
    known = NAMES["title"]
    return known.index(name.lower()) if name.lower() in known else len(known)


def _named(name: str, kind: str) -> bool:
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])|[\s-]+", "_", name).lower()
    return plain in NAMES[kind]


def _share(cells: pl.Series, pattern: str) -> float:
    return _mean(cells.str.contains(pattern))


def _mean(values: pl.Series) -> float:
    return float(values.to_numpy().mean()) if len(values) else 0.0
