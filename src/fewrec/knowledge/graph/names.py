"""Names of many entities: one UTF-8 blob with offsets, and an index from name to row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from fewrec.data.arrays import Ints

Bytes = NDArray[np.uint8]
Hashes = NDArray[np.uint64]
"""Two words a name (128 bits of BLAKE2b): equal hashes mean equal names. Shape [N, 2]."""


@dataclass(frozen=True)
class Index:
    """Rows by the hash of their name.

    Attributes:
        hashes: Ascending by first and second word. Shape [N, 2].
        rows: Row of each. Shape [N].
    """

    hashes: Hashes
    rows: Ints

    @classmethod
    def of(cls, hashes: Hashes, rows: Ints) -> Index:
        """Sort N hashes and the rows that go with them."""
        order = np.lexsort((hashes[:, 1], hashes[:, 0]))
        return cls(hashes[order], rows[order])

    def find(self, wanted: Hashes) -> Ints:
        """Row of each of n hashes, -1 where it is not in the index. Shape [n]."""
        found = np.full(len(wanted), -1, dtype=np.int64)
        first = self.hashes[:, 0]
        place = np.searchsorted(first, wanted[:, 0])
        open_ = np.flatnonzero(place < len(first))
        while len(open_):  # a second turn only where two names share the first word
            at = place[open_]
            same = first[at] == wanted[open_, 0]
            hit = same & (self.hashes[at, 1] == wanted[open_, 1])
            found[open_[hit]] = self.rows[at[hit]]
            open_ = open_[same & ~hit]
            place[open_] += 1
            open_ = open_[place[open_] < len(first)]
        return found


@dataclass(frozen=True)
class Names:
    """N names.

    Attributes:
        blob: All names after each other, UTF-8. Shape [bytes].
        start: Where each begins; the last number is the end. Shape [N + 1].
        index: From name to row.
    """

    blob: Bytes
    start: Ints
    index: Index

    @classmethod
    def of(cls, names: Sequence[str]) -> Names:
        """Lay out N different names."""
        coded = [name.encode() for name in names]
        blob = np.frombuffer(b"".join(coded), dtype=np.uint8)
        index = Index.of(hashed(names), np.arange(len(coded)))
        return cls(blob, offsets(coded), index)

    def __len__(self) -> int:
        return len(self.start) - 1

    def texts(self, rows: Ints) -> list[str]:
        """The names of n rows. n texts."""
        rows = np.asarray(rows, dtype=np.int64)
        begins, ends = self.start[rows].tolist(), self.start[rows + 1].tolist()
        pairs = zip(begins, ends, strict=True)
        return [bytes(self.blob[begin:end]).decode() for begin, end in pairs]


def offsets(coded: Sequence[bytes]) -> Ints:
    """Where each of N byte strings begins, and where the last ends. Shape [N + 1]."""
    start = np.zeros(len(coded) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, coded), dtype=np.int64, count=len(coded)), out=start[1:])
    return start


def hashed(names: Sequence[str]) -> Hashes:
    """128 bits of BLAKE2b of each of n names. Shape [n, 2]."""
    digests = b"".join([blake2b(name.encode(), digest_size=16).digest() for name in names])
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64, copy=False).reshape(-1, 2)
