"""How much each relation of an imported graph says, and about how many items."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from fewrec.knowledge.graph.statistics import RelationCount, count_relations
from fewrec.knowledge.linked.collected import Collected


def relation_sizes(triples: Collected, linked: Collection[str]) -> tuple[RelationCount, ...]:
    """Each relation, the one with most triples first.

    Args:
        triples: The graph.
        linked: Names of the entities that are items.
    """
    rows = [triples.entities[name] for name in set(linked) if name in triples.entities]
    is_item = np.zeros(len(triples.entities), dtype=bool)
    is_item[rows] = True
    return count_relations(tuple(triples.relations), *triples.arrays(), is_item)
