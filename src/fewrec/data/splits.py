"""Splits: what may be learned from, what is revealed of the people asked about, what is held out.

All splits are pure functions of the rows and a seed. With the same seed the people asked about
are the same for every number of training users n and of revealed interactions k, and smaller n
and k are subsets of larger ones, so that cells of a learning curve can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Bools, Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.histories import Histories
from fewrec.data.people import People
from fewrec.errors import ConfigError, EmptyData, MissingColumn
from fewrec.seeding import generator

MOST_REVEALED = 10
"""People are only asked about where something is left to find after this many revealed rows."""


@dataclass(frozen=True)
class Split:
    """One way to hold something out, over the id maps of the data it was made from.

    Attributes:
        train: What a model may learn from.
        histories: What is revealed of the B people asked about; nobody's held-out rows.
        users: Their rows in ``train.users``. Shape [B].
        relevant: 1 where a person likes a held-out item that was not revealed; a person may
            have none. Shape [B, I].
        test: The held-out labelled rows of these people.
        candidates: Items that may be ranked; None for all. Shape [I].
        note: What was held out, in words, with the sizes.
    """

    train: Interactions
    histories: Histories
    users: Ints
    relevant: sparse.csr_matrix
    test: Interactions
    candidates: Bools | None
    note: str

    def __len__(self) -> int:
        return len(self.users)


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
    _check_share(test_share)
    _check_timed(interactions, "time")
    moments = np.sort(interactions.timestamp)
    cut = moments[min(int((1 - test_share) * len(moments)), len(moments) - 1)]
    held = interactions.timestamp >= cut
    return _split(interactions, held, people, "rows from one moment on")


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
    _check_share(test_share)
    _check_timed(interactions, "user-time")
    rank, count = _rank_in_user(interactions.user, interactions.timestamp, len(interactions.users))
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
    _check_share(test_share)
    pair = interactions.user * len(interactions.items) + interactions.item
    pairs, inverse = np.unique(pair, return_inverse=True)
    draw = generator(seed, "random-split").permutation(len(pairs))
    held = (draw < round(len(pairs) * test_share))[inverse]
    return _split(interactions, held, people, f"pairs drawn at random (seed {seed})")


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
    _check_count(test_users=test_users, train_users=train_users)
    rows = _last_of_pair(interactions)
    draw = generator(seed, "new-users", "reveal").random(len(interactions))[rows]
    rank, _ = _rank_in_user(interactions.user[rows], draw, len(interactions.users))
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
    return _assemble(
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
    _check_share(share)
    _check_count(test_users=test_users, train_users=train_users)
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
    return _assemble(
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
    _check_count(k=k)
    if len(labels) < k:
        raise EmptyData(
            f"{k} labelled rows are wanted, there are {len(labels)}", fix="Ask for fewer."
        )
    draw = generator(seed, "k-shot").permutation(len(labels))
    liked = labels[draw] > 0
    turn = np.where(liked, np.cumsum(liked), np.cumsum(~liked))
    return draw[np.lexsort((~liked, turn))][:k]


def _split(interactions: Interactions, held: Bools, people: People | None, what: str) -> Split:
    """Hold out some rows and ask about everybody who has one of them."""
    users = np.unique(interactions.user[held])
    return _assemble(
        interactions,
        train=~held,
        revealed=~held & np.isin(interactions.user, users),
        held=held,
        users=users,
        people=people,
        note=f"{what}: {int((~held).sum()):,} rows to learn from, {int(held.sum()):,} held out of "
        f"{len(users):,} users",
    )


def _assemble(
    interactions: Interactions,
    *,
    train: Bools,
    revealed: Bools,
    held: Bools,
    users: Ints,
    people: People | None,
    note: str,
    candidates: Bools | None = None,
) -> Split:
    for rows, what in ((train, "to learn from"), (held, "held out")):
        if not rows.any():
            raise EmptyData(
                f"no row is {what} in this split of {len(interactions)} rows",
                fix="Choose another share or protocol, or bring more data.",
            )
    histories = interactions.where(revealed).histories(users)
    if people is not None:
        histories = histories.knowing(
            [people.attributes[u] for u in users], [people.profile[u] for u in users]
        )
    test = interactions.where(held)
    return Split(
        train=interactions.where(train),
        histories=histories,
        users=users,
        relevant=_relevant(test, histories, users),
        test=test,
        candidates=candidates,
        note=note,
    )


def _relevant(test: Interactions, histories: Histories, users: Ints) -> sparse.csr_matrix:
    """Held-out likes that were not revealed. Shape [B, I]."""
    liked = (test.likes()[users] > 0).astype(np.float32)
    seen = (histories.seen(len(test.items)) > 0).astype(np.float32)
    found = sparse.csr_matrix(liked - liked.multiply(seen))
    found.eliminate_zeros()
    return found


def _rank_in_user(user: Ints, key: np.ndarray, users: int) -> tuple[Ints, Ints]:
    """Place of each row among its user's rows by a key, and how many rows that user has."""
    order = np.lexsort((key, user))
    count = np.bincount(user, minlength=users)
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    rank = np.empty(len(user), dtype=np.int64)
    rank[order] = np.arange(len(user)) - first[user[order]]
    return rank, count[user]


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


def _check_share(share: float) -> None:
    if not 0 < share < 1:
        raise ConfigError(f"The share held out must lie between 0 and 1, not be {share}.")


def _check_count(**counts: int | None) -> None:
    for name, count in counts.items():
        if count is not None and count < 1:
            raise ConfigError(f"{name} must be at least 1, not {count}.")


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
