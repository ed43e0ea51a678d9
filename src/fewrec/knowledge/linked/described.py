"""Things with what tells them apart: title, year, type and ids in other catalogues."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

import polars as pl

from fewrec.data.catalog import Catalog
from fewrec.data.title_match import title_year
from fewrec.knowledge.linked.collected import short_name


@dataclass(frozen=True)
class Described:
    """N items, or N entities.

    Attributes:
        names: Id of each.
        titles: Title of each; "" where unknown.
        years: Year of each; None where unknown.
        types: What each is (film, band), lower case; "" where unknown.
        ids: Catalogue (imdb, wikidata) -> id of each there, in one spelling; "" where unknown.
    """

    names: Sequence[str]
    titles: Sequence[str]
    years: Sequence[int | None]
    types: Sequence[str]
    ids: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.names)


CATALOGUES: Mapping[str, tuple[str, ...]] = {
    "imdb": ("imdb", "imdb_id", "imdbid", "imdb_title_id"),
    "tmdb": ("tmdb", "tmdb_id", "tmdbid"),
    "wikidata": ("wikidata", "wikidata_id", "wikidata_uri", "qid"),
    "dbpedia": ("dbpedia", "dbpedia_uri", "dbpedia_url"),
    "freebase": ("freebase", "freebase_id", "mid"),
    "musicbrainz": ("musicbrainz", "musicbrainz_id", "mbid"),
}
"""Catalogue -> names that columns of its ids have, lower case."""

_TITLES = ("title", "label", "name")
_TYPES = ("type", "kind")
_DBPEDIA = re.compile(r"dbpedia\.org/resource/(.+)$")
_WIKIDATA = re.compile(r"(?:^|/)(Q\d+)(?:#.*)?$")
_FREEBASE = re.compile(r"(?:^|/)([mg])[./]([0-9a-z_]+)$")
_BRACKET = re.compile(r"\(([^()]*)\)\s*$")
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")


def same_spelling(catalogue: str, given: str) -> str:
    """An id of a catalogue as all its spellings are written here; "" where it is none.

    ``114709``, ``tt0114709`` and ``https://www.imdb.com/title/tt0114709/`` are one id of IMDb.
    """
    return _SPELLINGS.get(catalogue, str.strip)(given)


def items_described(catalog: Catalog, kind: str = "") -> Described:
    """The items of a catalogue.

    Args:
        catalog: I items.
        kind: What all of them are; a column ``type`` is taken where "".
    """
    columns = {name.lower(): name for name in catalog.table.columns}
    dated = catalog.of_kind("year")
    stated = catalog.table[dated[0]].to_list() if dated else [None] * len(catalog)
    titles = [
        title if title != item or "title" in catalog.kinds.values() else ""
        for title, item in zip(catalog.titles, catalog.items.ids, strict=True)
    ]
    years = [_first_year(year, title) for year, title in zip(stated, titles, strict=True)]
    named = next((columns[name] for name in _TYPES if name in columns), None)
    types = [kind.lower()] * len(catalog) if kind or named is None else _cells(catalog.table, named)
    ids = _ids(catalog.table)
    return Described(catalog.items.ids, titles, years, [t.lower() for t in types], ids)


def entities_described(table: pl.DataFrame) -> Described:
    """The entities of a table with a column ``entity`` and what it tells of them.

    Args:
        table: ``entity``; any of ``title`` (or ``label``, ``name``), ``year``, ``type``, ``item``
            (the id of the item it is, where somebody knows) and ids in other catalogues. Where
            there is no title, the last part of the address is read as one.
    """
    columns = {name.lower(): name for name in table.columns}
    names = table["entity"].cast(pl.String).to_list()
    named = next((columns[name] for name in _TITLES if name in columns), None)
    given = _cells(table, named) if named else [""] * len(names)
    addresses = [address_title(name) for name in names]
    titles = [title or told for title, told in zip(given, addresses, strict=True)]
    stated = _cells(table, columns["year"]) if "year" in columns else [""] * len(names)
    years = [_first_year(*told) for told in zip(stated, titles, addresses, strict=True)]
    kinds = next((columns[name] for name in _TYPES if name in columns), None)
    types = _cells(table, kinds) if kinds else [""] * len(names)
    types = [(t or told_type(a)).lower() for t, a in zip(types, addresses, strict=True)]
    ids = _ids(table)
    for catalogue in ("wikidata", "dbpedia", "freebase"):
        own = [same_spelling(catalogue, name) for name in names]
        if any(own):
            before = ids.get(catalogue, [""] * len(names))
            ids[catalogue] = [mine or other for mine, other in zip(own, before, strict=True)]
    if "item" in columns:
        ids["item"] = _cells(table, columns["item"])
    return Described(names, titles, years, types, ids)


def address_title(entity: str) -> str:
    """The last part of an address as words; "" for ids that tell a person nothing."""
    if "://" not in entity:
        return "" if _nameless(entity) else entity
    found = _DBPEDIA.search(entity)
    last = unquote(found[1] if found else short_name(entity)).replace("_", " ")
    return "" if _nameless(last) else last


def told_type(title: str) -> str:
    """What a title says in brackets that it is: "Flawless (1999 film)" is a film."""
    found = _BRACKET.search(title)
    words = _YEAR.sub("", found[1]).split() if found else []
    return words[-1].lower() if words and words[-1].isalpha() else ""


def _first_year(*told: object) -> int | None:
    """The first year that is told: as a number, or in a text at its end in brackets."""
    for said in told:
        if isinstance(said, int | float):
            return int(said)
        text = str(said or "")
        bracket = _BRACKET.search(text)
        found = _YEAR.search(bracket[1]) if bracket else _YEAR.match(text)
        if found or title_year(text):
            return int(found[1] if found else title_year(text) or 0)
    return None


def _ids(table: pl.DataFrame) -> dict[str, list[str]]:
    found = {}
    for catalogue, spellings in CATALOGUES.items():
        for name in table.columns:
            if name.lower() in spellings and catalogue not in found:
                cells = _cells(table, name)
                found[catalogue] = [same_spelling(catalogue, cell) for cell in cells]
    return found


def _cells(table: pl.DataFrame, name: str) -> list[str]:
    column = table[name]
    if column.dtype.is_nested():
        return [str(cell[0]) if cell is not None and len(cell) else "" for cell in column.to_list()]
    return column.cast(pl.String).fill_null("").str.strip_chars().to_list()


def _nameless(text: str) -> bool:
    bare = re.fullmatch(r"[QPL]\d+|[mg]\.[0-9a-z_]+|_:.*|\d+", text)
    return bare is not None


def _imdb(given: str) -> str:
    found = re.search(r"(tt|nm)?(\d+)(?:\.0)?/?$", given.strip())
    return f"{found[1] or 'tt'}{int(found[2]):07d}" if found else ""


def _number(given: str) -> str:
    found = re.search(r"(\d+)(?:\.0)?/?$", given.strip())
    return str(int(found[1])) if found else ""


def _wikidata(given: str) -> str:
    found = _WIKIDATA.search(given.strip())
    return found[1] if found else ""


def _dbpedia(given: str) -> str:
    found = _DBPEDIA.search(given.strip())
    return unquote(found[1]).replace(" ", "_") if found else ""


def _freebase(given: str) -> str:
    found = _FREEBASE.search(given.strip())
    return f"{found[1]}.{found[2]}" if found else ""


_SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "imdb": _imdb,
    "tmdb": _number,
    "wikidata": _wikidata,
    "dbpedia": _dbpedia,
    "freebase": _freebase,
    "musicbrainz": lambda given: given.strip().lower().rstrip("/").rpartition("/")[2],
}


def joined(parts: Iterable[Described]) -> Described:
    """Several lots of things as one."""
    held = list(parts)
    catalogues = {name for part in held for name in part.ids}
    return Described(
        names=[x for part in held for x in part.names],
        titles=[x for part in held for x in part.titles],
        years=[x for part in held for x in part.years],
        types=[x for part in held for x in part.types],
        ids={
            name: [x for part in held for x in part.ids.get(name, [""] * len(part))]
            for name in sorted(catalogues)
        },
    )
