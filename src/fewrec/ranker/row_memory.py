"""Rows of a matrix that is too large to hold, remembered as far as there is room."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import saxpy

from fewrec.data.arrays import Floats, Ints

MEMORY_BYTES = 200_000_000
"""Room for the rows of one matrix: all of those of 10,000 items."""


@dataclass(frozen=True)
class Row:
    """A row as multiples of a unit. ``values``: shape [I]."""

    values: NDArray[np.float32] | NDArray[np.int16]
    unit: float


def _kept(row: Floats, exact: bool) -> Row:
    if exact:
        return Row(np.array(row), 1.0)
    unit = float(np.abs(row).max(initial=0.0)) / 32_767 or 1.0
    return Row(np.rint(row / np.float32(unit)).astype(np.int16), unit)


class RowMemory:
    """Weighted sums of the rows of a matrix, which are worked out once and kept while asked for.

    Where not all rows find room, they are kept as whole numbers of 16 bits: twice as many find
    some, and a value is off by at most 1/65,534 of the largest of its row.

    Attributes:
        most: How many rows find room.

    Args:
        rows: Works out some rows, shape [N] to shape [N, I].
        items: I.
        room: Bytes the remembered rows may fill; those not asked for longest leave first.
    """

    def __init__(
        self, rows: Callable[[Ints], Floats], items: int, room: int = MEMORY_BYTES
    ) -> None:
        self._rows, self._items = rows, items
        self._exact = 4 * items * items <= room
        self.most = max(1, room // ((4 if self._exact else 2) * max(items, 1)))
        self._known: OrderedDict[int, Row] = OrderedDict()
        self._lock = threading.Lock()

    def weighted(self, rows: Ints, share: Floats) -> Floats:
        """The sum of ``share`` times the rows, in order.

        Args:
            rows: Which ones; one may stand there twice. Shape [H].
            share: Weights. Shape [H].

        Returns:
            Shape [I].
        """
        total = np.zeros(self._items, dtype=np.float32)
        for row, weight in zip(self._found(rows.tolist()), share.tolist(), strict=True):
            values = row.values.astype(np.float32, copy=False)
            total = saxpy(values, total, a=weight * row.unit)
        return total

    def learn(self, rows: Ints) -> None:
        """Work out some rows ahead."""
        self._found(rows.tolist())

    def _found(self, rows: list[int]) -> list[Row]:
        with self._lock:
            held = {row: self._known.get(row) for row in rows}
            for row, known in held.items():
                if known is not None:
                    self._known.move_to_end(row)
        wanted = [row for row, known in held.items() if known is None]
        if wanted:
            made = self._rows(np.array(wanted, dtype=np.int64))
            fresh = {row: _kept(made[n], self._exact) for n, row in enumerate(wanted)}
            held.update(fresh)
            self._keep(fresh)
        return [held[row] for row in rows]  # type: ignore[misc]

    def _keep(self, fresh: dict[int, Row]) -> None:
        with self._lock:
            self._known.update(fresh)
            while len(self._known) > self.most:
                self._known.popitem(last=False)
