"""Where graphs come from: each format gives a stream of triples and says what items they know."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from fewrec.data.importers.dbpedia import dbpedia_map, dbpedia_triples
from fewrec.data.importers.kgcn import kgcn_folder, kgcn_links, kgcn_triples
from fewrec.data.importers.recbole import recbole_table
from fewrec.errors import ConfigError, EmptyData
from fewrec.knowledge.linked.candidates import rdf_candidates, wikidata_candidates
from fewrec.knowledge.linked.described import Described, entities_described
from fewrec.knowledge.linked.hops import Stream
from fewrec.knowledge.linked.names import with_label
from fewrec.knowledge.linked.rdf import Broken, Statement, rdf_files, statements
from fewrec.knowledge.linked.stream import bare_suffix
from fewrec.knowledge.linked.wikidata import ENTITY, RELATION, statements_of, wikidata_items


@dataclass(frozen=True)
class GraphSource:
    """A graph from elsewhere.

    Attributes:
        stream: Begins a pass through its triples.
        entities: Given the items that have no link, the entities they may be.
        names: Given addresses, a readable name for those that need one (address -> name).
        hops: How far from the items to go where nobody says; None takes everything.
    """

    stream: Stream
    entities: Callable[[Described], Described]
    names: Callable[[Collection[str]], Mapping[str, str]] = lambda wanted: {}
    hops: int | None = None


def open_source(layout: str, source: Path, language: str, broken: Broken) -> GraphSource:
    """Open a graph in one of the ``FORMATS``.

    Args:
        layout: The format.
        source: The file or folder.
        language: Of names.
        broken: What to do with lines that cannot be read.

    Raises:
        EmptyData: A file is not there.
        ConfigError: The source holds nothing of this format.
    """
    if not source.exists():
        raise EmptyData("there is no such file or folder", file=source, fix="Check the path.")
    return FORMATS[layout](source, language, broken)


def _dbpedia(source: Path, language: str, broken: Broken) -> GraphSource:
    del language, broken
    mapped = dbpedia_map(source)
    return _held(dbpedia_triples(source), mapped)


def _kgcn(source: Path, language: str, broken: Broken) -> GraphSource:
    del language, broken
    folder = kgcn_folder(source)
    return _held(kgcn_triples(folder), kgcn_links(folder))


def _recbole(source: Path, language: str, broken: Broken) -> GraphSource:
    del language, broken
    triples, links = recbole_table(source, "kg"), recbole_table(source, "link")
    if triples is None:
        raise EmptyData("there is no .kg file", file=source, fix="Give the folder that holds it.")
    empty = pl.DataFrame(schema={"item": pl.String, "entity": pl.String})
    return _held(triples, empty if links is None else links)


def _held(triples: pl.DataFrame, entities: pl.DataFrame) -> GraphSource:
    """A graph small enough to hold."""

    def stream(heads: Collection[str] | None) -> Iterator[Statement]:
        del heads
        for head, relation, tail in triples.select("head", "relation", "tail").iter_rows():
            yield Statement(head, relation, tail, None)

    described = entities_described(entities)
    return GraphSource(stream, lambda items: described)


def _rdf(source: Path, language: str, broken: Broken) -> GraphSource:
    files = rdf_files(source)

    def stream(heads: Collection[str] | None) -> Iterator[Statement]:
        del heads
        return statements(files, broken)

    return GraphSource(stream, lambda items: rdf_candidates(stream, items, language))


def _wikidata(source: Path, language: str, broken: Broken) -> GraphSource:
    if not source.is_file() or bare_suffix(source) not in (".json", ".nt"):
        raise ConfigError(
            f"{source} is no dump of Wikidata. Give its .json or truthy .nt, as published or "
            "unpacked (.gz, .bz2)."
        )

    def stream(heads: Collection[str] | None) -> Iterator[Statement]:
        ids = None if heads is None else {head.removeprefix(ENTITY) for head in heads}
        for item in wikidata_items(source, broken, ids):
            yield from statements_of(item)

    def names(wanted: Collection[str]) -> dict[str, str]:
        found = {}
        ids = {name.removeprefix(ENTITY).removeprefix(RELATION): name for name in wanted}
        for item in wikidata_items(source, broken, ids.keys()):
            found[ids[item.id]] = with_label(ids[item.id], item.label(language))
        return found

    def entities(items: Described) -> Described:
        return wikidata_candidates(wikidata_items(source, broken), items, language)

    return GraphSource(stream, entities, names, hops=1)


FORMATS: Mapping[str, Callable[[Path, str, Broken], GraphSource]] = {
    "dbpedia": _dbpedia,
    "kgcn": _kgcn,
    "recbole": _recbole,
    "rdf": _rdf,
    "wikidata": _wikidata,
}
"""Name of a format -> how it is opened (source, language, broken lines)."""
