"""Circumstances of interactions: the visit a row belongs to, the device, the place it was shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Bools, Doubles, Ints

COLUMNS = ("device", "surface")
"""Columns of interactions that say where something happened."""

HOURS = 4
"""Hours of the day that count as one time of day."""

DAY = 86_400.0


@dataclass(frozen=True)
class Circumstances:
    """What surrounded R rows.

    Attributes:
        visit: Number of the visit as the data name it, -1 where they do not. Shape [R].
        said: Places in ``names`` of what was said of each row, -1 for nothing. Shape [R, C].
        names: Strings such as ``device=phone``.
    """

    visit: Ints
    said: Ints
    names: tuple[str, ...] = ()

    @classmethod
    def unknown(cls, rows: int) -> Circumstances:
        """Nothing is known of so many rows."""
        return cls(np.full(rows, -1, dtype=np.int64), np.full((rows, 0), -1, dtype=np.int64))

    def where(self, rows: Bools | Ints) -> Circumstances:
        """Some of the rows. ``rows``: mask [R] or row numbers [N]."""
        return Circumstances(self.visit[rows], self.said[rows], self.names)

    def plus(self, more: Circumstances) -> Circumstances:
        """These rows, then others; visits of the others have other numbers."""
        names = tuple(dict.fromkeys((*self.names, *more.names)))
        place = np.array([names.index(name) for name in more.names] + [-1], dtype=np.int64)
        width = max(self.said.shape[1], more.said.shape[1])
        parts = [
            np.pad(said, ((0, 0), (0, width - said.shape[1])), constant_values=-1)
            for said in (self.said, place[more.said])
        ]
        first = int(self.visit.max(initial=-1)) + 1
        later = np.where(more.visit >= 0, more.visit + first, -1)
        return Circumstances(np.concatenate([self.visit, later]), np.concatenate(parts), names)

    def words(self, row: int) -> tuple[str, ...]:
        """What was said of one row."""
        return tuple(self.names[place] for place in self.said[row] if place >= 0)


def time_words(timestamp: Doubles) -> list[tuple[str, ...]]:
    """Time of day and day of the week, in UTC, of N times; nothing for unknown times.

    Args:
        timestamp: Seconds since 1970, NaN where unknown. Shape [N].

    Returns:
        ``("hour=20-23", "weekday=Sat")`` for each.
    """
    answer: list[tuple[str, ...]] = []
    for time in timestamp.tolist():
        if not np.isfinite(time):
            answer.append(())
            continue
        hour = int(time % DAY // 3600) // HOURS * HOURS
        answer.append(
            (f"hour={hour:02}-{hour + HOURS - 1:02}", f"weekday={_DAYS[int(time // DAY) % 7]}")
        )
    return answer


_DAYS = ("Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed")
"""Days of the week, beginning with that of 1 January 1970."""


def coded(rows: Sequence[Sequence[str]]) -> tuple[Ints, tuple[str, ...]]:
    """Strings of R rows as places in a list of names. Shape [R, C] and the names."""
    names = tuple(dict.fromkeys(word for row in rows for word in row))
    place = {name: n for n, name in enumerate(names)}
    width = max((len(row) for row in rows), default=0)
    said = np.full((len(rows), width), -1, dtype=np.int64)
    for n, row in enumerate(rows):
        said[n, : len(row)] = [place[word] for word in row]
    return said, names
