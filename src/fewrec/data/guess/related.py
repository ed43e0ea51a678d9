"""Order lines that name the item, and orders that name the user: two files, one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from fewrec.data.guess.headers import words
from fewrec.data.guess.profile import Profile, profiles
from fewrec.data.guess.raw import Raw
from fewrec.data.guess.shares import share

_COVERED = 0.9
_TOLD = 0.5


@dataclass(frozen=True)
class _Bridge:
    lines: Raw
    orders: Raw
    column: str
    key: str


def with_owners(raws: Sequence[Raw]) -> tuple[list[Raw], dict[str, str]]:
    """Give lines without a user the columns of the order they belong to.

    Args:
        raws: All files.

    Returns:
        The files, lines widened by the columns of their orders; and for each file that was used
        up in this way a sentence that says so.
    """
    told = {raw.name: profiles(raw) for raw in raws}
    found = {raw.name: raw for raw in raws}
    used: dict[str, str] = {}
    for lines in raws:
        bridge = next((b for orders in raws if (b := _bridge(lines, orders, told))), None)
        if bridge is None:
            continue
        found[lines.name] = _widened(bridge)
        used[bridge.orders.name] = f"joined to {lines.name} by {bridge.column!r}"
    return list(found.values()), used


def _bridge(lines: Raw, orders: Raw, told: Mapping[str, Mapping[str, Profile]]) -> _Bridge | None:
    """The columns by which lines find their order; None where the files do not belong together."""
    mine, theirs = told[lines.name], told[orders.name]
    fits = _speaks(mine, "item") and not _speaks(mine, "user")
    if lines is orders or not fits or not _speaks(theirs, "user") or _speaks(theirs, "item"):
        return None
    for name, profile in mine.items():
        if profile.meaning.of("item") >= _TOLD:
            continue
        for key, other in theirs.items():
            alike = words(name) == words(key) or (
                profile.meaning.of("session") > _TOLD and other.meaning.of("session") > _TOLD
            )
            if alike and other.unique and _covers(other.known, profile.known):
                return _Bridge(lines, orders, name, key)
    return None


def _speaks(columns: Mapping[str, Profile], role: str) -> bool:
    return any(profile.meaning.of(role) >= _TOLD for profile in columns.values())


def _covers(keys: pl.Series, cells: pl.Series) -> bool:
    known = cells.unique()
    return len(known) > 0 and share(known.is_in(keys.implode())) >= _COVERED


def _widened(bridge: _Bridge) -> Raw:
    right = bridge.orders.frame.rename({bridge.key: bridge.column})
    frame = bridge.lines.frame.join(
        right,
        on=bridge.column,
        how="left",
        suffix=f" of {bridge.orders.name}",
        maintain_order="left",
    )
    return bridge.lines.with_frame(frame)
