"""The catalogue: one row an item, its title, and typed columns of whatever else is known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import polars as pl

from fewrec.data.ids import IdMap
from fewrec.errors import AmbiguousTitle, UnknownId, nearest

ColumnKind = Literal[
    "title", "text", "category", "list", "number", "year", "person", "vector", "skip"
]

_TRAILING_YEAR = re.compile(r"\s*\(\d{4}\)\s*$")


@dataclass(frozen=True)
class Catalog:
    """I items with their columns.

    Attributes:
        items: Ids of the I items, in the order of the table's rows.
        table: The columns, I rows, without the id column; may have none at all.
            Columns of kind list and person hold ``List(String)``, number and year ``Float64``,
            vector ``List(Float64)``, title, text and category ``String``; ``available_from``
            and ``available_until`` (kind skip) are seconds since 1970.
        kinds: What each column is.
    """

    items: IdMap
    table: pl.DataFrame
    kinds: dict[str, ColumnKind]

    def __len__(self) -> int:
        return len(self.items)

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The title of each item; its id where it has none."""
        named = [name for name, kind in self.kinds.items() if kind == "title"]
        if not named:
            return self.items.ids
        given = self.table[named[0]].to_list()
        return tuple(t if t else i for t, i in zip(given, self.items.ids, strict=True))

    def of_kind(self, *kinds: ColumnKind) -> list[str]:
        """Names of the columns of some kinds, in the table's order."""
        return [name for name in self.table.columns if self.kinds.get(name) in kinds]

    def find(self, name: str) -> int:
        """Row of an item named by id, by exact title, or loosely by title.

        Loosely means without regard to case and to a trailing "(year)".

        Args:
            name: An id or a title.

        Returns:
            The row number.

        Raises:
            UnknownId: Nothing has this id or title; the message offers the nearest titles.
            AmbiguousTitle: Several items fit; the message lists their ids.
        """
        row = self.items.row(name)
        if row is not None:
            return row
        titles = self.titles
        loose = self._by_loose_title.get(loose_title(name), ())
        for found in ([r for r in loose if titles[r] == name], loose):
            if len(found) == 1:
                return found[0]
            if found:
                ids = ", ".join(f"{self.items.ids[r]!r} ({titles[r]})" for r in found)
                raise AmbiguousTitle(f"{name!r} fits several items: {ids}. Name one by its id.")
        raise UnknownId(
            f"there is no item with the id or title {name!r}", fix=nearest(name, titles, "titles")
        )

    @cached_property
    def _by_loose_title(self) -> Mapping[str, Sequence[int]]:
        rows: dict[str, list[int]] = {}
        for row, title in enumerate(self.titles):
            rows.setdefault(loose_title(title), []).append(row)
        return rows


def loose_title(title: str) -> str:
    """A title without case and trailing "(year)", for lenient look-ups."""
    return _TRAILING_YEAR.sub("", title).strip().casefold()
