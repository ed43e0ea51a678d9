"""A small world whose right answer is obvious: three tastes, three shelves, no overlap."""

from __future__ import annotations

import numpy as np
import polars as pl

from fewrec.data.catalog import Catalog
from fewrec.data.dataset import Dataset
from fewrec.data.events import Interactions
from fewrec.data.ids import IdMap
from fewrec.data.people import People
from fewrec.seeding import generator

SHELVES = {
    "space": ("starship", "galaxy", "robot", "alien planet"),
    "romance": ("wedding", "love letter", "first kiss", "broken heart"),
    "cooking": ("kitchen", "secret recipe", "baker", "spice market"),
}


def toy_world(users: int = 30, per_shelf: int = 8, seed: int = 0) -> Dataset:
    """Make a world in which everybody likes one shelf and dislikes the others.

    Person ``u{n}`` has the taste of shelf ``n % 3``, likes all but two items of it and dislikes
    two items of each other shelf. So the right slate for anybody who liked one thing is the
    rest of that thing's shelf. The last item of each shelf is met by nobody (a new item).

    Args:
        users: Number of people, at least 3.
        per_shelf: Items on each shelf, at least 4.
        seed: Of who met what.

    Returns:
        A data set with titles, a description, shelf and year of each item, and a hobby of each
        person which is their shelf.
    """
    shelves = list(SHELVES)
    item_ids, rows = [], []
    for shelf, things in SHELVES.items():
        for n in range(per_shelf):
            thing = things[n % len(things)]
            item_ids.append(f"{shelf}-{n}")
            rows.append(
                {
                    "title": f"The {thing} {n}",
                    "description": f"A {shelf} story about a {thing}",
                    "shelf": shelf,
                    "year": float(1990 + n),
                }
            )
    random = generator(seed, "toy")
    user, item, label = [], [], []
    for u in range(users):
        for s in range(len(shelves)):
            met = random.permutation(per_shelf - 1)
            wanted = met[: per_shelf - 3] if s == u % 3 else met[:2]
            user += [u] * len(wanted)
            item += [s * per_shelf + int(n) for n in wanted]
            label += [1.0 if s == u % 3 else 0.0] * len(wanted)
    people = IdMap(tuple(f"u{u}" for u in range(users)))
    items = IdMap(tuple(item_ids))
    count = len(user)
    return Dataset(
        name="toy",
        interactions=Interactions(
            users=people,
            items=items,
            user=np.array(user),
            item=np.array(item),
            label=np.array(label, dtype=np.float32),
            weight=np.ones(count, dtype=np.float32),
            value=np.array(label, dtype=np.float32),
            timestamp=np.arange(count, dtype=np.float64),
            rule="value >= 1",
            has_negatives=True,
        ),
        catalog=Catalog(
            items,
            pl.DataFrame(rows),
            {"title": "title", "description": "text", "shelf": "category", "year": "year"},
        ),
        people=People(
            people,
            tuple((f"hobby={shelves[u % 3]}",) for u in range(users)),
            ("",) * users,
            {},
        ),
        fingerprint="toy",
    )
