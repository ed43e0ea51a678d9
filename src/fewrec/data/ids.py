"""Ids as the user wrote them, and the row numbers that stand for them inside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from fewrec.data.arrays import Ints


@dataclass(frozen=True)
class IdMap:
    """A frozen, ordered set of ids: id <-> row number.

    Ids are strings, exactly as in the file: ``007`` and ``7`` are two ids.
    """

    ids: tuple[str, ...]
    _rows: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rows = {name: row for row, name in enumerate(self.ids)}
        if len(rows) != len(self.ids):
            raise ValueError("IdMap: the same id was given twice")
        object.__setattr__(self, "_rows", rows)

    @classmethod
    def of(cls, *sources: Iterable[str]) -> IdMap:
        """Collect ids in order of first appearance over several sources."""
        return cls(tuple(dict.fromkeys(name for source in sources for name in source)))

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def row(self, name: str) -> int | None:
        """Row number of an id, or None where it is unknown."""
        return self._rows.get(name)

    def rows(self, names: Iterable[str]) -> Ints:
        """Row numbers of many ids; -1 where an id is unknown. Shape [N]."""
        return np.fromiter((self._rows.get(name, -1) for name in names), dtype=np.int64)

    def extended(self, names: Iterable[str]) -> IdMap:
        """A map with further ids appended; the rows of known ids stay as they are."""
        more = tuple(dict.fromkeys(name for name in names if name not in self._rows))
        return IdMap((*self.ids, *more)) if more else self
