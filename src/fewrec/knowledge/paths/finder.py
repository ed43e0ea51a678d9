"""Finds the most specific paths between items and what a person likes.

A path may take up to four edges. Both ends walk two steps, and paths are put together where
they meet; so the work depends on the surroundings of the two ends, not on the size of the graph.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path as Folder

import numpy as np
import polars as pl

from fewrec.data.arrays import Doubles, Ints
from fewrec.data.dataset import Dataset, Triple
from fewrec.data.evidence import Path
from fewrec.knowledge.graph import Graph
from fewrec.knowledge.graph.mirrors import merge_mirrors
from fewrec.knowledge.graph.of_dataset import graph_of
from fewrec.knowledge.pairs import catalogue_pairs, number_bins
from fewrec.knowledge.paths.layers import Layer, Surroundings, step

HUB_SHARE = 0.05
"""No path passes an entity that stands next to more than this share of the items."""

HUB_LEAST = 10
"""Next to so many items an entity may stand in the smallest catalogue."""

LIKES = 50
"""So many of the latest likes are looked at."""


@dataclass(frozen=True)
class PathFinder:
    """Looks for paths in one graph.

    Attributes:
        graph: N entities.
        entity: Row of each item's entity in the graph, -1 where it has none. Shape [I].
        items: Ids of the I items.
        hub_share: Share of the items above which an entity connects too many, in (0, 1].
    """

    graph: Graph
    entity: Ints
    items: tuple[str, ...]
    hub_share: float = HUB_SHARE

    @classmethod
    def of(cls, dataset: Dataset) -> PathFinder | None:
        """Over the graph of a data set and what its catalogue's columns say.

        Relations that mirror each other are one; people are in no path.

        Returns:
            None where the data set has no graph.
        """
        told = merge_mirrors(graph_of(dataset))
        if not told.edges:
            return None
        links, catalog = dataset.links, dataset.catalog
        entities = [links.get(item, item) for item in catalog.items.ids]
        graph = _with(told, entities, catalogue_pairs(catalog, number_bins(catalog)))
        return cls(graph, graph.rows(entities), catalog.items.ids)

    def save(self, folder: Folder) -> None:
        """Write the graph and where its items stand to a new folder.

        Raises:
            DataError: It cannot be written.
        """
        self.graph.save(folder)
        np.save(folder / "items.npy", self.entity)

    @classmethod
    def open(cls, folder: Folder, items: tuple[str, ...]) -> PathFinder:
        """What ``save`` wrote; the graph stays in its files.

        Raises:
            DataError: The graph is broken.
            OSError: Files are missing.
        """
        return cls(Graph.open(folder), np.load(folder / "items.npy"), items)

    def extended(
        self, items: tuple[str, ...], links: Mapping[str, str], data: Dataset | None = None
    ) -> PathFinder:
        """For more items; those that no graph names have no paths.

        Args:
            items: Ids of all items, those it knew first.
            links: Entities of newcomers that go by another name in the graph.
            data: What newcomers came with: triples that name one of them join the graph, and
                what columns say of those. Without such triples the graph stays in its files.
        """
        known = len(self.items)
        news = [links.get(item, item) for item in items[known:]]
        brought = () if data is None else _brought(data, frozenset(news))
        if brought:
            return self._joined(items, news, brought)
        more = self.graph.rows(news)
        grown = replace(self, entity=np.concatenate([self.entity, more]), items=items)
        if "_around" in self.__dict__ and (more < 0).all():
            grown.__dict__["_around"] = self._around  # nothing came to the graph, so it holds
        return grown

    def _joined(
        self, items: tuple[str, ...], news: Sequence[str], brought: Sequence[Triple]
    ) -> PathFinder:
        """The graph with more triples; entities of all items are looked up anew."""
        named = self.graph.names(np.maximum(self.entity, 0)) if len(self.graph) else []
        old = [
            name if row >= 0 else item
            for item, name, row in zip(self.items, named, self.entity, strict=True)
        ]
        graph = Graph.of([*_triples(self.graph), *brought])
        return replace(self, graph=graph, entity=graph.rows([*old, *news]), items=items)

    def paths(self, liked: Ints, items: Ints, most: int = 3) -> list[tuple[Path, ...]]:
        """Paths from some items to liked ones.

        Args:
            liked: Rows of the items that a person likes, the latest first. Shape [H].
            items: Rows of the items to speak about. Shape [K].
            most: At most so many paths of one item; they part in the middle.

        Returns:
            K tuples, the most specific path first; its first one is the most specific path of
            up to four edges there is (as far as the budget of ``layers.step`` reaches).
        """
        ends = self.entity[liked[:LIKES]]
        ends = ends[ends >= 0]
        if not len(ends):
            return [() for _ in items]
        near = step(Layer.at(ends), self._around, False, ends)
        far = step(near, self._around, True, ends)
        return [self._of_item(int(self.entity[i]), ends, near, far, most) for i in items]

    def _of_item(
        self, row: int, liked: Ints, near: Layer, far: Layer, most: int
    ) -> tuple[Path, ...]:
        if row < 0 or row in liked:
            return ()
        origin = np.array([row])
        closed = np.append(liked, row)
        first = step(Layer.at(origin), self._around, False, closed)
        second = step(first, self._around, True, closed)
        meetings = [
            self._met(Layer.at(origin), near, False),
            self._met(first, near, True),
            self._met(second, near, True),
            self._met(second, far, True),
        ]
        walks: list[tuple[float, int, tuple[int, ...]]] = []
        for edges, (costs, middles) in enumerate(meetings, start=1):
            order = np.argsort(costs, kind="stable")
            found = 0
            for at in order.tolist():
                walk = _walk(edges, int(middles[at]), (row, second), (near, far))
                if len(set(walk)) == len(walk):
                    walks.append((float(costs[at]), edges, walk))
                    found += 1
                if found == most:
                    break
        return tuple(self._told(walk, cost) for cost, _, walk in sorted(walks)[:most])

    def _met(self, here: Layer, there: Layer, paid: bool) -> tuple[Doubles, Ints]:
        """Where two layers meet, and what the whole path costs. Shapes [M], [M]."""
        place = there.place(here.row)
        both = place >= 0
        rows = here.row[both]
        cost = here.cost[both] + there.cost[place[both]]
        if paid:
            cost = cost + self._around.cost[rows]
        allowed = np.isfinite(cost)
        return cost[allowed], rows[allowed]

    def _told(self, walk: Sequence[int], cost: float) -> Path:
        options = [self._edges(a, b) for a, b in pairwise(walk)]
        edges = _labelled(options)
        names = self.graph.names(np.array(walk))
        return Path(
            entities=tuple(names),
            relations=tuple(self.graph.relations[r] for r, _ in edges),
            forward=tuple(along for _, along in edges),
            items=tuple(self._item.get(row, "") for row in walk),
            specificity=-cost,
        )

    def _edges(self, a: int, b: int) -> list[tuple[int, bool]]:
        """Relations between two neighbours, those along the walk first."""
        found = self.graph.neighbours(a)
        same = found.other == b
        along = zip(found.relation[same], found.forward[same], strict=True)
        return [(int(relation), bool(forward)) for relation, forward in along]

    @cached_property
    def _item(self) -> dict[int, str]:
        """Entity -> id of its item."""
        return {int(row): name for row, name in zip(self.entity, self.items, strict=True)}

    @cached_property
    def _around(self) -> Surroundings:
        """The graph without directions, with the cost of passing each entity."""
        size = len(self.graph)
        head, _, tail = self.graph.triples()
        ends = np.concatenate([head, tail]).astype(np.int64)
        others = np.concatenate([tail, head]).astype(np.int64)
        key = np.unique(ends[ends != others] * max(size, 1) + others[ends != others])
        row, other = np.divmod(key, max(size, 1))
        start = np.searchsorted(row, np.arange(size + 1)).astype(np.int64)
        degree = np.diff(start)
        items = np.zeros(size, dtype=bool)
        items[self.entity[self.entity >= 0]] = True
        beside = np.bincount(row[items[other]], minlength=size)
        hub = beside > max(self.hub_share * int(items.sum()), HUB_LEAST)
        cost = np.where(hub, np.inf, np.log(np.maximum(degree, 1)))
        return Surroundings(start, other, cost)


def _with(graph: Graph, entities: Sequence[str], pairs: pl.DataFrame) -> Graph:
    """The graph with (row of the item, relation, value) of a catalogue.

    A value that is called as an item is named with its relation, so that the two stay apart.
    """
    return Graph.of([*_triples(graph), *_said(entities, pairs)])


def _said(entities: Sequence[str], pairs: pl.DataFrame) -> list[Triple]:
    """Triples of (row of the item, relation, value)."""
    reserved = frozenset(entities)
    return [
        (entities[row], said, f"{said} {value}" if value in reserved else value)
        for row, said, value in pairs.iter_rows()
    ]


def _triples(graph: Graph) -> list[Triple]:
    """All triples by name."""
    names = graph.names(np.arange(len(graph)))
    return [
        (names[h], graph.relations[r], names[t]) for h, r, t in zip(*graph.triples(), strict=True)
    ]


def _brought(data: Dataset, news: frozenset[str]) -> list[Triple]:
    """Triples that name a newcomer, and what lists and categories say of those it names."""
    given = [t for t in _triples(graph_of(data)) if t[0] in news or t[2] in news]
    if not given:
        return []
    catalog = data.catalog
    entities = [data.links.get(item, item) for item in catalog.items.ids]
    lists = frozenset(catalog.of_kind("category", "list", "person"))
    pairs = catalogue_pairs(catalog, number_bins(catalog))
    said = [t for t in _said(entities, pairs) if t[0] in news and t[1] in lists]
    return [*given, *said]


def _walk(
    edges: int, middle: int, item: tuple[int, Layer], liked: tuple[Layer, Layer]
) -> tuple[int, ...]:
    """Entities from the item over the meeting place to the liked one.

    Args:
        edges: How many edges the path has, 1 to 4.
        middle: Where the two sides met.
        item: The item, and what it reaches in two steps.
        liked: What liked items reach in one step and in two.
    """
    (row, second), (near, far) = item, liked
    left: tuple[int, ...] = () if edges == 1 else (row,)
    if edges > 2:
        left = (row, second.origin(middle))
    if edges < 4:
        return (*left, middle, near.origin(middle))
    last = far.origin(middle)
    return (*left, middle, last, near.origin(last))


def _labelled(options: Sequence[Sequence[tuple[int, bool]]]) -> list[tuple[int, bool]]:
    """One relation an edge; two edges in a row say the same in reverse where they can."""
    chosen: list[tuple[int, bool]] = []
    for place, some in enumerate(options):
        ahead = options[place + 1] if place + 1 < len(options) else ()
        same = [(r, f) for r, f in some if chosen and place % 2 and (r, not f) == chosen[-1]]
        pair = [(r, f) for r, f in some if place % 2 == 0 and (r, not f) in ahead]
        chosen.append((same or pair or list(some))[0])
    return chosen
