"""Which of very many entities some items may be: found in passes that keep only what fits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from fewrec.knowledge.linked.collected import short_name
from fewrec.knowledge.linked.described import (
    Described,
    address_title,
    entities_described,
    same_spelling,
)
from fewrec.knowledge.linked.hops import Stream, same_language
from fewrec.knowledge.linked.rdf import Statement
from fewrec.knowledge.linked.variants import variants
from fewrec.knowledge.linked.wikidata import ENTITY, WikidataItem

PROPERTIES: Mapping[str, str] = {
    "imdb": "P345",
    "tmdb": "P4947",
    "freebase": "P646",
    "musicbrainz": "P434",
}
"""Catalogue -> Wikidata's property with its ids."""

DATES = ("P577", "P571", "P580")
"""Wikidata's properties whose year tells namesakes apart: published, founded, begun."""

KIND = "P31"

_LABELS = ("label", "prefLabel", "title", "name")
_ALIASES = ("altLabel", "alternateName", "alias")
_YEARS = ("releaseDate", "datePublished", "publicationDate", "year", "releaseYear", "P577")


class _Wanted:
    """What items are looked for by: keys of titles, and ids in other catalogues."""

    def __init__(self, items: Described) -> None:
        self.keys = {key for title in items.titles if title for key in variants(title)}
        self.ids = {name: {i for i in ids if i} for name, ids in items.ids.items()}

    def title(self, *titles: str) -> bool:
        return any(not self.keys.isdisjoint(variants(title)) for title in titles if title)

    def id(self, catalogue: str, given: str) -> bool:
        known = self.ids.get(catalogue)
        return bool(known) and same_spelling(catalogue, given) in known  # type: ignore[operator]


def wikidata_candidates(
    found: Iterable[WikidataItem], items: Described, language: str
) -> Described:
    """The entities of Wikidata whose ids or names fit some items. One pass.

    Args:
        found: The entities of a dump.
        items: The items to look for.
        language: Of names; an item may also be found by an alias, or by its name in English.
    """
    wanted = _Wanted(items)
    rows = []
    for item in found:
        given = {c: item.values.get(p, [""])[0] for c, p in PROPERTIES.items()}
        if item.article:
            given["dbpedia"] = f"http://dbpedia.org/resource/{item.article.replace(' ', '_')}"
        titles = dict.fromkeys(
            name
            for spoken in (language, "en", "mul")
            for name in (item.labels.get(spoken, ""), *item.aliases.get(spoken, ()))
            if name
        )
        known = wanted.id("wikidata", item.id) or any(
            wanted.id(catalogue, value) for catalogue, value in given.items() if value
        )
        fitting = [title for title in titles if wanted.title(title)]
        if item.id.startswith("Q") and (known or fitting):
            year = next((min(item.values[p])[:4] for p in DATES if p in item.values), "")
            for title in fitting or [item.label(language)]:
                rows.append({"entity": ENTITY + item.id, "title": title, "year": year, **given})
    return _described(rows)


def rdf_candidates(stream: Stream, items: Described, language: str) -> Described:
    """The entities of an RDF graph whose addresses or labels fit some items. Two passes.

    The first looks for addresses and labels, the second for what is said of those found: type,
    year, ids in other catalogues (``imdbId`` and the like, ``sameAs``).
    """
    wanted = _Wanted(items)
    titles: dict[str, dict[str, None]] = defaultdict(dict)
    last = ""
    for head, relation, tail, spoken in stream(None):
        if head != last:
            last = head
            told = address_title(head)
            known = any(wanted.id(c, head) for c in ("wikidata", "dbpedia", "freebase"))
            if known or wanted.title(told):
                titles[head].setdefault(told)
        if spoken is not None and short_name(relation) in (*_LABELS, *_ALIASES):
            fits = not spoken or same_language(spoken, language) or same_language(spoken, "en")
            if fits and wanted.title(tail):
                titles[head].setdefault(tail)
    facts = _facts(stream, titles)
    return _described(
        {"entity": head, "title": title, **facts.get(head, {})}
        for head, named in titles.items()
        for title in named
    )


def _facts(stream: Stream, heads: Mapping[str, object]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for statement in stream(heads.keys()) if heads else ():
        if statement.head in heads:
            for name, value in _fact(statement):
                found[statement.head].setdefault(name, value)
    return found


def _fact(statement: Statement) -> Iterator[tuple[str, str]]:
    name = short_name(statement.relation)
    if name == "type":
        yield "type", address_title(statement.tail).lower()
    elif name in _YEARS:
        yield "year", statement.tail[:4]
    elif name == "sameAs":
        for catalogue in ("wikidata", "dbpedia", "freebase"):
            if same_spelling(catalogue, statement.tail):
                yield catalogue, statement.tail
    elif name.lower() in ("imdbid", "imdb"):
        yield "imdb", statement.tail


def _described(rows: Iterable[Mapping[str, str]]) -> Described:
    columns = ("entity", "title", "year", "type", *PROPERTIES, "dbpedia", "wikidata")
    held = list(rows)
    cells = {name: [row.get(name, "") for row in held] for name in columns}
    table = pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String))
    return entities_described(table)
