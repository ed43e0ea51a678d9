"""What a graph looks like: how much of everything, degrees, hubs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Bools, Ints
from fewrec.knowledge.graph.store import Graph

QUANTILES = (0.5, 0.9, 0.99)
HUBS = 10


@dataclass(frozen=True)
class RelationCount:
    """How much one relation says.

    Attributes:
        relation: Its name.
        triples: How many it has.
        heads: Different entities it starts from.
        tails: Different entities it leads to.
        items: Items at either end; 0 where nobody says which entities are items.
    """

    relation: str
    triples: int
    heads: int
    tails: int
    items: int = 0


@dataclass(frozen=True)
class Statistics:
    """Counts of a graph.

    Attributes:
        entities: N.
        triples: E.
        relations: The relations, those with most triples first.
        degrees: Degree at each of ``QUANTILES``; () where there are no entities.
        highest: The highest degree.
        loops: Triples from an entity to itself.
        leaves: Entities with one edge.
        hubs: Names and degrees of the entities with most edges.
    """

    entities: int
    triples: int
    relations: tuple[RelationCount, ...]
    degrees: tuple[float, ...]
    highest: int
    loops: int
    leaves: int
    hubs: tuple[tuple[str, int], ...]


def statistics(graph: Graph) -> Statistics:
    """Count."""
    head, relation, tail = graph.triples()
    degree = graph.degree
    order = np.argsort(-degree, kind="stable")[:HUBS]
    hubs = zip(graph.names(order), degree[order].tolist(), strict=True)
    found = np.quantile(degree, QUANTILES).tolist() if len(degree) else []
    return Statistics(
        entities=len(graph),
        triples=graph.edges,
        relations=count_relations(graph.relations, head, relation, tail),
        degrees=tuple(found),
        highest=int(degree.max(initial=0)),
        loops=int((head == tail).sum()),
        leaves=int((degree == 1).sum()),
        hubs=tuple(hubs),
    )


def count_relations(
    names: Sequence[str], head: Ints, relation: Ints, tail: Ints, is_item: Bools | None = None
) -> tuple[RelationCount, ...]:
    """Count each relation, the one with most triples first.

    Args:
        names: Of the R relations.
        head: Where each triple starts. Shape [E].
        relation: Row in ``names``. Shape [E].
        tail: Where it leads. Shape [E].
        is_item: Which entities are items, where that is known. Shape [N].
    """
    order = np.argsort(relation, kind="stable")
    ends = np.searchsorted(relation[order], np.arange(len(names) + 1))
    counts = []
    for number, name in enumerate(names):
        of = order[ends[number] : ends[number + 1]]
        heads, tails = np.unique(head[of]), np.unique(tail[of])
        items = 0
        if is_item is not None:
            items = len(np.union1d(heads[is_item[heads]], tails[is_item[tails]]))
        counts.append(RelationCount(name, len(of), len(heads), len(tails), items))
    return tuple(sorted(counts, key=lambda count: (-count.triples, count.relation)))
