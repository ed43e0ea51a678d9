"""Shots whose right answer is obvious: shelves, rated items, people who like all or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from scipy import sparse
from tests.ranker.finetune.world import ITEMS, PER_SHELF, SHELVES, shelf_shots, shelf_training

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.data.shots import Shots
from fewrec.protocols import Training
from fewrec.seeding import generator

NEW = 5
"""Newcomers of ``wider``."""


@cache
def described(seed: int = 0) -> Training:
    """The three shelves, with their names as attributes and a column of ratings.

    The rating says which items stand in front: those that everybody likes better.
    """
    training = shelf_training(seed)
    shelf, front = np.arange(ITEMS) // PER_SHELF, np.arange(ITEMS) % 2
    features = ItemFeatures(
        training.features.vectors,
        np.where(front, 1.0, -1.0)[:, None].astype(np.float32),
        sparse.csr_matrix(np.eye(SHELVES)[shelf], dtype=np.float32),
        tuple(("shelf", str(s)) for s in range(SHELVES)),
        ("rating",),
    )
    return replace(training, features=features)


def bare() -> Training:
    """The same items, of which nothing is known."""
    return replace(described(), features=ItemFeatures.nothing(ITEMS))


@cache
def wider(without: str = "") -> Training:
    """The same items and, after them, ``NEW`` newcomers that resemble the first ones."""
    training = bare() if without else described()
    features, items = training.features, training.interactions.items
    like = np.concatenate([np.arange(ITEMS), np.arange(NEW)])
    grown = features.where(like)
    vectors = grown.vectors.copy()
    vectors[ITEMS:, -1:] += 0.3
    ids = items.extended(f"new{n}" for n in range(NEW))
    return replace(
        training,
        interactions=replace(training.interactions, items=ids),
        features=replace(grown, vectors=vectors),
        texts=tuple(training.texts[n] for n in like),
    )


def rows_of(item: Ints, label: Floats, asked: Ints, answer: Floats) -> Shots:
    """Shots from histories of one length. ``item`` and ``label``: [N, H]; the rest [N]."""
    size, length = item.shape
    people = Histories(
        start=np.arange(size + 1) * length,
        item=item.ravel().astype(np.int64),
        label=label.ravel().astype(np.float32),
        weight=np.ones(item.size, dtype=np.float32),
        attributes=((),) * size,
        profile=("",) * size,
    )
    return Shots(people, asked.astype(np.int64), answer.astype(np.float32))


def lenient_shots(count: int, seed: int, history: int = 8) -> Shots:
    """People who like a share of everything, whatever it is; the share is their own."""
    random = generator(seed, "lenient")
    items = np.stack([random.permutation(ITEMS)[: history + 1] for _ in range(count)])
    share: Doubles = random.beta(1.2, 1.2, size=count)
    label = random.random(items.shape) < share[:, None]
    return rows_of(items[:, 1:], label[:, 1:], items[:, 0], label[:, 0])


def odd_shots() -> dict[str, Shots]:
    """Shots in which something is odd."""
    shots = shelf_shots(12)
    nobody = shots.people.rows(np.zeros(len(shots.people.item), dtype=bool))
    return {
        "ordinary": shots,
        "one": shots.take(np.array([0])),
        "two": shots.take(np.array([0, 1])),
        "only likes": shots.labelled(np.ones(12)),
        "only dislikes": shots.labelled(np.zeros(12)),
        "likes and nothing else": replace(
            shots.labelled(np.ones(12)),
            people=replace(shots.people, label=np.ones_like(shots.people.label)),
        ),
        "no histories": replace(shots, people=nobody),
        "one without history": replace(shots, people=nobody).take(np.array([3])),
        "soft labels": shots.labelled(0.1 + 0.7 * shots.label),
        "the same row again": shots.take(np.zeros(9, dtype=np.int64)),
    }


@dataclass(frozen=True)
class Says:
    """A reader that says the same whatever it is taught: ``truth`` or ``noise``."""

    name: str

    def fit(self, shots: Shots, training: Training) -> Says:
        """Nothing to learn."""
        return self

    def logits(self, people: Histories, item: Ints) -> Doubles:
        """Log-odds, within plus and minus 3. Shape [N]."""
        if self.name == "noise":
            return np.sin(item.astype(np.float64) * 12.9898) * 3.0
        return truth(people, item)

    def extended(self, training: Training) -> Says:
        """The same."""
        return self


def truth(people: Histories, item: Ints) -> Doubles:
    """Log-odds in ``oracle_shots``. Shape [N]."""
    first = people.item[people.start[:-1]]
    return np.where((item + first) % 2 == 0, 2.5, -2.5)


def oracle_shots(count: int, seed: int) -> Shots:
    """Labels that only ``truth`` explains: the sum of the item and the first item met is even."""
    random = generator(seed, "oracle")
    items = np.stack([random.permutation(ITEMS)[:5] for _ in range(count)])
    label = (random.random((count, 5)) < 0.5).astype(np.float32)
    shots = rows_of(items[:, 1:], label[:, 1:], items[:, 0], label[:, 0])
    chance = 1 / (1 + np.exp(-truth(shots.people, shots.item)))
    return shots.labelled(random.random(count) < chance)


def newcomers_asked(shots: Shots) -> tuple[Histories, Ints]:
    """The same people asked about newcomers. Shape [N]."""
    return shots.people, ITEMS + np.arange(len(shots)) % NEW
