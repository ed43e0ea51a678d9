"""Numbers names and edges of triples that come in chunks; memory holds a hash of each name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from fewrec.data.arrays import Ints
from fewrec.knowledge.graph.files import new_array
from fewrec.knowledge.graph.names import Hashes, Index, hashed, offsets


@dataclass
class Seen:
    """Rows of the names met so far: runs of doubling size, so that adding stays linear."""

    runs: list[Index] = field(default_factory=list)
    size: int = 0

    def __len__(self) -> int:
        return self.size

    def rows(self, hashes: Hashes) -> Ints:
        """Rows of n hashes, -1 where new. Shape [n]."""
        found = np.full(len(hashes), -1, dtype=np.int64)
        for run in self.runs:
            left = np.flatnonzero(found < 0)
            found[left] = run.find(hashes[left])
        return found

    def add(self, hashes: Hashes) -> Ints:
        """Give n new names the next rows. Shape [n]."""
        rows = np.arange(self.size, self.size + len(hashes))
        self.size += len(hashes)
        run = Index.of(hashes, rows)
        while self.runs and len(self.runs[-1].rows) <= 2 * len(run.rows):
            run = _merged(self.runs.pop(), run)
        self.runs.append(run)
        return rows

    def index(self) -> Index:
        """All of them."""
        run = Index.of(np.zeros((0, 2), dtype=np.uint64), np.zeros(0, dtype=np.int64))
        while self.runs:
            run = _merged(self.runs.pop(), run)
        return run


def _merged(one: Index, other: Index) -> Index:
    hashes = np.concatenate([one.hashes, other.hashes])
    return Index.of(hashes, np.concatenate([one.rows, other.rows]))


class Coded:
    """Triples as row numbers in one file, names in another."""

    def __init__(self, draft: Path, work: Path) -> None:
        self.seen, self.relations = Seen(), dict[str, int]()
        self.edges = 0
        self._draft = draft
        self._blob, self._starts, self._edges = work / "blob", work / "starts", work / "edges"
        for file in (self._blob, self._starts, self._edges):
            file.touch()
        self._end = 0

    def add(self, chunk: pl.DataFrame) -> None:
        """Number the names of a chunk and keep its edges."""
        if not chunk.height:
            return
        rows = np.empty((chunk.height, 3), dtype=np.int64)
        rows[:, [0, 2]] = self._entities(chunk).reshape(-1, 2)
        rows[:, 1] = self._numbers(chunk["relation"])
        with self._edges.open("ab") as stream:
            rows.tofile(stream)
        self.edges += chunk.height

    def _entities(self, chunk: pl.DataFrame) -> Ints:
        """Rows of head, tail, head, tail, ... Shape [2 * n]."""
        both = pl.concat([chunk["head"].rename("e"), chunk["tail"].rename("e")])
        turned = both.gather(np.arange(2 * chunk.height).reshape(2, -1).T.ravel())
        names = turned.unique(maintain_order=True)
        codes = turned.replace_strict(names, pl.int_range(len(names), eager=True))
        hashes = hashed(names.to_list())
        rows = self.seen.rows(hashes)
        new = np.flatnonzero(rows < 0)
        if len(new):
            rows[new] = self.seen.add(hashes[new])
            self._keep([name.encode() for name in names.gather(new).to_list()])
        found: Ints = rows[codes.to_numpy()]
        return found

    def _keep(self, coded: list[bytes]) -> None:
        with self._blob.open("ab") as stream:
            stream.write(b"".join(coded))
        start = offsets(coded) + self._end
        self._end = int(start[-1])
        with self._starts.open("ab") as stream:
            start[:-1].tofile(stream)

    def _numbers(self, relations: pl.Series) -> Ints:
        for name in relations.unique(maintain_order=True).to_list():
            self.relations.setdefault(name, len(self.relations))
        known = pl.Series(list(self.relations)), pl.Series(list(self.relations.values()))
        found: Ints = relations.replace_strict(*known).cast(pl.Int64).to_numpy()
        return found

    def finish(self) -> None:
        """Write names, offsets and index into the draft."""
        start = np.append(np.fromfile(self._starts, dtype=np.int64), self._end)
        np.save(self._draft / "names-start.npy", start)
        blob = new_array(self._draft / "names.npy", self._end, np.uint8)
        with self._blob.open("rb") as stream:
            at = 0
            while part := stream.read(1 << 24):
                blob[at : at + len(part)] = np.frombuffer(part, dtype=np.uint8)
                at += len(part)
        index = self.seen.index()
        np.save(self._draft / "index-hashes.npy", index.hashes)
        np.save(self._draft / "index-rows.npy", index.rows)

    def parts(self, size: int) -> Iterator[Ints]:
        """The edges as they came. Shapes [at most size, 3]."""
        with self._edges.open("rb") as stream:
            while len(part := np.fromfile(stream, dtype=np.int64, count=3 * size)):
                yield part.reshape(-1, 3)
