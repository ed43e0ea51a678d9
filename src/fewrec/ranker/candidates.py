"""Candidates in large catalogues: whose text is worth comparing, found without comparing all.

Counts, factors and item-item weights are cheap enough to score every item of a million. Likeness
of texts is not: each liked item is compared with every vector. From ``LARGE`` items on, only the
items of the nearest cells of an inverted file are compared; all others share one value, the mean
likeness of a sample. Every other expert still scores the whole catalogue, so that an item far
from what a person likes can be a candidate by anything else. The best of the sum are then scored
again with their true likeness.

Source: Jegou, Douze and Schmid (2011), "Product Quantization for Nearest Neighbor Search", the
inverted file; vectors in it are numbers of 8 bits, likeness is then worked out exactly.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from fewrec.data.arrays import Floats, Ints
from fewrec.data.histories import Histories

Bytes = NDArray[np.uint8]

LARGE = 100_000
"""Catalogues of so many items or more are searched, smaller ones compared as a whole."""

NEIGHBOURS = 1000
"""Items that are compared exactly with a liked one."""

SAMPLE = 2000
"""Items drawn to learn what is usual among all others."""

FOUND = 0.98
"""Share of the true neighbours that must be found in a trial before fewer cells are searched."""

TRIED, TRAINED = 50, 64
"""Items searched for in the trial; items a cell is learned from."""

RESCORED = 2000
"""So many of the best items of a person are scored again, exactly."""

CELLS_TRIED = (4, 8, 16, 32, 64, 128)


def none() -> Bytes:
    """No inverted file: everything is compared with everything."""
    return np.zeros(0, dtype=np.uint8)


def inverted_file(vectors: Floats) -> Bytes:
    """An inverted file of items, as bytes; none where there are few items or faiss is not there.

    Args:
        vectors: Of length 1. Shape [I, D].

    Returns:
        What ``Neighbourhood`` opens.
    """
    faiss = _faiss() if len(vectors) >= LARGE and vectors.shape[1] else None
    if faiss is None:
        return none()
    cells = int(4 * np.sqrt(len(vectors)))
    index = faiss.index_factory(vectors.shape[1], f"IVF{cells},SQ8", faiss.METRIC_INNER_PRODUCT)
    random = np.random.default_rng(0)
    index.train(vectors[random.permutation(len(vectors))[: TRAINED * cells]])
    index.add(vectors)
    trial = vectors[random.permutation(len(vectors))[:TRIED]]
    index.nprobe = _cells_needed(index, vectors, trial)
    made: Bytes = faiss.serialize_index(index)
    return made


def _cells_needed(index: Any, vectors: Floats, trial: Floats) -> int:  # noqa: ANN401 - of faiss
    """Cells to search so that the nearest hundredth of the neighbours is found nearly always."""
    nearest = NEIGHBOURS // 10
    likeness = trial @ vectors.T
    truth = np.argpartition(-likeness, nearest - 1, axis=1)[:, :nearest]
    for cells in CELLS_TRIED:
        index.nprobe = cells
        found = index.search(trial, NEIGHBOURS)[1]
        share = np.mean([np.isin(t, f).mean() for t, f in zip(truth, found, strict=True)])
        if share >= FOUND:
            return cells
    return CELLS_TRIED[-1]


def _faiss() -> Any:  # noqa: ANN401 - faiss has no types
    """Faiss on one thread, or None where it is not installed."""
    try:
        import faiss
    except ImportError:
        return None
    faiss.omp_set_num_threads(1)
    return faiss


@runtime_checkable
class Approximate(Protocol):
    """A fitted ranker that may score a whole catalogue roughly, and some items exactly."""

    @property
    def rough(self) -> bool:
        """Whether its scores of all items are not exact."""
        ...

    def exact(self, person: Histories, items: Ints) -> Floats:
        """Exact scores of N items for one person (B = 1). Shape [N]."""
        ...


def rescored(
    scores: Floats, gate: Floats, expert: Approximate, rough: Floats, person: Histories
) -> Floats:
    """Scores of all items, those of the best with what an expert says of them exactly.

    Args:
        scores: The fusion's sum. Shape [I].
        gate: The expert's weight at each item. Shape [I].
        expert: One whose scores of all items are rough.
        rough: These scores. Shape [I].
        person: The person (B = 1).

    Returns:
        Shape [I].
    """
    best = np.argpartition(-scores, min(RESCORED, len(scores)) - 1)[:RESCORED]
    unseen = np.delete(rough, person.ruled_out())
    spread = float(unseen.std())
    if spread > 0.0:
        off = expert.exact(person, best) - rough[best]
        scores[best] += gate[best] * off / np.float32(spread)
    return scores


class Neighbourhood:
    """Finds the neighbours of items.

    Args:
        vectors: Of length 1; items after those in the file are compared one by one. [I, D].
        file: From ``inverted_file``.
    """

    def __init__(self, vectors: Floats, file: Bytes) -> None:
        self._vectors, self._file = vectors, file
        random = np.random.default_rng(0)
        self._sample = random.permutation(len(vectors))[:SAMPLE]

    @cached_property
    def _index(self) -> Any:  # noqa: ANN401 - faiss has no types
        faiss = _faiss()
        return None if faiss is None else faiss.deserialize_index(self._file)

    @property
    def usable(self) -> bool:
        """Whether there is a file, and faiss to read it."""
        return len(self._file) > 0 and self._index is not None

    def likeness(self, rows: Ints) -> Floats:
        """Cosine of some items with all, at least 0: exact for neighbours, usual elsewhere.

        Args:
            rows: Shape [N].

        Returns:
            Shape [N, I].
        """
        asked = self._vectors[rows]
        usual = np.maximum(asked @ self._vectors[self._sample].T, 0.0)
        found = self._index.search(asked, NEIGHBOURS)[1]
        new = np.arange(self._index.ntotal, len(self._vectors))
        near = np.empty((len(rows), len(self._vectors)), dtype=np.float32)
        for n in range(len(rows)):
            some = np.concatenate([found[n][found[n] >= 0], new])
            rest = ~np.isin(self._sample, some)
            # the root mean square keeps the mean of the squares, which is what is added up
            near[n] = np.sqrt(np.mean(usual[n, rest] ** 2)) if rest.any() else 0.0
            near[n, some] = np.maximum(self._vectors[some] @ asked[n], 0.0)
        return near
