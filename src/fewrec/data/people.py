"""People: what a users table says, as attributes that rankers can compare and reasons can name."""

from __future__ import annotations

from dataclasses import dataclass

from fewrec.data.ids import IdMap


@dataclass(frozen=True)
class People:
    """U users with attributes and profiles.

    Attributes:
        users: Ids of the U users.
        attributes: For each user strings ``column=value`` (numbers in bins). U tuples.
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
