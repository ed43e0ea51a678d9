"""What a split is: rows to learn from, people with what is revealed of them, rows held out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Bools, Ints
from fewrec.data.events import Interactions
from fewrec.data.histories import Histories
from fewrec.data.people import People
from fewrec.errors import ConfigError, EmptyData


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


def assemble(
    interactions: Interactions,
    *,
    train: Bools,
    revealed: Bools,
    held: Bools,
    users: Ints,
    people: People | None,
    note: str,
    candidates: Bools | None = None,
    cut: float = np.inf,
) -> Split:
    """Put a split together from what was decided about every row.

    Args:
        interactions: All rows.
        train: Rows to learn from. Shape [R].
        revealed: Rows shown of the people asked about. Shape [R].
        held: Rows held out of these people. Shape [R].
        users: The people asked about, ascending. Shape [B].
        people: What is known of all users; nothing where None.
        note: What was held out, in words.
        candidates: Items that may be ranked; None for all. Shape [I].
        cut: Steps from this moment on are not known either.

    Raises:
        EmptyData: Nothing is left to learn from, or nothing is held out.
    """
    for rows, what in ((train, "to learn from"), (held, "held out")):
        if not rows.any():
            raise EmptyData(
                f"no row is {what} in this split of {len(interactions)} rows",
                fix="Choose another share or protocol, or bring more data.",
            )
    interactions = _known_steps(interactions, candidates, cut)
    histories = interactions.where(revealed).histories(users)
    if people is not None:
        histories = histories.knowing(
            [people.attributes[u] for u in users], [people.profile[u] for u in users]
        )
    test = interactions.where(held)
    return Split(
        train=_steps_of(interactions.where(train), interactions),
        histories=histories,
        users=users,
        relevant=_relevant(test, histories, users),
        test=test,
        candidates=candidates,
        note=note,
    )


def _known_steps(rows: Interactions, candidates: Bools | None, cut: float) -> Interactions:
    """Without steps that came too late, and steps on items that nobody has met."""
    if rows.steps is None:
        return rows
    kept = ~(rows.steps.timestamp >= cut)
    if candidates is not None:
        kept &= ~candidates[rows.steps.item]
    return replace(rows, steps=rows.steps.where(kept))


def _steps_of(train: Interactions, rows: Interactions) -> Interactions:
    """Steps of those who are learned from, and of those who took nothing but steps.

    Of people who keep no row in training nothing is learned; their steps would pass for steps
    that led nowhere.
    """
    if train.steps is None:
        return train
    away = np.setdiff1d(rows.user, train.user)
    return replace(train, steps=train.steps.where(~np.isin(train.steps.user, away)))


def _relevant(test: Interactions, histories: Histories, users: Ints) -> sparse.csr_matrix:
    """Held-out likes that were not revealed. Shape [B, I]."""
    liked = (test.likes()[users] > 0).astype(np.float32)
    seen = (histories.seen(len(test.items)) > 0).astype(np.float32)
    found = sparse.csr_matrix(liked - liked.multiply(seen))
    found.eliminate_zeros()
    return found


def rank_in_user(user: Ints, key: np.ndarray, users: int) -> tuple[Ints, Ints]:
    """Place of each row among its user's rows by a key, and how many rows that user has."""
    order = np.lexsort((key, user))
    count = np.bincount(user, minlength=users)
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    rank = np.empty(len(user), dtype=np.int64)
    rank[order] = np.arange(len(user)) - first[user[order]]
    return rank, count[user]


def check_share(share: float) -> None:
    """Check that a share lies between 0 and 1.

    Raises:
        ConfigError: It does not.
    """
    if not 0 < share < 1:
        raise ConfigError(f"The share held out must lie between 0 and 1, not be {share}.")


def check_count(**counts: int | None) -> None:
    """Check that numbers, given by name, are at least 1 (or None).

    Raises:
        ConfigError: One is not.
    """
    for name, count in counts.items():
        if count is not None and count < 1:
            raise ConfigError(f"{name} must be at least 1, not {count}.")
