"""Wikidata's dumps as streams: JSON (an entity a line) and truthy N-Triples."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from fewrec.knowledge.linked.rdf import Broken, Statement, statements
from fewrec.knowledge.linked.stream import bare_suffix, unpacked

ENTITY = "http://www.wikidata.org/entity/"
RELATION = "http://www.wikidata.org/prop/direct/"

_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_ALIAS = "http://www.w3.org/2004/02/skos/core#altLabel"
_ID = re.compile(rb'"id"\s*:\s*"([QPL]\d+)"')


@dataclass
class WikidataItem:
    """One entity of a dump: an item, or a property.

    Attributes:
        id: ``Q172241`` or ``P57``.
        labels: Language -> name.
        aliases: Language -> further names.
        entities: (property, id of the entity) of its statements.
        values: Property -> values of its statements that are texts or times.
        article: Its title in the English Wikipedia; "" without one.
    """

    id: str
    labels: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, list[str]] = field(default_factory=dict)
    entities: list[tuple[str, str]] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)
    article: str = ""

    def label(self, language: str) -> str:
        """Its name in a language; else that for all languages, else English, else ""."""
        for spoken in (language, language.partition("-")[0], "mul", "en"):
            if self.labels.get(spoken):
                return self.labels[spoken]
        return ""


def wikidata_items(
    path: Path, broken: Broken, wanted: Collection[str] | None = None
) -> Iterator[WikidataItem]:
    """The entities of a dump, one at a time; memory does not grow with the dump.

    Args:
        path: ``.json`` as published (an array with an entity a line) or ``.nt`` (truthy
            statements, those of an entity one after the other); packed or not.
        broken: What to do with lines that cannot be read.
        wanted: Ids of the entities to read; those of the others are passed over quickly. None
            reads all.

    Raises:
        BadValue: A line is broken and broken lines are not collected.
    """
    if bare_suffix(path) == ".nt":
        yield from _of_truthy(path, broken, wanted)
    else:
        yield from _of_json(path, broken, wanted)


def statements_of(item: WikidataItem) -> Iterator[Statement]:
    """What an entity says of other entities, as triples of addresses."""
    for relation, other in item.entities:
        yield Statement(ENTITY + item.id, RELATION + relation, ENTITY + other, None)


def _of_json(path: Path, broken: Broken, wanted: Collection[str] | None) -> Iterator[WikidataItem]:
    with unpacked(path) as stream:
        for number, raw in enumerate(stream, start=1):
            line = raw.strip().rstrip(b",")
            if line in (b"", b"[", b"]"):
                continue
            if wanted is not None:
                named = _ID.search(line, 0, 200)
                if named and named[1].decode() not in wanted:
                    continue
            try:
                item = _item(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError) as fault:
                broken.line(path, number, raw, f"this is no entity of Wikidata ({fault})")
                continue
            if wanted is None or item.id in wanted:
                yield item


def _item(told: Mapping[str, Any]) -> WikidataItem:
    """One entity of the JSON dump, where empty mappings are written as empty lists."""
    item = WikidataItem(told["id"])
    item.labels = {lang: said["value"] for lang, said in _mapping(told, "labels")}
    item.aliases = {
        lang: [alias["value"] for alias in said] for lang, said in _mapping(told, "aliases")
    }
    item.article = dict(_mapping(told, "sitelinks")).get("enwiki", {}).get("title", "")
    for relation, claims in _mapping(told, "claims"):
        for claim in _truthy(claims):
            _take(item, relation, claim["mainsnak"])
    return item


def _mapping(told: Mapping[str, Any], key: str) -> list[tuple[str, Any]]:
    return list((told.get(key) or {}).items())


def _truthy(claims: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Statements of the best rank there is; deprecated ones never."""
    best = [claim for claim in claims if claim.get("rank") == "preferred"]
    return best or [claim for claim in claims if claim.get("rank", "normal") == "normal"]


def _take(item: WikidataItem, relation: str, snak: Mapping[str, Any]) -> None:
    """Take one statement in; "some value" and "no value" say nothing."""
    if snak.get("snaktype") != "value":
        return
    kind, value = snak["datavalue"]["type"], snak["datavalue"]["value"]
    if kind == "wikibase-entityid":
        number = value.get("id") or f"Q{value['numeric-id']}"
        item.entities.append((relation, number))
    elif kind == "string":
        item.values.setdefault(relation, []).append(value)
    elif kind == "time":
        item.values.setdefault(relation, []).append(value["time"].lstrip("+"))
    elif kind == "monolingualtext":
        item.values.setdefault(relation, []).append(value["text"])


def _of_truthy(
    path: Path, broken: Broken, wanted: Collection[str] | None
) -> Iterator[WikidataItem]:
    rows = statements([path], broken)
    for head, said in groupby(rows, key=lambda row: row.head):
        if not head.startswith(ENTITY):
            continue
        item = WikidataItem(head.removeprefix(ENTITY))
        if wanted is not None and item.id not in wanted:
            continue
        for _, relation, tail, language in said:
            _take_triple(item, relation, tail, language)
        yield item


def _take_triple(item: WikidataItem, relation: str, tail: str, language: str | None) -> None:
    if relation == _LABEL and language:
        item.labels.setdefault(language, tail)
    elif relation == _ALIAS and language:
        item.aliases.setdefault(language, []).append(tail)
    elif relation.startswith(RELATION):
        name = relation.removeprefix(RELATION)
        if language is None and tail.startswith(ENTITY):
            item.entities.append((name, tail.removeprefix(ENTITY)))
        elif language is not None:
            item.values.setdefault(name, []).append(tail)
