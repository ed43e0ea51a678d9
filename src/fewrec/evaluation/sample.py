"""A data set made smaller: some of its people, and the items they met most."""

from __future__ import annotations

from dataclasses import replace
from itertools import compress

import numpy as np

from fewrec.data.arrays import Ints
from fewrec.data.catalog import Catalog
from fewrec.data.dataset import Dataset
from fewrec.data.ids import IdMap
from fewrec.data.people import People
from fewrec.seeding import generator


def sampled(dataset: Dataset, users: int, items: int, seed: int = 0) -> Dataset:
    """At most so many people, drawn at random, and the items that these met most.

    Args:
        dataset: The whole.
        users: At most so many people who like anything.
        items: At most so many items; ties are settled by the seed.
        seed: Of the draws.

    Returns:
        The data set itself where it is small enough; else a smaller one with a note.
    """
    rows = dataset.interactions
    present = np.unique(rows.user[rows.label > 0])
    if len(present) <= users and len(rows.items) <= items:
        return dataset
    random = generator(seed, "sample")
    drawn = random.permutation(present)
    people = np.sort(drawn[:users])
    of_them = np.isin(rows.user, people)
    met = np.bincount(rows.item[of_them], minlength=len(rows.items))
    order = np.lexsort((random.permutation(len(met)), -met))
    things = np.sort(order[: min(items, int((met > 0).sum()))])
    return _only(dataset, people, things)


def most_active(dataset: Dataset, users: int, items: int) -> Dataset:
    """The people and the items of most rows; steps to a target count as its rows do.

    Args:
        dataset: The whole.
        users: At most so many people; who came to the target goes before who did not.
        items: At most so many items, by rows of these people.

    Returns:
        The data set itself where it is small enough; else a smaller one with a note.
    """
    rows = dataset.interactions
    if len(rows.users) <= users and len(rows.items) <= items:
        return dataset
    steps = rows.where(np.zeros(len(rows), dtype=bool)) if rows.steps is None else rows.steps
    user, item = np.append(rows.user, steps.user), np.append(rows.item, steps.item)
    came = np.bincount(rows.user[rows.label > 0], minlength=len(rows.users)) > 0
    done = np.bincount(user, minlength=len(rows.users))
    people = np.sort(np.lexsort((-done, ~came))[:users])
    met = np.bincount(item[np.isin(user, people)], minlength=len(rows.items))
    things = np.sort(np.argsort(-met, kind="stable")[:items])
    return _only(dataset, people, things)


def _only(dataset: Dataset, people: Ints, items: Ints) -> Dataset:
    rows, catalog, known = dataset.interactions, dataset.catalog, dataset.people
    place, spot = np.full(len(rows.users), -1), np.full(len(rows.items), -1)
    place[people], spot[items] = np.arange(len(people)), np.arange(len(items))
    users = IdMap(tuple(rows.users.ids[u] for u in people))
    named = IdMap(tuple(rows.items.ids[i] for i in items))
    held = np.isin(np.arange(len(known.users)), people)
    table = catalog.table[items.tolist()] if catalog.table.width else catalog.table.head(0)
    note = f"{len(people):,} people and the {len(items):,} items they met most."
    return replace(
        dataset,
        interactions=rows.renumbered(users, named, place, spot),
        catalog=Catalog(named, table, catalog.kinds),
        people=People(
            users,
            tuple(compress(known.attributes, held)),
            tuple(compress(known.profile, held)),
            known.bins,
        ),
        notes=(*dataset.notes, note),
    )
