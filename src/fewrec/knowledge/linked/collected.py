"""Triples gathered from a stream in little memory: each name is held once, triples as numbers."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fewrec.data.arrays import Bools
from fewrec.errors import ConfigError, nearest

Numbers = npt.NDArray[np.signedinteger[Any]]

COLUMNS = ("head", "relation", "tail")


class Collected:
    """T triples over E entities and R relations, each triple once after ``settled``.

    Attributes:
        entities: Name -> number, in order of first appearance.
        relations: Name -> number, in order of first appearance.
    """

    def __init__(self) -> None:
        self.entities: dict[str, int] = {}
        self.relations: dict[str, int] = {}
        self._head, self._relation, self._tail = array("i"), array("i"), array("i")

    @classmethod
    def of(cls, triples: Iterable[tuple[str, str, str]]) -> Collected:
        """Gather triples from anywhere."""
        made = cls()
        for head, relation, tail in triples:
            made.add(head, relation, tail)
        return made

    def __len__(self) -> int:
        return len(self._head)

    def add(self, head: str, relation: str, tail: str) -> None:
        """Take one triple in."""
        entities, relations = self.entities, self.relations
        self._head.append(entities.setdefault(head, len(entities)))
        self._relation.append(relations.setdefault(relation, len(relations)))
        self._tail.append(entities.setdefault(tail, len(entities)))

    def arrays(self) -> tuple[Numbers, Numbers, Numbers]:
        """Numbers of head, relation and tail, four bytes each. Shapes [T]."""
        parts = (self._head, self._relation, self._tail)
        head, relation, tail = (np.frombuffer(part, dtype=np.int32) for part in parts)
        return head, relation, tail

    def settled(self) -> Collected:
        """The same, each triple once, in order of first appearance."""
        head, relation, tail = self.arrays()
        if not len(head):
            return self
        order = np.lexsort((tail, relation, head))
        same = np.zeros(len(head), dtype=bool)
        for part in (head, relation, tail):
            same[1:] |= part[order][1:] != part[order][:-1]
        same[0] = True
        return self._taking(np.sort(order[same]))

    def only(self, wanted: Iterable[str]) -> Collected:
        """The triples of some relations.

        Args:
            wanted: Names as they stand in the triples, or what ``short_name`` makes of them.

        Raises:
            ConfigError: A relation is not there; the message names the nearest ones.
        """
        chosen: set[int] = set()
        for name in wanted:
            found = [n for full, n in self.relations.items() if name in (full, short_name(full))]
            if not found:
                known = {short_name(full) for full in self.relations}
                raise ConfigError(
                    f"There is no relation {name!r} in the graph. "
                    f"{nearest(name, known, 'relations')}"
                )
            chosen.update(found)
        return self.where(np.isin(self.arrays()[1], list(chosen)))

    def where(self, kept: Bools) -> Collected:
        """Some of the triples. ``kept``: mask, shape [T]."""
        return self._taking(np.flatnonzero(kept))

    def renamed(self, entities: Mapping[str, str], relations: Mapping[str, str]) -> Collected:
        """The same triples under other names; names that are not in the mappings stay."""
        made = Collected()
        made.entities, entity = _renumbered(self.entities, entities)
        made.relations, kind = _renumbered(self.relations, relations)
        head, relation, tail = self.arrays()
        made._fill(entity[head], kind[relation], entity[tail])
        return made

    def with_edges(
        self, relations: Sequence[str], head: Numbers, relation: Numbers, tail: Numbers
    ) -> Collected:
        """Other triples over the same entities.

        Args:
            relations: Names of the R relations.
            head: Shape [T].
            relation: From 0 to R - 1. Shape [T].
            tail: Shape [T].
        """
        made = Collected()
        made.entities = self.entities
        made.relations = {name: n for n, name in enumerate(relations)}
        made._fill(head, relation, tail)
        return made

    def frames(self, rows: int = 500_000) -> Iterator[pl.DataFrame]:
        """The triples as text, so many rows at a time: columns ``head``, ``relation``, ``tail``."""
        names = pl.Series(list(self.entities), dtype=pl.String)
        kinds = pl.Series(list(self.relations), dtype=pl.String)
        head, relation, tail = self.arrays()
        for start in range(0, len(head), rows):
            part = slice(start, start + rows)
            cells = (
                names.gather(head[part]),
                kinds.gather(relation[part]),
                names.gather(tail[part]),
            )
            yield pl.DataFrame(dict(zip(COLUMNS, cells, strict=True)))

    def frame(self) -> pl.DataFrame:
        """All triples as text; empty with the three columns where there is none."""
        empty = pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String))
        return pl.concat([empty, *self.frames()])

    def _taking(self, rows: Numbers) -> Collected:
        """Some triples; names that no triple has any more are forgotten."""
        head, relation, tail = (part[rows] for part in self.arrays())
        made = Collected()
        made.entities, both = _kept(self.entities, np.stack([head, tail], axis=1).ravel())
        made.relations, relation = _kept(self.relations, relation)
        made._fill(both[::2], relation, both[1::2])
        return made

    def _fill(self, *edges: Numbers) -> None:
        for part, numbers in zip((self._head, self._relation, self._tail), edges, strict=True):
            part.frombytes(np.ascontiguousarray(numbers, dtype=np.int32).tobytes())


def short_name(relation: str) -> str:
    """The last part of a relation's name: ``director`` of DBpedia."""
    last = relation.rstrip("/#").rpartition("#")[2].rpartition("/")[2]
    return last if "://" in relation else last.rpartition(".")[2]


def _renumbered(names: dict[str, int], new: Mapping[str, str]) -> tuple[dict[str, int], Numbers]:
    """New names, and the new number of each old one; two old names may become one."""
    made: dict[str, int] = {}
    numbers = [made.setdefault(new.get(name, name), len(made)) for name in names]
    return made, np.array(numbers, dtype=np.int32)


def _kept(names: dict[str, int], used: Numbers) -> tuple[dict[str, int], Numbers]:
    """The names that are used, in their order, and the numbers under the new numbering."""
    present = np.zeros(len(names), dtype=bool)
    present[used] = True
    place = np.cumsum(present, dtype=np.int32) - 1
    kept = {name: int(place[n]) for name, n in names.items() if present[n]}
    return kept, place[used]
