"""Splits: what may be learned from, what is revealed of the people asked about, what is held out.

All splits are pure functions of the rows and a seed. With the same seed the people asked about
are the same for every number of training users n and of revealed interactions k, and smaller n
and k are subsets of larger ones, so that cells of a learning curve can be compared.
"""

from __future__ import annotations

import numpy as np

from fewrec.data.arrays import Bools, Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.holdout import Split, assemble, check_count, check_share, rank_in_user
from fewrec.data.newcomers import MOST_REVEALED, new_items_split, new_users_split
from fewrec.data.people import People
from fewrec.errors import EmptyData, MissingColumn
from fewrec.seeding import generator

__all__ = [
    "MOST_REVEALED",
    "Split",
    "k_shot",
    "new_items_split",
    "new_users_split",
    "random_split",
    "time_split",
    "user_random_split",
    "user_time_split",
]


def time_split(
    interactions: Interactions, test_share: float = 0.2, people: People | None = None
) -> Split:
    """One moment for everybody: learn from what was strictly before, ask about the rest.

    People with no rows before that moment are asked about too; nothing is revealed of them.

    Args:
        interactions: Rows with timestamps.
        test_share: Share of rows to hold out; more where rows share the moment of the cut.
        people: What is known of the users; nothing where None.

    Raises:
        ConfigError: The share does not lie between 0 and 1.
        MissingColumn: A row has no timestamp.
        EmptyData: All rows lie on one side.
    """
    check_share(test_share)
    _check_timed(interactions, "time")
    moments = np.sort(interactions.timestamp)
    cut = moments[min(int((1 - test_share) * len(moments)), len(moments) - 1)]
    held = interactions.timestamp >= cut
    return _split(interactions, held, people, "rows from one moment on", cut=float(cut))


def user_time_split(
    interactions: Interactions, test_share: float = 0.2, people: People | None = None
) -> Split:
    """The last rows of every user. Not free of leaks: others' later rows are learned from.

    Users with a single row stay in training.

    Args:
        interactions: Rows with timestamps.
        test_share: Share of each user's rows to hold out, at least one.
        people: What is known of the users; nothing where None.

    Raises:
        ConfigError: The share does not lie between 0 and 1.
        MissingColumn: A row has no timestamp.
        EmptyData: Nobody has two rows.
    """
    check_share(test_share)
    _check_timed(interactions, "user-time")
    rank, count = rank_in_user(interactions.user, interactions.timestamp, len(interactions.users))
    wanted = np.maximum(1, np.floor(count * test_share)) * (count > 1)
    held = rank >= count - wanted
    return _split(interactions, held, people, "the last rows of each user")


def random_split(
    interactions: Interactions,
    test_share: float = 0.2,
    seed: int = 0,
    people: People | None = None,
) -> Split:
    """Pairs of user and item at random; all rows of a pair fall on the same side.

    Args:
        interactions: The rows.
        test_share: Share of pairs to hold out.
        seed: Of the draw.
        people: What is known of the users; nothing where None.

    Raises:
        ConfigError: The share does not lie between 0 and 1.
        EmptyData: All rows lie on one side.
    """
    check_share(test_share)
    pair = interactions.user * len(interactions.items) + interactions.item
    pairs, inverse = np.unique(pair, return_inverse=True)
    draw = generator(seed, "random-split").permutation(len(pairs))
    held = (draw < round(len(pairs) * test_share))[inverse]
    return _split(interactions, held, people, f"pairs drawn at random (seed {seed})")


def k_shot(labels: Floats, k: int, seed: int = 0) -> Ints:
    """K labelled rows to learn from: both classes in turn, as long as both last.

    Args:
        labels: 1 liked, 0 not. Shape [R].
        k: How many rows. A smaller k is a subset of a larger one.
        seed: Of the draw.

    Returns:
        Row numbers in the order of the draw. Shape [K].

    Raises:
        ConfigError: k is below 1.
        EmptyData: There are fewer than k rows.
    """
    check_count(k=k)
    if len(labels) < k:
        raise EmptyData(
            f"{k} labelled rows are wanted, there are {len(labels)}", fix="Ask for fewer."
        )
    draw = generator(seed, "k-shot").permutation(len(labels))
    liked = labels[draw] > 0
    turn = np.where(liked, np.cumsum(liked), np.cumsum(~liked))
    return draw[np.lexsort((~liked, turn))][:k]


def user_random_split(
    interactions: Interactions, seed: int, test_share: float = 0.25, people: People | None = None
) -> Split:
    """A share of each person's rows at random, rounded; people with one row lose none.

    Args:
        interactions: All rows.
        seed: Of the draw.
        test_share: Share of rows to hold out.
        people: What is known of the users; nothing where None.

    Raises:
        ConfigError: The share does not lie between 0 and 1.
        EmptyData: Nobody has enough rows.
    """
    check_share(test_share)
    draw = generator(seed, "warm-split").random(len(interactions))
    rank, count = rank_in_user(interactions.user, draw, len(interactions.users))
    held = (rank >= np.round((1 - test_share) * count)) & (count > 1)
    return _split(interactions, held, people, "a share of each person's rows at random")


def _split(
    interactions: Interactions,
    held: Bools,
    people: People | None,
    what: str,
    cut: float = np.inf,
) -> Split:
    """Hold out some rows and ask about everybody who has one of them."""
    users = np.unique(interactions.user[held])
    return assemble(
        interactions,
        train=~held,
        revealed=~held & np.isin(interactions.user, users),
        held=held,
        users=users,
        people=people,
        cut=cut,
        note=f"{what}: {int((~held).sum()):,} rows to learn from, {int(held.sum()):,} held out of "
        f"{len(users):,} users",
    )


def _check_timed(interactions: Interactions, protocol: str) -> None:
    if len(interactions) and not interactions.timed:
        unknown = int((~np.isfinite(interactions.timestamp)).sum())
        raise MissingColumn(
            f"the {protocol} split needs a timestamp in every row; {unknown:,} rows have none",
            column="timestamp",
            fix="Fill them in, or use the protocol new-users, new-items or random.",
        )
    if not len(interactions):
        raise EmptyData("there are no interactions to split", fix="Add an interactions table.")
