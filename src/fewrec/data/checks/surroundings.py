"""Checks of what stands around the tables: graph, links, other files in the folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fewrec.data.checks.findings import Finding
from fewrec.data.dataset import Dataset
from fewrec.data.friends import PREFIX
from fewrec.data.links import chains, shared_entities
from fewrec.data.readers import SUFFIXES
from fewrec.data.settings import TABLES
from fewrec.data.tables import count

_JOINED = 0.9
"""Below this share of items that the graph knows, the join is doubtful."""


def about_links(dataset: Dataset) -> Iterator[Finding]:
    """Links that lead on to other items, and entities that are several items."""
    led = chains(dataset.links)
    if led:
        problem = f"{count(len(led), 'link')} {'leads' if len(led) == 1 else 'lead'} on to another "
        yield Finding(
            "warning",
            "links",
            f"{problem}item that is linked itself",
            value=" -> ".join(led[0]),
            fix="Give entities names that no item has.",
        )
    shared = shared_entities(dataset.links)
    if shared:
        entity, items = next(iter(shared.items()))
        what = "entity is" if len(shared) == 1 else "entities are"
        yield Finding(
            "note",
            "links",
            f"{len(shared):,} {what} linked to several items",
            value=f"{entity}: {', '.join(items)}",
        )


def about_graph(dataset: Dataset) -> Iterator[Finding]:
    """How well items, links and graph fit together."""
    if not dataset.triples:
        if dataset.links:
            problem = "There are links to entities, but no graph to find them in"
            yield Finding("warning", "links", problem, fix="Add graph.csv, or remove links.csv.")
        return
    entities = {entity for head, _, tail in dataset.triples for entity in (head, tail)}
    lost = [item for item, entity in dataset.links.items() if entity not in entities]
    if lost:
        yield Finding(
            "warning",
            "links",
            f"{count(len(lost), 'link')} of {len(dataset.links):,} to an entity that is not in the "
            "graph",
            value=f"{lost[0]}: {dataset.links[lost[0]]}",
        )
    if all(entity.startswith(PREFIX) for entity in entities):
        yield Finding("note", "graph", "The graph links people, not items")
        return
    items = dataset.catalog.items.ids
    joined = sum(dataset.links.get(item, item) in entities for item in items)
    if joined < _JOINED * len(items):
        yield Finding(
            "warning",
            "graph",
            f"The graph knows {joined:,} of {len(items):,} items",
            fix="Check that the ids in graph.csv are those of items.csv, or link them in "
            "links.csv.",
        )


def about_files(path: Path) -> Iterator[Finding]:
    """Tables in the folder that are not read, because their name is none of the known ones."""
    other = [
        file.name
        for file in sorted(path.iterdir())
        if file.suffix in SUFFIXES and file.stem not in TABLES
    ]
    for name in other:
        problem = "The file is not read: its name is none of the tables of a data folder"
        fix = f"Known names: {', '.join(TABLES)}."
        yield Finding("note", "", problem, file=name, fix=fix)
