"""A made-up shop of any size, for what depends on size alone: seconds, memory, recall of lists.

Items belong to themes, which give them a category, a brand and a vector, as an encoder would give
to their texts (encoding is measured elsewhere; it takes as long for each item). A few items are
met very often and most hardly ever (Zipf's law with exponent 1), in the whole shop and within
each theme; people differ in how much they do (log-normal). Seven rows in ten are of one of a
person's three themes, and are rated higher than the others.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from fewrec.data.arrays import Floats, Ints
from fewrec.seeding import generator

ROWS_EACH = 10
"""Rows per item and per person, on average."""

OWN, THEMES, ITEMS_EACH = 0.7, 3, 200
"""Share of rows within a person's themes, themes of a person, items of a theme."""

DIMENSION, NOISE = 384, 0.05
"""Length of vectors, and how far an item's are from its theme's in each direction."""


def write_shop(folder: Path, items: int, seed: int = 0) -> None:
    """Write the tables of a shop.

    Args:
        folder: A new data folder: ``items.parquet``, ``interactions.parquet``, ``vectors.npy``.
        items: I, at least 2; there are ``ROWS_EACH`` times as many rows, some of them twice.
        seed: Of everything.
    """
    random = generator(seed, "made-up shop")
    theme = random.integers(0, max(items // ITEMS_EACH, THEMES), items)
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "vectors.npy", _vectors(theme, random))
    _items(theme, random).write_parquet(folder / "items.parquet")
    _rows(theme, random).write_parquet(folder / "interactions.parquet")


def _vectors(theme: Ints, random: np.random.Generator) -> Floats:
    """Vectors of length 1, alike within a theme. Shape [I, DIMENSION], float32."""
    centre = random.standard_normal((theme.max() + 1, DIMENSION), dtype=np.float32)
    centre /= np.linalg.norm(centre, axis=1, keepdims=True)
    vectors: Floats = random.standard_normal((len(theme), DIMENSION), dtype=np.float32)
    vectors *= np.float32(NOISE)
    vectors += centre[theme]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _items(theme: Ints, random: np.random.Generator) -> pl.DataFrame:
    """Id, category and brand of every item."""
    brand = theme * 3 + random.integers(0, 3, len(theme))
    number = pl.DataFrame({"item": np.arange(len(theme)), "theme": theme // 10, "brand": brand})
    return number.select(
        pl.format("i{}", "item").alias("item"),
        pl.format("category {}", "theme").alias("category"),
        pl.format("brand {}", "brand").alias("brand"),
    )


def _rows(theme: Ints, random: np.random.Generator) -> pl.DataFrame:
    """Who rated what, in order of time."""
    items = len(theme)
    users, rows = items, items * ROWS_EACH
    activity = random.lognormal(0.0, 1.0, users)
    user = np.sort(random.choice(users, rows, p=activity / activity.sum()))
    mine = random.integers(0, theme.max() + 1, (users, THEMES))[user]
    wanted = mine[np.arange(rows), random.integers(0, THEMES, rows)]
    order = np.argsort(theme, kind="stable")  # the first items of a theme are its most met
    begin = np.searchsorted(theme[order], np.arange(theme.max() + 2))
    size = np.diff(begin)[wanted]
    inside = order[np.minimum(begin[wanted] + _zipf(size, random), items - 1)]
    own = (random.random(rows) < OWN) & (size > 0)
    item = np.where(own, inside, _zipf(np.full(rows, items), random))
    value = np.clip(np.round(random.normal(np.where(own, 4.2, 3.2), 0.8)), 1, 5).astype(np.int64)
    frame = pl.DataFrame({"user": user, "item": item, "value": value})
    frame = frame.unique(["user", "item"], keep="first", maintain_order=True)
    moment = pl.int_range(pl.len()) * 60 + 1_600_000_000
    return frame.select(
        pl.format("u{}", "user").alias("user"),
        pl.format("i{}", "item").alias("item"),
        "value",
        moment.alias("timestamp"),
    )


def _zipf(size: Ints, random: np.random.Generator) -> Ints:
    """A rank below each size by Zipf's law: rank + 1 = size ** u. Shape as given."""
    rank = np.floor(np.maximum(size, 1) ** random.random(len(size))).astype(np.int64) - 1
    return np.clip(rank, 0, np.maximum(size - 1, 0))
