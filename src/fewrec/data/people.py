"""People: what a users table says, as attributes that rankers can compare and reasons can name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fewrec.data.ids import IdMap


@dataclass(frozen=True)
class People:
    """U users with attributes and profiles.

    Attributes:
        users: Ids of the U users.
        attributes: For each user strings ``column=value`` (numbers in bins), and the links to
            other people (``link``). U tuples.
        profile: For each user free text about themselves, or "". U strings.
        bins: Bin edges of each number column, so that newcomers fall into the same bins.
    """

    users: IdMap
    attributes: tuple[tuple[str, ...], ...]
    profile: tuple[str, ...]
    bins: dict[str, tuple[float, ...]]

    @classmethod
    def unknown(cls, users: IdMap) -> People:
        """Users of whom nothing is known."""
        return cls(users, ((),) * len(users), ("",) * len(users), {})


_MARK = "\x1f"
"""Stands in no column: tells links from other attributes."""


def link(relation: str, friend: str) -> str:
    """What stands among a person's attributes for a link to another one."""
    return f"{relation}{_MARK}{friend}"


def friends_of(attributes: Iterable[str]) -> list[tuple[str, str]]:
    """(relation, id of the friend) of all links among a person's attributes."""
    parts = (said.partition(_MARK) for said in attributes)
    return [(relation, friend) for relation, mark, friend in parts if mark]


def without_friends(attributes: Iterable[str]) -> tuple[str, ...]:
    """A person's attributes that are no links."""
    return tuple(said for said in attributes if _MARK not in said)
