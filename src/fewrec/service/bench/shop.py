"""A shop that is made up: titles made of words, customers with tastes, popularity as in life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fewrec.data.arrays import Ints
from fewrec.data.dataset import Dataset
from fewrec.seeding import generator

LIKE = {"click": 0.5, "like": 0.35, "buy": 0.15}
"""Share of each kind of event."""

KINDS = (
    "lamp chair table sofa shelf mirror rug curtain clock vase kettle pan bowl plate mug spoon "
    "knife towel pillow blanket tent rope boot jacket scarf glove hat bag wallet belt ring watch "
    "camera lens tripod drone speaker radio keyboard mouse monitor printer novel atlas cookbook "
    "puzzle robot train kite guitar drum flute easel brush candle planter hammer drill saw ladder"
).split()
STYLES = (
    "small large tall folding round square light heavy soft warm cool quiet bright dark plain "
    "striped painted woven carved smooth rustic modern classic vintage nordic coastal urban alpine "
    "royal simple sturdy slim wide deep hollow wireless solar magnetic portable stackable"
).split()
STUFFS = (
    "oak pine walnut bamboo steel copper brass glass marble clay linen cotton wool silk leather "
    "canvas cork paper felt rubber granite birch cherry iron silver velvet"
).split()
ROOMS = "kitchen garden bedroom office nursery hallway balcony workshop studio cabin".split()


@dataclass(frozen=True)
class Shop:
    """Items, customers and what happened, as the API takes them.

    Attributes:
        items: Bodies of items: ``item`` and ``properties``.
        events: Bodies of events, oldest first, without ids.
        users: Everybody with an event.
    """

    items: list[dict[str, Any]]
    events: list[dict[str, Any]]
    users: list[str]


def made_up(items: int, events: int, users: int, seed: int = 0) -> Shop:
    """Make a shop.

    Half of what somebody meets is of the few kinds they care for, half is what is popular.
    Popularity falls with the rank as 1 / (rank + 10)^.9, activity of customers is log-normal.

    Args:
        items: How many items, at least 1.
        events: How many events.
        users: How many customers, at least 1.
        seed: Of all chance.
    """
    random = generator(seed, "shop")
    kind = random.integers(len(KINDS), size=items)
    chance = 1.0 / (random.permutation(items) + 10.0) ** 0.9
    who = _active(users, events, random)
    what = _met(kind, chance, who, users, random)
    names = random.choice(list(LIKE), size=events, p=list(LIKE.values()))
    begun = 1.7e9
    happened = [
        {
            "user": f"u{user}",
            "item": f"i{item}",
            "event": str(name),
            "timestamp": begun + 60.0 * place,
        }
        for place, (user, item, name) in enumerate(zip(who, what, names, strict=True))
    ]
    return Shop(
        items=[_item(number, int(kind[number]), random) for number in range(items)],
        events=happened,
        users=[f"u{user}" for user in np.unique(who)],
    )


def _active(users: int, events: int, random: np.random.Generator) -> Ints:
    """Who does each event. Shape [events]."""
    activity = random.lognormal(sigma=1.0, size=users)
    who: Ints = random.choice(users, size=events, p=activity / activity.sum())
    return who


def _met(
    kind: Ints, chance: np.ndarray, who: Ints, users: int, random: np.random.Generator
) -> Ints:
    """Which item each event is about. Shape [events]."""
    met: Ints = random.choice(len(kind), size=len(who), p=chance / chance.sum())
    taste = random.integers(len(KINDS), size=(users, 3))
    wanted = taste[who, random.integers(3, size=len(who))]
    by_taste = random.random(len(who)) < 0.5
    for k in range(len(KINDS)):
        of_kind = np.flatnonzero(kind == k)
        place = np.flatnonzero(by_taste & (wanted == k))
        if len(of_kind) and len(place):
            share = chance[of_kind] / chance[of_kind].sum()
            met[place] = random.choice(of_kind, size=len(place), p=share)
    return met


def _item(number: int, kind: int, random: np.random.Generator) -> dict[str, Any]:
    style, other = random.choice(STYLES, size=2, replace=False)
    stuff, room = random.choice(STUFFS), random.choice(ROOMS)
    return {
        "item": f"i{number}",
        "properties": {
            "title": f"{style} {other} {stuff} {KINDS[kind]} for the {room}",
            "kind": KINDS[kind],
            "material": str(stuff),
            "room": str(room),
            "price": round(float(random.lognormal(3.0, 0.8)), 2),
        },
    }


def taken_from(dataset: Dataset) -> Shop:
    """A data set as a shop: its catalogue, and its rows as likes and dislikes, oldest first."""
    rows, catalog = dataset.interactions, dataset.catalog
    order = np.argsort(np.nan_to_num(rows.timestamp), kind="stable")
    described = catalog.table.to_dicts() if catalog.table.width else [{}] * len(catalog)
    events = [
        {
            "user": rows.users.ids[rows.user[n]],
            "item": rows.items.ids[rows.item[n]],
            "event": "like" if rows.label[n] > 0 else "dislike",
            **({"timestamp": float(rows.timestamp[n])} if np.isfinite(rows.timestamp[n]) else {}),
        }
        for n in order
    ]
    items = [
        {"item": item, "properties": {name: cell for name, cell in said.items() if _told(cell)}}
        for item, said in zip(catalog.items, described, strict=True)
    ]
    return Shop(items, events, [rows.users.ids[user] for user in np.unique(rows.user)])


def _told(cell: object) -> bool:
    """Whether a cell says something that JSON can."""
    if isinstance(cell, list):
        return all(isinstance(value, str) for value in cell)
    return isinstance(cell, str | int) or (isinstance(cell, float) and np.isfinite(cell))
