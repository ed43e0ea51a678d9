"""How much each relation of an imported graph says, and about how many items."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from fewrec.knowledge.linked.collected import Collected


@dataclass(frozen=True)
class RelationSize:
    """One relation.

    Attributes:
        relation: Its name.
        triples: How many it has.
        items: How many items stand at either end.
        heads: Different heads.
        tails: Different tails.
    """

    relation: str
    triples: int
    items: int
    heads: int
    tails: int


def relation_sizes(triples: Collected, linked: Collection[str]) -> list[RelationSize]:
    """Each relation, the one with most triples first.

    Args:
        triples: The graph.
        linked: Names of the entities that are items.
    """
    head, relation, tail = triples.arrays()
    rows = [triples.entities[name] for name in set(linked) if name in triples.entities]
    is_item = np.zeros(len(triples.entities), dtype=bool)
    is_item[rows] = True
    order = np.argsort(relation, kind="stable")
    ends = np.searchsorted(relation[order], np.arange(len(triples.relations) + 1))
    sizes = []
    for name, number in triples.relations.items():
        part = order[ends[number] : ends[number + 1]]
        heads, tails = np.unique(head[part]), np.unique(tail[part])
        items = np.union1d(heads[is_item[heads]], tails[is_item[tails]])
        sizes.append(RelationSize(name, len(part), len(items), len(heads), len(tails)))
    return sorted(sizes, key=lambda size: (-size.triples, size.relation))
