"""A data folder, read and checked: everything a model is fitted on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from fewrec.data.catalog import Catalog
from fewrec.data.events import Interactions
from fewrec.data.ids import IdMap
from fewrec.data.people import People, without_friends
from fewrec.errors import EmptyData

Triple = tuple[str, str, str]


@dataclass(frozen=True)
class Dataset:
    """Interactions, catalogue, people and graph over the same id maps.

    ``interactions.items`` is ``catalog.items`` and ``interactions.users`` is ``people.users``:
    an item that only stands in one table is in both maps.

    Attributes:
        name: What to call it in tables and reports.
        interactions: Labelled rows; may be empty.
        catalog: The items.
        people: The users.
        triples: (head, relation, tail) of the graph; ids of items and users are entities.
        links: Item id -> entity id in the graph, where they differ.
        fingerprint: SHA-256 of the tables' content, first 16 hexadecimal digits.
        notes: What was decided or dropped while reading, sentence by sentence.
    """

    name: str
    interactions: Interactions
    catalog: Catalog
    people: People
    triples: tuple[Triple, ...] = ()
    links: dict[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    notes: tuple[str, ...] = ()

    def without_graph(self) -> Dataset:
        """The same data as if there were no graph: no triples, no links, no friends."""
        bare = tuple(without_friends(said) for said in self.people.attributes)
        people = replace(self.people, attributes=bare)
        mark = f"{self.fingerprint} without graph" if self.fingerprint else ""
        return replace(self, people=people, triples=(), links={}, fingerprint=mark)

    def liked_items(self, least: int) -> Dataset:
        """Only the items with at least so many likes, and the rows on them; nobody is left out.

        Args:
            least: Number of likes; everything stays where it is 0.

        Raises:
            EmptyData: No item has so many.
        """
        rows, items = self.interactions, self.catalog.items
        likes = np.bincount(rows.item[rows.label > 0], minlength=len(items))
        kept = np.flatnonzero(likes >= least)
        if not len(kept):
            raise EmptyData(f"{self.name}: no item has {least} likes", fix="Ask for fewer.")
        if len(kept) == len(items):
            return self
        ids = IdMap(tuple(items.ids[i] for i in kept))
        table = self.catalog.table
        table = table[kept.tolist()] if table.width else pl.DataFrame(height=len(kept))
        place = np.full(len(items), -1, dtype=np.int64)
        place[kept] = np.arange(len(kept))
        return replace(
            self,
            interactions=rows.renumbered(rows.users, ids, item=place),
            catalog=Catalog(ids, table, self.catalog.kinds),
            fingerprint=f"{self.fingerprint} items with {least} likes",
        )

    @property
    def calibrated(self) -> bool:
        """True where the data hold likes and non-likes, so that P(like) has a base rate."""
        return self.interactions.has_negatives
