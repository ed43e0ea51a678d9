"""Three shelves of items; people like one shelf, and everybody likes the front of each."""

from __future__ import annotations

import numpy as np

from fewrec.data.events import Interactions
from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.data.ids import IdMap
from fewrec.data.people import People
from fewrec.data.shots import Shots
from fewrec.protocols import Training
from fewrec.seeding import generator

SHELVES, PER_SHELF = 3, 10
ITEMS = SHELVES * PER_SHELF
WORDS = ("space robots", "summer weddings", "ghost houses")


def shelf_training(seed: int = 0) -> Training:
    """Vectors of 8 numbers: the shelf, how far in front, noise. Texts say the same in words."""
    random = generator(0, "shelves")
    shelf, front = np.arange(ITEMS) // PER_SHELF, np.arange(ITEMS) % 2
    vectors = random.normal(0, 0.2, (ITEMS, 8)).astype(np.float32)
    vectors[np.arange(ITEMS), shelf] += 1.0
    vectors[:, 4] += np.where(front, 0.5, -0.5)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    features = ItemFeatures.nothing(ITEMS)
    features = ItemFeatures(vectors, features.numbers, features.attributes, ())
    empty = np.zeros(0)
    none = np.zeros(0, dtype=np.int64)
    rows = Interactions(
        IdMap(()), IdMap(tuple(f"i{n}" for n in range(ITEMS))), none, none,
        empty.astype(np.float32), empty.astype(np.float32), empty.astype(np.float32), empty,
    )  # fmt: skip
    texts = tuple(
        f"{'great' if front[n] else 'dull'} story of {WORDS[shelf[n]]} {n}" for n in range(ITEMS)
    )
    return Training(rows, features, People.unknown(IdMap(())), seed=seed, texts=texts)


def shelf_shots(count: int, seed: int = 0) -> Shots:
    """Each row: four items met, one asked about; likes follow shelf and front, with noise."""
    random = generator(seed, "shots")
    taste = random.integers(SHELVES, size=count)
    items = np.stack([random.permutation(ITEMS)[:5] for _ in range(count)])
    liking = (items // PER_SHELF == taste[:, None]) * 2.0 + (items % 2) * 2.0 - 1.5
    label = (liking + random.logistic(0, 0.5, items.shape) > 0).astype(np.float32)
    people = Histories(
        start=np.arange(count + 1) * 4,
        item=items[:, :4].ravel(),
        label=label[:, :4].ravel(),
        weight=np.ones(count * 4, dtype=np.float32),
        attributes=((),) * count,
        profile=("",) * count,
    )
    return Shots(people, items[:, 4], label[:, 4])
