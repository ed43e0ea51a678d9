"""What a peer's program reads and writes: likes of training people, likes of people asked about.

A job is a folder with ``job.json``: ``seconds`` and ``tasks``. Each task has a ``model``, a
``seed``, ``settings`` and files: ``train`` and ``asked`` (likes person by person, oldest first:
``start`` [B + 1], ``item`` [H], ``items``) and ``out``, for the scores [B, I]; -inf or NaN is "no
score". A task that fails leaves its reason in ``out`` with the suffix ``.error``; one that has
begun leaves ``.begun``.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

Scores = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Likes:
    """Liked items of B people, one person after the other, oldest first.

    Attributes:
        start: Person b owns the rows ``start[b]:start[b + 1]``. Shape [B + 1].
        item: Item row numbers. Shape [H].
        items: I, the size of the catalogue.
    """

    start: npt.NDArray[np.int64]
    item: npt.NDArray[np.int64]
    items: int

    def __len__(self) -> int:
        return len(self.start) - 1

    @classmethod
    def load(cls, file: Path) -> Likes:
        """Read what ``save`` wrote."""
        with np.load(file) as arrays:
            return cls(arrays["start"], arrays["item"], int(arrays["items"]))

    def save(self, file: Path) -> None:
        """Write as npz."""
        np.savez(file, start=self.start, item=self.item, items=np.int64(self.items))

    @property
    def person(self) -> npt.NDArray[np.int64]:
        """Whose row each is. Shape [H]."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    def of(self, person: int) -> npt.NDArray[np.int64]:
        """Items of one person, oldest first."""
        return self.item[self.start[person] : self.start[person + 1]]

    def matrix(self) -> sparse.csr_matrix:
        """1 where a person likes an item. Shape [B, I], float32."""
        matrix = sparse.csr_matrix(
            (np.ones(len(self.item), np.float32), (self.person, self.item)),
            (len(self), self.items),
        )
        matrix.sum_duplicates()
        matrix.data[:] = 1
        return matrix


@dataclass(frozen=True)
class Task:
    """What a model is given.

    Attributes:
        train: Likes to learn from; only people with a like.
        asked: Likes of the people to be scored.
        settings: Of the model, by name.
        seed: Of all randomness.
        seconds: Of processor time, after which a fit that can stop early should.
        folder: Of the job, with ``texts.json`` and ``vectors.npy`` where items have texts.
    """

    train: Likes
    asked: Likes
    settings: Mapping[str, Any]
    seed: int
    seconds: float
    folder: Path


Model = Callable[[Task], Scores]
"""Fits and scores all items for the people asked about. Shape [B, I]."""


def mean_of_liked(likes: Likes, factors: Scores) -> Scores:
    """A person as the mean of the factors of what they like. Shape [B, F]."""
    count = np.maximum(np.diff(likes.start), 1)[:, None]
    summed: Scores = np.asarray(likes.matrix() @ factors)
    return summed / count


def run(models: Mapping[str, Model], folder: Path) -> None:
    """Carry out the tasks of a job, one after the other; a failed one does not stop the rest."""
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    for told in job["tasks"]:
        out = folder / told["out"]
        out.with_suffix(".begun").touch()
        begun, cpu = time.perf_counter(), time.process_time()
        try:
            scores = models[told["model"]](
                Task(
                    Likes.load(folder / told["train"]),
                    Likes.load(folder / told["asked"]),
                    told["settings"],
                    told["seed"],
                    job["seconds"],
                    folder,
                )
            )
        except Exception as error:  # the reason is the result
            reason = f"{type(error).__name__}: {error}"
            out.with_suffix(".error").write_text(reason, encoding="utf-8")
            continue
        took = {"seconds": time.perf_counter() - begun, "cpu": time.process_time() - cpu}
        out.with_suffix(".json").write_text(json.dumps(took), encoding="utf-8")
        half = out.with_suffix(".part.npy")
        np.save(half, np.asarray(scores, dtype=np.float32))
        os.replace(half, out)
