"""The graph of a data folder, and where its items stand in it."""

from __future__ import annotations

from collections.abc import Iterator

from fewrec.data.arrays import Ints
from fewrec.data.dataset import Dataset, Triple
from fewrec.data.friends import PREFIX, between_people
from fewrec.knowledge.graph.store import Graph


def graph_of(dataset: Dataset, *, users: bool = False) -> Graph:
    """The triples of a data set as a graph.

    An item that ``links`` names is its entity there: where a triple names the item by its id,
    the entity is meant.

    Args:
        dataset: Items, triples and links.
        users: True keeps triples between people; their entities are ``user:`` and the id.
    """
    return Graph.of(_triples(dataset, users))


def item_entities(graph: Graph, dataset: Dataset) -> Ints:
    """Row of each item's entity, -1 where the graph does not have it. Shape [I]."""
    links = dataset.links
    return graph.rows([links.get(item, item) for item in dataset.catalog.items.ids])


def _triples(dataset: Dataset, users: bool) -> Iterator[Triple]:
    items, links = dataset.catalog.items, dataset.links
    for triple in dataset.triples:
        head, relation, tail = triple
        pair = between_people(triple, dataset.people.users, items)
        if pair:
            if users:
                yield PREFIX + pair[0], relation, PREFIX + pair[1]
        else:
            yield links.get(head, head), relation, links.get(tail, tail)
