"""Splits that ask about newcomers: people, or items, that were not there during learning."""

from __future__ import annotations

import numpy as np

from fewrec.data.arrays import Bools, Ints
from fewrec.data.events import Interactions
from fewrec.data.holdout import Split, assemble, check_count, check_share, rank_in_user
from fewrec.data.people import People
from fewrec.errors import ConfigError, EmptyData
from fewrec.seeding import generator

MOST_REVEALED = 10
"""People are only asked about where something is left to find after this many revealed rows."""


def new_users_split(
    interactions: Interactions,
    train_users: int | None = None,
    test_users: int = 200,
    k: int = 0,
    seed: int = 0,
    *,
    people: People | None = None,
    most: int = MOST_REVEALED,
) -> Split:
    """People who were not there when the model learned, of whom k interactions are revealed.

    Asked about are people who have something to find after ``most`` revealed items; never more
    than half of all users. Revealed are k of their items at random, liked or not.

    Args:
        interactions: The rows.
        train_users: How many other users to learn from, n; all where None.
        test_users: How many people to ask about, at most.
        k: How many of their items to reveal, at most ``most``.
        seed: Of the draws.
        people: What is known of the users; nothing where None.
        most: The largest k that will be compared.

    Raises:
        ConfigError: k is negative or larger than ``most``, or a number of users is below 1.
        EmptyData: Nobody has enough rows, or nobody is left to learn from.
    """
    if not 0 <= k <= most:
        raise ConfigError(f"k must lie between 0 and {most} (the largest k compared), not {k}.")
    check_count(test_users=test_users, train_users=train_users)
    rows = _last_of_pair(interactions)
    draw = generator(seed, "new-users", "reveal").random(len(interactions))[rows]
    rank, _ = rank_in_user(interactions.user[rows], draw, len(interactions.users))
    findable = rows[(rank >= most) & (interactions.label[rows] > 0)]
    asked = _some(np.unique(interactions.user[findable]), seed, "new-users", "asked")
    present = np.unique(interactions.user)
    asked = asked[: min(test_users, len(present) // 2)]
    if not len(asked):
        raise EmptyData(
            f"nobody has a like left after {most} revealed interactions",
            fix=f"Compare fewer than {most} revealed interactions, or bring more data.",
        )
    learned = _learners(np.setdiff1d(present, asked), train_users, seed, "new-users")
    revealed = np.zeros(len(interactions), dtype=bool)
    revealed[rows[rank < k]] = True
    shown = _pairs_of(interactions, revealed)
    of_asked = np.isin(interactions.user, asked)
    return assemble(
        interactions,
        train=np.isin(interactions.user, learned),
        revealed=revealed & of_asked,
        held=of_asked & ~shown,
        users=np.sort(asked),
        people=people,
        note=f"{len(asked)} new users, {k} interactions revealed of each, {len(learned)} users to "
        f"learn from (seed {seed})",
    )


def new_items_split(
    interactions: Interactions,
    share: float = 0.2,
    seed: int = 0,
    *,
    train_users: int | None = None,
    test_users: int | None = None,
    people: People | None = None,
) -> Split:
    """Items nobody has met: they lose all rows, and people who like one of them are asked about.

    Asked about are people with at least one row left and one liked hidden item; everything else
    they did is revealed. Only the hidden items are candidates.

    Args:
        interactions: The rows.
        share: Share of the items with interactions to hide.
        seed: Of the draws.
        train_users: How many users to learn from, n; all where None.
        test_users: How many people to ask about, at most; all where None.
        people: What is known of the users; nothing where None.

    Raises:
        ConfigError: The share does not lie between 0 and 1, or a number of users is below 1.
        EmptyData: No item is hidden, nobody likes a hidden item, or no row is left.
    """
    check_share(share)
    check_count(test_users=test_users, train_users=train_users)
    met = _some(np.unique(interactions.item), seed, "new-items", "hidden")
    candidates = np.zeros(len(interactions.items), dtype=bool)
    candidates[met[: round(len(met) * share)]] = True
    hidden = candidates[interactions.item]
    finders = np.unique(interactions.user[hidden & (interactions.label > 0)])
    warm = np.intersect1d(finders, interactions.user[~hidden])
    asked = _some(warm, seed, "new-items", "asked")[:test_users]
    if not len(asked):
        raise EmptyData(
            "nobody who has other interactions likes one of the hidden items",
            fix="Hide a larger share of the items, or bring more data.",
        )
    learned = _learners(np.unique(interactions.user[~hidden]), train_users, seed, "new-items")
    of_asked = np.isin(interactions.user, asked)
    return assemble(
        interactions,
        train=~hidden & np.isin(interactions.user, learned),
        revealed=~hidden & of_asked,
        held=hidden & of_asked,
        users=np.sort(asked),
        people=people,
        candidates=candidates,
        note=f"{int(candidates.sum())} new items, {len(asked)} users who like one, "
        f"{len(learned)} users to learn from (seed {seed})",
    )


def _last_of_pair(interactions: Interactions) -> Ints:
    """Row numbers that hold the last row of each pair of user and item, ascending."""
    time = np.nan_to_num(interactions.timestamp, nan=-np.inf)
    order = np.lexsort((time, interactions.item, interactions.user))
    user, item = interactions.user[order], interactions.item[order]
    last = np.ones(len(order), dtype=bool)
    last[:-1] = (user[1:] != user[:-1]) | (item[1:] != item[:-1])
    return np.sort(order[last])


def _pairs_of(interactions: Interactions, rows: Bools) -> Bools:
    """All rows of the pairs of user and item that the chosen rows belong to. Shape [R]."""
    pair = interactions.user * len(interactions.items) + interactions.item
    return np.isin(pair, pair[rows])


def _some(values: Ints, seed: int, *purpose: str) -> Ints:
    """The values in random order, so that the first n are a subset of the first n + 1."""
    return values[generator(seed, *purpose).permutation(len(values))]


def _learners(pool: Ints, wanted: int | None, seed: int, purpose: str) -> Ints:
    return _some(pool, seed, purpose, "learned")[:wanted]
