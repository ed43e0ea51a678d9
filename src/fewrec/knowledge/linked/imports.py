"""A graph from elsewhere into a data folder: items linked, surroundings taken, names given."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fewrec.data.dataset import Dataset
from fewrec.data.faults import Fault
from fewrec.data.links import chains, shared_entities
from fewrec.errors import ConfigError, EmptyData, nearest
from fewrec.knowledge.linked.collected import Collected
from fewrec.knowledge.linked.described import Described, items_described, same_spelling
from fewrec.knowledge.linked.folder import (
    SOURCE,
    Written,
    folder_without_graph,
    graph_triples,
    write_graph,
)
from fewrec.knowledge.linked.hops import everything, within
from fewrec.knowledge.linked.linking import THRESHOLD, Candidate, candidates
from fewrec.knowledge.linked.rdf import Broken
from fewrec.knowledge.linked.repeated import one_of_each
from fewrec.knowledge.linked.sources import FORMATS, GraphSource, open_source
from fewrec.knowledge.linked.variants import variants

SAME_IDS = 0.9
"""Ids of items are those of the source where so many titles of the same ids agree."""

OWN = "entity"
"""Among the ids of an item: the entity it is linked to already, or its own id."""

ITEM = "item"
"""Among the ids of an entity: the item it is, as the source says."""


@dataclass(frozen=True)
class Wish:
    """What to take from a graph.

    Attributes:
        hops: How far from the items to go; None takes what the format takes by itself.
        language: Of names and literals.
        relations: Only these; all where empty.
        threshold: Links below this confidence are left to a person.
        kind: What the items are ("film"), which tells namesakes apart; "" where unknown.
        skip_bad: Set lines that cannot be read aside instead of stopping.
    """

    hops: int | None = None
    language: str = "en"
    relations: tuple[str, ...] = ()
    threshold: float = THRESHOLD
    kind: str = ""
    skip_bad: bool = False


@dataclass(frozen=True)
class GraphImport:
    """What an import did.

    Attributes:
        written: What became of the folder.
        triples: The triples written, under the names they have in the folder.
        items: The items.
        entities: The entities they were compared with.
        candidates: The best entity of every item that has one.
        linked: Item -> entity, of all items that this graph knows.
        shared: Entity -> items, where several items are one entity.
        chains: Links that lead on to another item.
        notes: What the reader should know, sentence by sentence.
        faults: Lines that could not be read.
    """

    written: Written
    triples: Collected
    items: Described
    entities: Described
    candidates: Sequence[Candidate]
    linked: Mapping[str, str]
    shared: Mapping[str, Sequence[str]]
    chains: Sequence[Sequence[str]]
    notes: tuple[str, ...]
    faults: tuple[Fault, ...]


def import_graph(folder: Path, layout: str, source: Path, wish: Wish) -> GraphImport:
    """Add a graph and links to it to a data folder, whole or not at all.

    Args:
        folder: A data folder with items.
        layout: One of ``FORMATS``.
        source: The graph's file or folder.
        wish: What to take.

    Returns:
        What was done.

    Raises:
        ConfigError: The format or a relation is not known; the message names the nearest.
        EmptyData: A file is not there; no item could be linked though hops are counted from
            them; or no triple is left.
        BadValue: A line cannot be read and ``skip_bad`` is off.
    """
    if layout not in FORMATS:
        raise ConfigError(f"There is no format {layout!r}. {nearest(layout, FORMATS, 'formats')}")
    broken, dataset = Broken(collect=wish.skip_bad), folder_without_graph(folder)
    opened = open_source(layout, source, wish.language, broken)
    items = with_links(items_described(dataset.catalog, wish.kind), dataset.links)
    entities, told = checked_ids(items, opened.entities(items))
    found = candidates(items, entities)
    linked = {
        items.names[c.item]: entities.names[c.entity]
        for c in found
        if c.confidence >= wish.threshold
    }
    triples, more = _taken(opened, linked.values(), wish, source)
    linked, lost = _present(linked, triples)
    names = opened.names([*triples.entities, *triples.relations])
    renamed, links, same = _settled_names(folder, layout, dataset, linked, names)
    triples = triples.renamed(renamed, dict(names)).settled()
    if wish.relations:
        triples = triples.only(wish.relations)
    triples, merged = one_of_each(triples)
    written = write_graph(folder, triples, layout, links or None)
    return GraphImport(
        written=written,
        triples=triples,
        items=items,
        entities=entities,
        candidates=found,
        linked={item: renamed.get(entity, entity) for item, entity in linked.items()},
        shared=shared_entities(linked),
        chains=chains(links),
        notes=(*told, *more, *lost, *same, *merged),
        faults=tuple(broken.faults),
    )


def with_links(items: Described, links: Mapping[str, str]) -> Described:
    """Items that know the entities they are linked to, under their ids in its catalogue too."""
    entity = [links.get(item, item) for item in items.names]
    ids = {**items.ids, OWN: entity}
    for catalogue in ("wikidata", "dbpedia", "freebase"):
        before = items.ids.get(catalogue, [""] * len(items))
        told = [same_spelling(catalogue, name) for name in entity]
        both = [known or linked for known, linked in zip(before, told, strict=True)]
        if any(both):
            ids[catalogue] = both
    return replace(items, ids=ids)


def checked_ids(items: Described, entities: Described) -> tuple[Described, tuple[str, ...]]:
    """Entities that know which item they are only where their ids are those of the items.

    Args:
        items: The items.
        entities: The entities; the source may number its items otherwise than the folder.

    Returns:
        The entities, and what was found about the ids, sentence by sentence.
    """
    told = {ITEM: entities.ids[ITEM]} if ITEM in entities.ids else {}
    ids = {**told, OWN: entities.names, **entities.ids}
    theirs = dict(zip(ids.get(ITEM, ()), entities.titles, strict=False))
    both = [
        (title, theirs[name])
        for name, title in zip(items.names, items.titles, strict=True)
        if name in theirs
    ]
    named = [(one, other) for one, other in both if one and other]
    agree = sum(not variants(one).keys().isdisjoint(variants(other)) for one, other in named)
    if ITEM not in ids:
        return replace(entities, ids=ids), ()
    if named and agree < SAME_IDS * len(named):
        ids = {name: held for name, held in ids.items() if name != ITEM}
        note = (
            f"The source numbers its items otherwise: of {len(named):,} items with the same id "
            f"{agree:,} have the same title. Items are found by their titles instead."
        )
    elif named:
        note = f"Items are found by id; {agree:,} of {len(named):,} titles agree."
    else:
        note = f"Items are found by id ({len(both):,}); no titles were there to compare."
    return replace(entities, ids=ids), (note,)


def _taken(
    opened: GraphSource, start: Collection[str], wish: Wish, source: Path
) -> tuple[Collected, tuple[str, ...]]:
    hops = opened.hops if wish.hops is None else wish.hops
    if hops is not None and not start:
        raise EmptyData(
            "no item is known to this graph, so there is nothing to count hops from",
            file=source,
            fix="Link items first (fewrec graph link), give ids in a column such as `imdb` or "
            "`wikidata`, or lower --threshold.",
        )
    if hops is None:
        triples, foreign = everything(opened.stream, wish.language)
    else:
        triples, foreign = within(opened.stream, start, hops, wish.language)
    if not len(triples):
        raise EmptyData(
            "no triple is left", file=source, fix="Check the file, or go further with --hops."
        )
    left = f"{foreign:,} literals in other languages than {wish.language!r} are left out."
    return triples, (left,) if foreign else ()


def _present(
    linked: Mapping[str, str], triples: Collected
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Links to entities that have triples; the others would lead nowhere."""
    kept = {item: entity for item, entity in linked.items() if entity in triples.entities}
    lost = len(linked) - len(kept)
    note = f"{lost:,} items are entities of which the source has no triple; they are not linked."
    return kept, (note,) if lost else ()


def _settled_names(
    folder: Path,
    layout: str,
    dataset: Dataset,
    linked: Mapping[str, str],
    names: Mapping[str, str],
) -> tuple[dict[str, str], dict[str, str], tuple[str, ...]]:
    """What each entity is called in the folder, and the links.

    An item that the folder links elsewhere, or that stands in its graph under its own id, keeps
    that name; the entity takes it on, so that both graphs speak of one thing.
    """
    present = graph_triples(folder)
    others = present.filter(present[SOURCE].fill_null("") != layout)
    own = {*others["head"].unique().to_list(), *others["tail"].unique().to_list()}
    renamed, links, joined = dict(names), dict(dataset.links), 0
    for item, entity in linked.items():
        before = dataset.links.get(item, item if item in own else "")
        same = same_spelling("wikidata", before) and same_spelling(
            "wikidata", before
        ) == same_spelling("wikidata", entity)
        if before and before != entity and not (same and before not in own):
            joined += before != renamed.get(entity)
            if entity not in renamed or renamed[entity] == names.get(entity):
                renamed[entity] = before
        elif entity != item:
            links[item] = renamed.get(entity, entity)
    note = (
        f"{joined:,} entities go by the name their item has in the folder already, so that both "
        "graphs speak of one thing.",
    )
    return renamed, links, note if joined else ()
