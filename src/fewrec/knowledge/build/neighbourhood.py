"""What stands around one item in a graph, with names that people read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewrec.data.dataset import Dataset
from fewrec.errors import EmptyData, UnknownId
from fewrec.knowledge.build.aliases import label
from fewrec.knowledge.graph.of_dataset import graph_of, item_entities
from fewrec.knowledge.graph.store import Graph
from fewrec.knowledge.names import readable_relation

ALIKE = 5
HUB = 1000
"""Neighbours with more edges than this say nothing about who is alike."""


@dataclass(frozen=True)
class Neighbourhood:
    """One entity and its edges.

    Attributes:
        entity: Its name in the graph.
        label: The item's title, or the entity's readable name.
        edges: Relation, whether it starts here, the other entity's name, label and degree.
        alike: Items that share most neighbours: id, title, how many they share.
    """

    entity: str
    label: str
    edges: tuple[tuple[str, bool, str, str, int], ...]
    alike: tuple[tuple[str, str, int], ...]


def neighbourhood(dataset: Dataset, name: str) -> Neighbourhood:
    """Look an item or any other entity up.

    Args:
        dataset: Items, triples and links.
        name: Id or title of an item, or name of an entity.

    Raises:
        EmptyData: The data hold no graph.
        UnknownId: There is no such item or entity, or the graph does not have the item.
        AmbiguousTitle: Several items fit.
    """
    graph = graph_of(dataset, users=True)
    if not graph.edges:
        raise EmptyData(
            "there is no graph to look at",
            fix="Make one with `fewrec graph build` or `fewrec graph import`.",
        )
    rows = item_entities(graph, dataset)
    row = int(graph.rows([name])[0])
    if row < 0:
        item = dataset.catalog.find(name)
        row = int(rows[item])
        if row < 0:
            raise UnknownId(
                f"the graph says nothing about the item {dataset.catalog.items.ids[item]!r} "
                f"({dataset.catalog.titles[item]})",
                fix="`fewrec graph build` and `fewrec graph import` add to it.",
            )
    item_of = {int(r): at for at, r in reversed(list(enumerate(rows))) if r >= 0}
    near = graph.neighbours(row)
    names = graph.names(near.other)
    edges = [
        (
            readable_relation(graph.relations[relation]),
            bool(forward),
            other_name,
            _label(dataset, item_of, int(other), other_name),
            int(graph.degree[other]),
        )
        for other, relation, forward, other_name in zip(
            near.other, near.relation, near.forward, names, strict=True
        )
    ]
    entity = graph.names(np.array([row]))[0]
    return Neighbourhood(
        entity=entity,
        label=_label(dataset, item_of, row, entity),
        edges=tuple(sorted(edges, key=lambda e: (e[0], not e[1], -e[4], e[3]))),
        alike=_alike(graph, dataset, item_of, row),
    )


def _label(dataset: Dataset, item_of: dict[int, int], row: int, name: str) -> str:
    return dataset.catalog.titles[item_of[row]] if row in item_of else label(name)


def _alike(
    graph: Graph, dataset: Dataset, item_of: dict[int, int], row: int
) -> tuple[tuple[str, str, int], ...]:
    shared: dict[int, int] = {}
    for other in np.unique(graph.neighbours(row).other).tolist():
        if graph.degree[other] > HUB:
            continue
        for item in np.unique(graph.neighbours(other).other).tolist():
            if item != row and item in item_of:
                shared[item] = shared.get(item, 0) + 1
    best = sorted(shared, key=lambda r: (-shared[r], item_of[r]))[:ALIKE]
    ids, titles = dataset.catalog.items.ids, dataset.catalog.titles
    return tuple((ids[item_of[r]], titles[item_of[r]], shared[r]) for r in best)
