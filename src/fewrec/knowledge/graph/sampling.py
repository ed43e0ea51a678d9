"""Neighbours drawn at random, as many for each entity, however many it has."""

from __future__ import annotations

import numpy as np

from fewrec.data.arrays import Ints
from fewrec.errors import ConfigError
from fewrec.knowledge.graph.store import Adjacency


def sampled(edges: Adjacency, rows: Ints, many: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Draw edges with replacement; the time does not depend on how many an entity has.

    Args:
        edges: Edges of one direction.
        rows: Entities. Shape [n].
        many: k, edges drawn for each.
        rng: Where randomness comes from.

    Returns:
        The other entity and the relation of each drawn edge; -1 where an entity has none.
        Shapes [n, k].

    Raises:
        ConfigError: Fewer than one edge is asked for.
    """
    if many < 1:
        raise ConfigError(f"sampled: at least 1 edge must be drawn, not {many}.")
    begin, end = edges.start[rows], edges.start[rows + 1]
    drawn = (rng.random((len(rows), many)) * (end - begin)[:, None]).astype(np.int64)
    none = (begin == end)[:, None]
    at = np.where(none, 0, begin[:, None] + drawn)
    if not len(edges.other):
        nothing = np.full((len(rows), many), -1, dtype=np.int64)
        return nothing, nothing.copy()
    return np.where(none, -1, edges.other[at]), np.where(none, -1, edges.relation[at])
