"""Training data for tests of rankers: the toy world, its odd cousins, and one typed by hand."""

from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
from scipy import sparse

from fewrec.data.dataset import Dataset
from fewrec.data.events import Interactions
from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.data.ids import IdMap
from fewrec.data.people import People
from fewrec.data.toy import SHELVES, toy_world
from fewrec.knowledge.features import FeatureSpec
from fewrec.knowledge.ngrams import HashingEncoder
from fewrec.protocols import Training
from fewrec.seeding import generator

PER_SHELF = 8
KNOWN = len(SHELVES) * PER_SHELF
NEW = tuple((s + 1) * PER_SHELF - 1 for s in range(len(SHELVES)))  # items nobody met
ENCODER = HashingEncoder(128)


def shelf_of(item: int) -> int:
    return item // PER_SHELF


def on_shelf(shelf: int, new: bool = False) -> list[int]:
    """Items of a shelf, with or without the one nobody met."""
    return list(range(shelf * PER_SHELF, (shelf + 1) * PER_SHELF - (0 if new else 1)))


def labelled(users: IdMap, items: IdMap, rows: list[tuple[int, int, float]]) -> Interactions:
    """Interactions from (user row, item row, label)."""
    user, item, label = (np.array(c) for c in zip(*rows, strict=True))
    return Interactions(
        users=users,
        items=items,
        user=user.astype(np.int64),
        item=item.astype(np.int64),
        label=label.astype(np.float32),
        weight=np.ones(len(rows), dtype=np.float32),
        value=label.astype(np.float32),
        timestamp=np.arange(len(rows), dtype=np.float64),
        rule="value >= 1",
        has_negatives=bool((label == 0).any()),
    )


@cache
def toy() -> tuple[Dataset, FeatureSpec]:
    dataset = toy_world(per_shelf=PER_SHELF)
    return dataset, FeatureSpec.of(dataset, ENCODER)


@cache
def ordinary() -> Training:
    """The toy world: 30 people, 3 shelves of 8 items, one of them new."""
    dataset, spec = toy()
    features = spec.features(dataset, ENCODER)
    return Training(dataset.interactions, features, dataset.people, ENCODER, seed=0)


def _with(rows: Interactions) -> Training:
    return replace(ordinary(), interactions=rows)


@cache
def world(name: str) -> Training:
    """A toy world in which something is odd."""
    rows = ordinary().interactions
    if name == "no rows":
        nothing = rows.where(np.zeros(len(rows), dtype=bool))
        return _with(replace(nothing, has_negatives=False))
    if name == "only likes":
        return _with(replace(rows.where(rows.label > 0), has_negatives=False))
    if name == "no likes":
        return _with(rows.where(rows.label == 0))
    if name == "few people":
        return _with(rows.where(rows.user < 3))
    if name == "nothing described":
        return replace(
            ordinary(),
            features=ItemFeatures.nothing(KNOWN),
            people=People.unknown(rows.users),
            encoder=None,
        )
    if name == "one of each":
        one = labelled(IdMap(("u",)), IdMap(("i",)), [(0, 0, 1.0)])
        return Training(one, ItemFeatures.nothing(1), People.unknown(one.users))
    if name == "repeated rows":
        twice = np.concatenate([np.arange(len(rows)), np.arange(len(rows))[::3]])
        return _with(rows.where(twice))
    if name == "weighted":
        weight = np.where(np.arange(len(rows)) % 3 == 0, 3.0, 0.2).astype(np.float32)
        return _with(replace(rows, weight=weight))
    assert name == "ordinary", name
    return ordinary()


ODD = (
    "no rows",
    "only likes",
    "no likes",
    "few people",
    "nothing described",
    "one of each",
    "repeated rows",
    "weighted",
)


@cache
def grown(with_rows: bool) -> Training:
    """The toy world with a fourth item of each shelf's kind and two more people.

    With rows: the newcomers have met things, and known people have met new items.
    """
    dataset, spec = toy()
    kinds, table = dataset.catalog.kinds, dataset.catalog.table
    more = pl.DataFrame(
        [
            {"title": f"Another {s}", "description": f"A {s} story", "shelf": s, "year": 2001.0}
            for s in SHELVES
        ]
    )
    items = dataset.catalog.items.extended(f"{shelf}-more" for shelf in SHELVES)
    catalog = replace(
        dataset.catalog, items=items, table=pl.concat([table, more]), kinds=dict(kinds)
    )
    users = dataset.people.users.extended(["newcomer-0", "newcomer-1"])
    people = People(
        users,
        (*dataset.people.attributes, ("hobby=space",), ()),
        (*dataset.people.profile, "", ""),
        {},
    )
    rows = replace(dataset.interactions, users=users, items=items)
    if with_rows:
        fresh = [(30, 0, 1.0), (30, KNOWN, 1.0), (31, 9, 1.0), (31, KNOWN, 0.0), (0, KNOWN, 1.0)]
        more_rows = labelled(users, items, fresh)
        rows = replace(
            rows,
            **{
                name: np.concatenate([getattr(rows, name), getattr(more_rows, name)])
                for name in ("user", "item", "label", "weight", "value", "timestamp")
            },
        )
    larger = replace(dataset, interactions=rows, catalog=catalog, people=people)
    return Training(rows, spec.features(larger, ENCODER), people, ENCODER, seed=0)


def together(*singles: Histories) -> Histories:
    """Some people as one batch."""
    counts = [len(one.item) for one in singles]
    return Histories(
        start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        item=np.concatenate([one.item for one in singles]),
        label=np.concatenate([one.label for one in singles]),
        weight=np.concatenate([one.weight for one in singles]),
        attributes=tuple(one.attributes[0] for one in singles),
        profile=tuple(one.profile[0] for one in singles),
    )


def everybody(items: int) -> dict[str, Histories]:
    """One person of every kind, for a catalogue of so many items."""
    last = items - 1
    long = list(range(items))
    people = {
        "nobody": Histories.single(),
        "one like": Histories.single([last // 2]),
        "likes a new item": Histories.single([last]),
        "only dislikes": Histories.single([], [0, last // 2]),
        "long history": Histories.single(long[::2], long[1::2]),
        "likes everything": Histories.single(long),
        "the same thing thrice": Histories.single([0, 0, 0, last // 2]),
        "changed their mind": Histories.single([0], [0]),
        "only attributes": Histories.single(attributes=("hobby=space",)),
        "attributes nobody has": Histories.single([0], attributes=("hobby=chess", "age=7")),
        "a profile": Histories.single(profile="I love robots. I hate weddings"),
        "all of it": Histories.single([0, last], [last // 2], ("hobby=romance",), "love letters"),
    }
    heavy = people["one like"]
    people["a strong like"] = replace(heavy, weight=np.full(len(heavy.item), 3.0, np.float32))
    return people


HAND_ITEMS = IdMap(("tram", "bus", "train", "fig", "plum", "pear"))
HAND_USERS = IdMap(("ann", "bob", "cy", "dee"))
#                 tram bus train fig plum pear
HAND = """   ann    1   1    .    .    0    .
             bob    1   1    1    .    .    0
             cy     .   .    0    1    1    .
             dee    1   .    .    1    .    1"""
"""4 people x 13 interactions: 1 liked, 0 not liked, . never met."""


def hand_typed() -> Training:
    """Rows, unit vectors in the plane, attributes and groups, small enough to do by hand.

    Vehicles point one way, fruit the other; every item has a kind, tram and fig are also green.
    """
    lines = [line.split()[1:] for line in HAND.splitlines()]
    rows = [
        (u, i, float(cell))
        for u, line in enumerate(lines)
        for i, cell in enumerate(line)
        if cell != "."
    ]
    vectors = np.array(
        [[1, 0], [0.8, 0.6], [1, 0], [-1, 0], [-0.8, -0.6], [0, 0]], dtype=np.float32
    )
    attributes = [("kind", "fruit"), ("kind", "vehicle"), ("colour", "green")]
    has = np.array([[0, 1, 1], [0, 1, 0], [0, 1, 0], [1, 0, 1], [1, 0, 0], [1, 0, 0]])
    return Training(
        labelled(HAND_USERS, HAND_ITEMS, rows),
        ItemFeatures(
            vectors,
            np.zeros((6, 0), dtype=np.float32),
            sparse.csr_matrix(has, dtype=np.float32),
            tuple(attributes),
        ),
        People(
            HAND_USERS,
            (("city=Ulm", "age=30"), ("city=Ulm",), ("city=Bonn",), ("city=Bonn", "age=30")),
            ("",) * 4,
            {},
        ),
        encoder=None,
        seed=0,
    )


@cache
def crowd(users: int = 100, items: int = 90, seed: int = 5) -> Training:
    """A noisy world: three tastes, good and bad items, kind and strict people, heavy heads.

    P(like) is a logistic function of taste, quality and leniency; what is met depends on
    popularity and taste. The last item of each shelf is met by nobody. Every person has an
    attribute of their own (``id=...``), so that a test can tell who is being asked about.
    """
    random = generator(seed, "crowd")
    shelf, taste = np.arange(items) % 3, np.arange(users) % 3
    quality, leniency = random.normal(size=items), random.normal(size=users) * 0.7
    fits = np.where(shelf[None, :] == taste[:, None], 1.0, -0.5)
    appeal = np.exp(0.5 * quality + random.normal(size=items) * 0.7)[None, :] * np.exp(0.7 * fits)
    appeal[:, items - 3 :] = 0.0
    likely = 1 / (1 + np.exp(-(1.5 * fits + quality + leniency[:, None])))
    rows = []
    for u in range(users):
        met = random.choice(
            items, size=int(random.integers(4, 40)), replace=False, p=appeal[u] / appeal[u].sum()
        )
        rows += [(u, int(i), float(random.random() < likely[u, i])) for i in met]
    people = IdMap(tuple(f"u{u}" for u in range(users)))
    vectors = np.eye(12)[shelf] + random.normal(size=(items, 12)) * 0.3
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    features = ItemFeatures(
        vectors.astype(np.float32),
        (quality + random.normal(size=items))[:, None].astype(np.float32),
        sparse.csr_matrix(np.eye(3)[shelf], dtype=np.float32),
        (("shelf", "0"), ("shelf", "1"), ("shelf", "2")),
    )
    names = tuple((f"id={u}", f"club={taste[u]}") for u in range(users))
    return Training(
        labelled(people, IdMap(tuple(f"i{i}" for i in range(items))), rows),
        features,
        People(people, names, ("",) * users, {}),
        seed=seed,
    )
