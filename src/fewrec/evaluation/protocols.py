"""How something is held out: the protocols of `fewrec evaluate`, as folds to fit and to ask about.

A fold is fitted once and asked about one or several splits that share its training rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from fewrec.data.dataset import Dataset
from fewrec.data.events import Interactions
from fewrec.data.splits import (
    Split,
    k_shot,
    new_items_split,
    new_users_split,
    random_split,
    time_split,
    user_time_split,
)
from fewrec.errors import ConfigError, EmptyData, nearest
from fewrec.evaluation.experiment import Cell

REVEALED = (0, 1, 3, 5, 10)
SHOTS = (16, 64, 256)
SHOWN_IN_FEW_SHOT = 5


@dataclass(frozen=True)
class Fold:
    """Something to fit once, and what to ask then.

    Attributes:
        seed: Of the split and the fit.
        train: What may be learned from; the ``train`` of every split.
        splits: Keys of the cell -> split.
        note: What was held out, in words.
    """

    seed: int
    train: Interactions
    splits: tuple[tuple[Cell, Split], ...]
    note: str


def folds(protocol: str, dataset: Dataset, seed: int) -> list[Fold]:
    """The folds of a protocol with one seed.

    Args:
        protocol: A name in ``PROTOCOLS``.
        dataset: What to hold something out from.
        seed: Of everything drawn.

    Raises:
        ConfigError: The protocol is unknown; the message offers the nearest names.
        EmptyData: There are no interactions, or nothing can be held out.
        MissingColumn: The protocol needs timestamps and there are none.
    """
    check_protocol(protocol)
    if not len(dataset.interactions):
        raise EmptyData(
            f"{dataset.name}: there are no interactions to evaluate on",
            fix="Add an interactions table with the columns user and item.",
        )
    return PROTOCOLS[protocol](dataset, seed)


def check_protocol(protocol: str) -> None:
    """Refuse an unknown protocol before anything is read or fitted.

    Raises:
        ConfigError: The protocol is unknown; the message offers the nearest names.
    """
    if protocol not in PROTOCOLS:
        raise ConfigError(
            f"there is no protocol {protocol!r}. {nearest(protocol, PROTOCOLS, 'protocols')}"
        )


def single(split: Split, seed: int, **keys: str | int) -> Fold:
    """A fold with one split."""
    return Fold(seed, split.train, ((keys, split),), split.note)


def new_user_fold(
    dataset: Dataset, seed: int, train_users: int | None, test_users: int, **keys: str | int
) -> Fold:
    """New people with 0, 1, 3, 5 and 10 revealed interactions, all asked of the same model.

    Args:
        dataset: Interactions and people.
        seed: Of the draws.
        train_users: How many other users to learn from, n; None for all.
        test_users: How many people to ask about, at most.
        **keys: Further keys of the cells.
    """
    people = [
        new_users_split(
            dataset.interactions, train_users, test_users, k, seed, people=dataset.people
        )
        for k in REVEALED
    ]
    cells = [
        ({**keys, "k": k, "segment": "new_users"}, s) for k, s in zip(REVEALED, people, strict=True)
    ]
    learned = len(np.unique(people[0].train.user))
    revealed = ", ".join(map(str, REVEALED[:-1])) + f" or {REVEALED[-1]}"
    note = (
        f"{len(people[0])} new users, {revealed} interactions revealed of each, {learned} users to "
        f"learn from (seed {seed})"
    )
    return Fold(seed, people[0].train, tuple(cells), note)


def new_item_fold(
    dataset: Dataset, seed: int, train_users: int | None, test_users: int | None, **keys: str | int
) -> Fold:
    """Items nobody has met, ranked among themselves and among the whole catalogue.

    Args:
        dataset: Interactions and people.
        seed: Of the draws.
        train_users: How many users to learn from, n; None for all.
        test_users: How many people to ask about, at most; None for all.
        **keys: Further keys of the cells.
    """
    among = new_items_split(
        dataset.interactions, 0.2, seed,
        train_users=train_users, test_users=test_users, people=dataset.people,
    )  # fmt: skip
    cells = (
        ({**keys, "segment": "new_items"}, among),
        ({**keys, "segment": "new_items_all"}, replace(among, candidates=None)),
    )
    return Fold(seed, among.train, cells, among.note)


def asked_about(dataset: Dataset) -> int:
    """How many new people to ask about: 200, or a fifth of the users where that is fewer."""
    users = len(np.unique(dataset.interactions.user))
    return max(1, min(200, users // 5))


def _time(dataset: Dataset, seed: int) -> list[Fold]:
    return [single(time_split(dataset.interactions, people=dataset.people), seed)]


def _user_time(dataset: Dataset, seed: int) -> list[Fold]:
    return [single(user_time_split(dataset.interactions, people=dataset.people), seed)]


def _random(dataset: Dataset, seed: int) -> list[Fold]:
    return [single(random_split(dataset.interactions, seed=seed, people=dataset.people), seed)]


def _new_users(dataset: Dataset, seed: int) -> list[Fold]:
    return [new_user_fold(dataset, seed, None, asked_about(dataset))]


def _new_items(dataset: Dataset, seed: int) -> list[Fold]:
    return [new_item_fold(dataset, seed, None, None)]


def _few_shot(dataset: Dataset, seed: int) -> list[Fold]:
    """K labelled rows are all there is to learn from; asked about are new people.

    Five interactions of each person asked about are revealed when they are asked about.
    """
    split = new_users_split(
        dataset.interactions, None, asked_about(dataset), SHOWN_IN_FEW_SHOT, seed,
        people=dataset.people,
    )  # fmt: skip
    made = []
    for shots in SHOTS:
        if shots > len(split.train):
            continue
        drawn = split.train.where(k_shot(split.train.label, shots, seed))
        note = f"{shots} labelled rows to learn from; {split.note}"
        made.append(single(replace(split, train=drawn, note=note), seed, shots=shots))
    if not made:
        raise EmptyData(
            f"few-shot needs at least {SHOTS[0]} rows to learn from, there are {len(split.train)}",
            fix="Bring more interactions, or use the protocol new-users.",
        )
    return made


PROTOCOLS: dict[str, Callable[[Dataset, int], list[Fold]]] = {
    "time": _time,
    "user-time": _user_time,
    "random": _random,
    "new-users": _new_users,
    "new-items": _new_items,
    "few-shot": _few_shot,
}

ABOUT = {
    "time": "Learned from everything before one moment, asked about what came after.",
    "user-time": (
        "Asked about the last fifth of each user's rows. Not free of leaks: other users' later "
        "rows are learned from."
    ),
    "random": "A fifth of the pairs at random. Not free of leaks: the future is learned from.",
    "new-users": "Asked about people who are not in the training part, with k rows revealed.",
    "new-items": "A fifth of the items lose all their rows; asked about people who like one.",
    "few-shot": "K labelled rows are all there is to learn from; asked about new people.",
}
"""What each protocol does, in a sentence."""
SEEDED = frozenset({"random", "new-users", "new-items", "few-shot"})
"""Protocols in which another seed holds out something else."""
