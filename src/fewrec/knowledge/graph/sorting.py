"""Sorting more numbers than memory holds: a sample sort over files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from fewrec.data.arrays import Ints

SAMPLE = 512
"""Numbers looked at for each bucket that is to be made."""


class SortedUnique:
    """Different numbers of a long stream in ascending order, in bounded memory.

    The stream is cut into buckets at quantiles of a sample; each bucket is a file that is
    sorted on its own. Equal numbers meet in one bucket and count once.

    Args:
        folder: An empty folder for the buckets.
        sample: Numbers drawn from the stream. Shape [s].
        total: How many numbers the stream has, duplicates included.
        limit: About as many of them are in memory at a time.
    """

    def __init__(self, folder: Path, sample: Ints, total: int, limit: int) -> None:
        buckets = max(1, -(-total // max(limit // 2, 1)))
        places = np.linspace(0, 1, buckets + 1)[1:-1]
        cuts = np.quantile(sample, places, method="lower") if len(sample) else np.zeros(0)
        self._cuts: Ints = np.unique(cuts.astype(np.int64))
        self._files = [folder / f"bucket-{n}" for n in range(len(self._cuts) + 1)]

    def take(self, parts: Iterable[Ints]) -> int:
        """Read the stream.

        Returns:
            How many different numbers it has.
        """
        for part in parts:
            self._divide(part)
        return sum(self._sort(file) for file in self._files)

    def __iter__(self) -> Iterator[Ints]:
        """The different numbers, ascending, part by part; may be asked for several times."""
        for file in self._files:
            if file.exists():
                yield np.fromfile(file, dtype=np.int64)

    def _divide(self, part: Ints) -> None:
        bucket = np.searchsorted(self._cuts, part, side="right")
        order = np.argsort(bucket, kind="stable")
        ends = np.searchsorted(bucket[order], np.arange(len(self._files) + 1))
        for number, file in enumerate(self._files):
            chosen = part[order[ends[number] : ends[number + 1]]]
            if len(chosen):
                with file.open("ab") as stream:
                    chosen.tofile(stream)

    def _sort(self, file: Path) -> int:
        if not file.exists():
            return 0
        found = np.unique(np.fromfile(file, dtype=np.int64))
        found.tofile(file)
        return len(found)
