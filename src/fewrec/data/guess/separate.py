"""Which further columns of an interactions file tell something of the item, or of the user."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from fewrec.data.guess.profile import Profile
from fewrec.data.guess.roles import Pick, Picks, Profiles, column_of

CODES = "codes of events that nobody explains"
"""Why a column of events is left out."""

_FUNCTION = 0.98
_NEARLY = 0.75
_OF_ITEMS = ("title", "text", "category", "year", "person", "number", "url", "stock")
_PLACES = {"item": "items", "user": "users"}


@dataclass(frozen=True)
class Dependence:
    """How well the user and the item of a row tell a further cell of it, each in [0, 1].

    Shares of the rows whose cell is the commonest one of their user (their item), among users
    (items) with several rows; None where nobody has several.
    """

    user: float | None
    item: float | None


def dependence(frame: pl.DataFrame, column: str, user: str, item: str) -> Dependence:
    """Measure how far a column depends on users and items."""
    return Dependence(_told_by(frame, column, user), _told_by(frame, column, item))


def _told_by(frame: pl.DataFrame, column: str, owner: str) -> float | None:
    pairs = frame.select(pl.col(owner).alias("o"), pl.col(column).alias("c")).drop_nulls()
    counts = pairs.group_by("o", "c").len()
    owners = counts.group_by("o").agg(
        pl.col("len").sum().alias("rows"), pl.col("len").max().alias("top")
    )
    several = owners.filter(pl.col("rows") > 1)
    if not several.height:
        return None
    return float(several["top"].sum()) / float(several["rows"].sum())


def further_columns(frame: pl.DataFrame, profiles: Profiles, picks: Picks) -> Picks:
    """Say what becomes of the columns that have no role in the interactions.

    Args:
        frame: Cells of the file.
        profiles: Its columns.
        picks: Roles given so far.

    Returns:
        For each other column ``items``, ``users``, ``text``, ``quantity`` or ``""`` (left out) as
        its role, with the reason.
    """
    user, item = column_of(picks, "user"), column_of(picks, "item")
    if user is None or item is None:
        return {}
    found: Picks = {}
    for name, profile in profiles.items():
        if name in picks:
            continue
        found[name] = _place(frame, profile, user, item)
    return _with_session(frame, _one_text(found, profiles), profiles, picks)


def _with_session(frame: pl.DataFrame, found: Picks, profiles: Profiles, picks: Picks) -> Picks:
    """A column whose values each belong to one user and one time is an order, or a visit."""
    user, time = column_of(picks, "user"), column_of(picks, "timestamp")
    if user is None or time is None or column_of(picks, "session"):
        return found
    for name, pick in found.items():
        profile = profiles[name]
        if pick.role or not profiles[user].levels < profile.levels < len(profile.cells):
            continue
        if profile.filled == 1 and all(
            _told_by(frame, other, name) == 1.0 for other in (user, time)
        ):
            return {**found, name: Pick("session", 0.7, "each value has one user and one time")}
    return found


def _place(frame: pl.DataFrame, profile: Profile, user: str, item: str) -> Pick:
    told = profile.meaning
    for role, why in (
        ("quantity", "an amount, not an opinion"),
        ("total", "of the order, not the item"),
    ):
        if told.of(role) > 0.5:
            return Pick("quantity" if role == "quantity" else "", 0.9, why)
    if told.of("text") >= 9 or told.of("title") >= 9:
        return Pick("text" if told.of("text") >= 9 else "items", 1.0, "as told")
    if profile.levels == 0:
        return Pick("", 1.0, "empty")
    if profile.constant and len(profile.cells) > 1:
        return Pick("", 0.9, "the same in every row")
    if profile.mails > 0.9:
        return Pick("", 0.9, "e-mail addresses: personal, and no taste")
    if told.of("event") > 0.5 and profile.numbers is not None and profile.levels > 1:
        return Pick("", 0.5, CODES)
    if told.of("review") > 0.5 and profile.numbers is None:
        return Pick("text", 0.9, "header")
    depends = dependence(frame, profile.name, user, item)
    return _by_dependence(profile, depends)


def _by_dependence(profile: Profile, depends: Dependence) -> Pick:
    of_item = max((profile.meaning.of(role) for role in _OF_ITEMS), default=0.0)
    of_user = profile.meaning.of("trait") + profile.meaning.of("profile")
    if profile.meaning.of("name"):
        of_user = of_item = 0.0
        if depends.user is not None and depends.user >= _FUNCTION > (depends.item or 0.0):
            return Pick("", 0.8, "names of persons: personal, and no taste")
    item = _strength(depends.item, of_item, of_user)
    user = _strength(depends.user, of_user, of_item)
    if max(item, user) <= 0:
        return Pick("", 0.6, "differs within users and within items")
    role = "item" if item >= user else "user"
    exact = depends.item if role == "item" else depends.user
    if role == "user" and (
        profile.meaning.best in ("id", "user", "url") or profile.addresses > 0.5
    ):
        return Pick("", 0.8, "another id of the user")
    owner = "an item" if role == "item" else "a user"
    why = f"the same for every row of {owner}"
    if exact is None:
        why = "header"
    elif exact < _FUNCTION:
        why = f"nearly always the same for {owner}; the commonest is kept"
    return Pick(_PLACES[role], min(1.0, max(item, user)), why)


def _strength(depends: float | None, said: float, against: float) -> float:
    """How strongly a column belongs to an owner: by its cells, else by its header."""
    if depends is None:
        return 0.6 * said if said > 0.5 else 0.0
    if depends >= _FUNCTION:
        return 0.6 + 0.4 * said - 0.3 * against
    return 0.5 * said if depends >= _NEARLY and said > 0.5 else 0.0


def _one_text(found: Picks, profiles: Profiles) -> Picks:
    """Keep one text a row: the longest review, else free text that nothing else explains."""
    texts = [name for name, pick in found.items() if pick.role == "text"]
    if not texts:
        texts = [n for n, p in found.items() if not p.role and _free_text(profiles[n], p)]
    best = max(texts, key=lambda name: profiles[name].length, default=None)
    for name in texts:
        if name == best:
            found[name] = Pick("text", 0.8, "free text that differs from row to row")
        elif found[name].role == "text":
            found[name] = Pick("", 0.6, f"another text than {best!r}")
    return found


def _free_text(profile: Profile, pick: Pick) -> bool:
    differs = profile.levels > 0.8 * len(profile.known) and profile.wordy >= 2.5
    wanted = profile.meaning.of("text") > 0.5 or profile.wordy > 4 or differs
    return pick.why.startswith("differs") and wanted and profile.numbers is None
