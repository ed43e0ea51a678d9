"""One step outward in a graph: where one arrives, at what cost, and from where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Doubles, Ints

BUDGET = 100_000
"""At most so many edges are followed in one step; the cheapest entities go first."""


@dataclass(frozen=True)
class Surroundings:
    """Who stands next to whom, without direction and relation.

    Attributes:
        start: Entity n has the neighbours ``other[start[n]:start[n + 1]]``. Shape [N + 1].
        other: Neighbours, each once, in ascending order. Shape [M].
        cost: Logarithm of the degree; infinite where no path may pass. Shape [N].
    """

    start: Ints
    other: Ints
    cost: Doubles


@dataclass(frozen=True)
class Layer:
    """Entities that are reached in a certain number of steps.

    Attributes:
        row: Entities, ascending, each once. Shape [L].
        cost: Sum of the costs of the entities in between. Shape [L].
        before: The entity from which each is reached at this cost. Shape [L].
    """

    row: Ints
    cost: Doubles
    before: Ints

    @classmethod
    def at(cls, rows: Ints) -> Layer:
        """Where one stands before the first step."""
        row = np.unique(rows)
        return cls(row, np.zeros(len(row)), row)

    def place(self, rows: Ints) -> Ints:
        """Place of entities in the layer, -1 where they are not in it. Shape of ``rows``."""
        if not len(self.row):
            return np.full(len(rows), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.row, rows), len(self.row) - 1)
        place: Ints = np.where(self.row[at] == rows, at, -1)
        return place

    def origin(self, row: int) -> int:
        """From where an entity of the layer is reached."""
        return int(self.before[np.searchsorted(self.row, row)])


def step(layer: Layer, graph: Surroundings, paid: bool, without: Ints) -> Layer:
    """Go one edge on from every entity of a layer.

    Args:
        layer: Where one stands.
        graph: The graph.
        paid: Whether passing the entities of the layer costs, and is not allowed everywhere.
        without: Entities one must not arrive at.

    Returns:
        Where one arrives, each entity by the cheapest way (of equal ones by the first row).
    """
    rows, cost = layer.row, layer.cost
    if paid:
        cost = cost + graph.cost[rows]
        open_rows = np.isfinite(cost)
        rows, cost = rows[open_rows], cost[open_rows]
    count = graph.start[rows + 1] - graph.start[rows]
    if count.sum() > BUDGET:
        order = np.argsort(cost, kind="stable")
        kept = np.sort(order[np.cumsum(count[order]) <= BUDGET])
        rows, cost, count = rows[kept], cost[kept], count[kept]
    ends = np.cumsum(count)
    edges = np.arange(count.sum()) + np.repeat(graph.start[rows] - ends + count, count)
    return _cheapest(
        graph.other[edges].astype(np.int64), np.repeat(cost, count), np.repeat(rows, count), without
    )


def _cheapest(row: Ints, cost: Doubles, before: Ints, without: Ints) -> Layer:
    allowed = ~np.isin(row, without)
    row, cost, before = row[allowed], cost[allowed], before[allowed]
    order = np.lexsort((before, cost, row))
    row = row[order]
    first = np.ones(len(row), dtype=bool)
    first[1:] = row[1:] != row[:-1]
    chosen = order[first]
    return Layer(row[first], cost[chosen], before[chosen])
