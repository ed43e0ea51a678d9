"""Links of a data folder's items to entities somebody lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from fewrec.data.faults import Fault, Inspector
from fewrec.data.links import chains, shared_entities
from fewrec.data.readers import SUFFIXES, read_table
from fewrec.errors import ConfigError, EmptyData
from fewrec.knowledge.linked.described import Described, entities_described, items_described
from fewrec.knowledge.linked.folder import folder_without_graph, graph_triples, write_links
from fewrec.knowledge.linked.imports import Wish, checked_ids, with_links
from fewrec.knowledge.linked.linking import Candidate, candidates
from fewrec.knowledge.linked.rdf import READERS, Broken
from fewrec.knowledge.linked.sources import open_source
from fewrec.knowledge.linked.stream import bare_suffix


@dataclass(frozen=True)
class LinkReport:
    """What linking did.

    Attributes:
        file: The file of links.
        items: The items.
        entities: The entities they were compared with.
        candidates: The best entity of every item that has one.
        made: Item -> entity, of links that are new.
        kept: Links that were there and stay.
        changed: Links that were there and now lead to another entity.
        otherwise: Item -> entity that was found although the folder links the item elsewhere;
            empty where links are replaced.
        shared: Entity -> items, where several items are linked to one entity.
        chains: Links that lead on to another item.
        notes: What the reader should know, sentence by sentence.
        faults: Lines that could not be read.
    """

    file: Path
    items: Described
    entities: Described
    candidates: Sequence[Candidate]
    made: Mapping[str, str]
    kept: int
    changed: int
    otherwise: Mapping[str, str]
    shared: Mapping[str, Sequence[str]]
    chains: Sequence[Sequence[str]]
    notes: tuple[str, ...]
    faults: tuple[Fault, ...]


def link_folder(
    folder: Path, source: Path | None, wish: Wish, *, replace: bool = False
) -> LinkReport:
    """Link the items of a data folder to entities, whole or not at all.

    Args:
        folder: A data folder with items.
        source: A table (.csv, .parquet, .jsonl) with a column ``entity``, RDF (.nt, .ttl), or
            Wikidata's JSON (.json); None takes the entities of the folder's own graph.
        wish: Threshold, language, what the items are, whether to set bad lines aside.
        replace: Follow what was found where the folder links an item to another entity.

    Returns:
        What was done.

    Raises:
        EmptyData: There is no such file or no graph, or no entity in it.
        MissingColumn: The table has no column ``entity``.
        ConfigError: The file is of another kind.
        BadValue: A line cannot be read.
    """
    broken, dataset = Broken(collect=wish.skip_bad), folder_without_graph(folder)
    items = with_links(items_described(dataset.catalog, wish.kind), dataset.links)
    entities, notes = checked_ids(items, _entities(folder, source, items, wish, broken))
    found = candidates(items, entities)
    sure = {
        items.names[c.item]: entities.names[c.entity]
        for c in found
        if c.confidence >= wish.threshold and entities.names[c.entity] != items.names[c.item]
    }
    made = {item: entity for item, entity in sure.items() if item not in dataset.links}
    other = {
        item: entity for item, entity in sure.items() if dataset.links.get(item, entity) != entity
    }
    links = {**dataset.links, **made, **(other if replace else {})}
    return LinkReport(
        file=write_links(folder, links),
        items=items,
        entities=entities,
        candidates=found,
        made=made,
        kept=len(dataset.links) - (len(other) if replace else 0),
        changed=len(other) if replace else 0,
        otherwise={} if replace else other,
        shared=shared_entities(links),
        chains=chains(links),
        notes=notes,
        faults=tuple(broken.faults),
    )


def _entities(
    folder: Path, source: Path | None, items: Described, wish: Wish, broken: Broken
) -> Described:
    if source is None:
        graph = graph_triples(folder)
        names = pl.concat([graph["head"], graph["tail"]]).unique(maintain_order=True)
        if not len(names):
            raise EmptyData(
                "there is no graph whose entities could be linked to",
                file=folder,
                fix="Name a file of entities with --entities.",
            )
        return entities_described(names.alias("entity").to_frame())
    if not source.is_file():
        raise EmptyData("there is no such file", file=source, fix="Name the file of entities.")
    if source.suffix in SUFFIXES:
        table = read_table(source, "entities", Inspector())
        table.require("entity")
        known = table.frame.filter(pl.col("entity").is_not_null())
        return entities_described(known)
    kind = bare_suffix(source)
    if kind != ".json" and kind not in READERS:
        raise ConfigError(
            f"{source} is no list of entities. Give a table ({', '.join(SUFFIXES)}) with a column "
            "`entity`, RDF (.nt, .ttl) or Wikidata's .json."
        )
    layout = "wikidata" if kind == ".json" else "rdf"
    return open_source(layout, source, wish.language, broken).entities(items)
