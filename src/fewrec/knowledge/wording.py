"""The text of an item, made of whatever columns the catalogue has."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

import polars as pl

from fewrec.data.catalog import Catalog

TEXT_LIMIT = 600
NAMES_LIMIT = 3
VALUES_LIMIT = 8
READ_LIMIT = 4_000

_MARKUP = re.compile(
    r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|</?[A-Za-z][^<>]*>", re.DOTALL | re.I
)
_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.I)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202f\ufeff\ufffd]+")
_SPACES = re.compile(r"\s+")


def item_texts(catalog: Catalog) -> list[str]:
    """Put each item into words for a text encoder.

    The order is: title, categories and lists ("Comedy, Drama"), persons ("director: Ann Lee"),
    free text. Numbers, years and vectors are left to the number columns; ids are not words, so
    an item without any text has the text "". Markup, entities and links are taken out; free
    text is cut at ``TEXT_LIMIT`` characters together, a list at ``VALUES_LIMIT`` values, persons
    at ``NAMES_LIMIT`` a column.

    Args:
        catalog: I items.

    Returns:
        I texts.
    """
    free = _free(catalog, catalog.of_kind("text"))
    return [_sentences(parts) for parts in zip(item_headings(catalog), free, strict=True)]


def item_headings(catalog: Catalog) -> list[str]:
    """The same without the free text: what an item is called, its categories, its people."""
    columns = [_titles(catalog, name) for name in catalog.of_kind("title")]
    for name in catalog.of_kind("category", "list", "person"):
        values = values_of(catalog, name)
        columns.append(_persons(name, values) if catalog.kinds[name] == "person" else _kept(values))
    if not columns:
        return [""] * len(catalog)
    return [_sentences(parts) for parts in zip(*columns, strict=True)]


def item_titles(catalog: Catalog) -> list[str]:
    """What each item is called; its heading where no title stands. I texts."""
    named = [_titles(catalog, name) for name in catalog.of_kind("title")]
    called = [" ".join(part for part in row if part) for row in zip(*named, strict=True)]
    headings = item_headings(catalog)
    return [one or other for one, other in zip(called or headings, headings, strict=True)]


def spoken_texts(catalog: Catalog) -> list[str]:
    """What stands in the catalogue in its own language, without labels: for telling which it is.

    Titles and free text where there are any, else the values of categories and lists. I texts.
    """
    names = catalog.of_kind("title", "text")
    if names:
        return _free(catalog, names)
    values = [values_of(catalog, name) for name in catalog.of_kind("category", "list")]
    return [", ".join(word for some in row for word in some) for row in zip(*values, strict=True)]


def clean(text: str, limit: int | None = None) -> str:
    """A text without markup, entities, links and control characters, on one line.

    Args:
        text: Of any length; only its start is read where a limit is given.
        limit: Most characters to keep; the cut falls between words where it can.
    """
    if limit is not None:
        text = text[: max(READ_LIMIT, 4 * limit)]
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "<" in text:
        text = _MARKUP.sub(" ", text)
    text = _SPACES.sub(" ", _CONTROL.sub(" ", _LINK.sub(" ", text))).strip()
    return text if limit is None else _cut(text, limit)


def values_of(catalog: Catalog, name: str) -> list[list[str]]:
    """The values of a category, list or person column, cleaned, of each item. I lists."""
    column = catalog.table[name]
    if isinstance(column.dtype, pl.List):
        return [_cleaned(given or ()) for given in column.to_list()]
    return [_cleaned((given,)) for given in _texts(catalog, name)]


def _titles(catalog: Catalog, name: str) -> list[str]:
    return [clean(title, TEXT_LIMIT) for title in _texts(catalog, name)]


def _texts(catalog: Catalog, name: str) -> list[str]:
    """The cells of a column as text, "" where nothing stands."""
    column = catalog.table[name]
    plain = column if column.dtype == pl.String else column.cast(pl.String, strict=False)
    return plain.fill_null("").to_list()


def _kept(values: list[list[str]]) -> list[str]:
    return [", ".join(some[:VALUES_LIMIT]) for some in values]


def _persons(name: str, values: list[list[str]]) -> list[str]:
    """Names with what the column says they are, which a name does not tell by itself."""
    label = name.replace("_", " ").strip()
    return [f"{label}: {', '.join(some[:NAMES_LIMIT])}" if some else "" for some in values]


def _free(catalog: Catalog, names: list[str]) -> list[str]:
    if not names:
        return [""] * len(catalog)
    rows = zip(*[_texts(catalog, name) for name in names], strict=True)
    return [_cut(_sentences(clean(t, TEXT_LIMIT) for t in row), TEXT_LIMIT) for row in rows]


def _cleaned(values: Iterable[str | None]) -> list[str]:
    kept = (clean(value, TEXT_LIMIT) for value in values if value)
    return list(dict.fromkeys(value for value in kept if value))


def _sentences(parts: Iterable[str]) -> str:
    ended = [part if part[-1] in ".!?。！？" else f"{part}." for part in parts if part]
    return " ".join(ended)


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    head = text[: limit + 1].rpartition(" ")[0]
    return head if len(head) > limit // 2 else text[:limit]
