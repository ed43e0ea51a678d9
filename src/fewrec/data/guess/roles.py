"""Which column of an interactions file is the user, the item, the value, the event, the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from fewrec.data.guess.profile import Profile

Profiles = Mapping[str, Profile]

PLAIN = ("session", "dwell", "position", "propensity")
"""Roles that only a header can give."""

_PERSONAL = 0.4
_CERTAIN = 5.0
_MOSTLY = 0.5


@dataclass(frozen=True)
class Pick:
    """What a column is taken for.

    Attributes:
        role: Its role.
        sure: How sure that is, in [0, 1].
        why: The evidence, in a few words.
    """

    role: str
    sure: float
    why: str


Picks = dict[str, Pick]
"""Column -> what it is taken for."""


def event_roles(profiles: Profiles) -> Picks:
    """Give the columns of a file of interactions their roles.

    Args:
        profiles: The columns of the file.

    Returns:
        Picks for the columns that have a role; no ``user`` or ``item`` where there is none.
    """
    picks: Picks = {}
    for role, rate in (("event", _as_event), ("timestamp", _as_time), ("value", _as_value)):
        found = _best(profiles, picks, rate)
        if found:
            picks[found[0]] = Pick(role, min(1.0, found[1]), found[2])
    _people_and_things(profiles, picks)
    if column_of(picks, "user") is None or column_of(picks, "item") is None:
        picks = {n: p for n, p in picks.items() if p.role != "value" or p.sure > 0.45}
        _people_and_things(profiles, picks)
    for role in PLAIN:
        found = _best(profiles, picks, _as_said(role))
        if found and found[1] > 0.5:
            picks[found[0]] = Pick(role, min(1.0, found[1]), found[2])
    return picks


def column_of(picks: Mapping[str, Pick], role: str) -> str | None:
    """The column that was picked for a role."""
    return next((name for name, pick in picks.items() if pick.role == role), None)


Rate = Callable[[Profile], tuple[float, str]]


def _best(profiles: Profiles, taken: Iterable[str], rate: Rate) -> tuple[str, float, str] | None:
    rated = [(name, *rate(profile)) for name, profile in profiles.items() if name not in taken]
    rated = [entry for entry in rated if entry[1] > 0.3]
    return max(rated, key=lambda entry: entry[1]) if rated else None


def _as_said(role: str) -> Rate:
    return lambda profile: (profile.meaning.of(role), "header")


def _speaks_of_another(profile: Profile, *roles: str) -> bool:
    """True where the header names something else than these roles, clearly."""
    own = max((profile.meaning.of(role) for role in roles), default=0.0)
    return bool(profile.meaning.roles) and own < 0.3 and profile.meaning.best != "id"


def _as_time(profile: Profile) -> tuple[float, str]:
    said = profile.meaning.of("timestamp")
    form = profile.times
    if form is None or _speaks_of_another(profile, "timestamp"):
        return (said if said >= _CERTAIN else 0.0), "as told"
    if not form.certain and said < 0.3:
        return 0.0, ""
    clock = profile.sample.str.contains(r"\d[:h]\d\d").any()
    fine = 0.16 if form.form == "unix" else 0.1 * clock + 0.05 * form.zoned
    score = 0.45 + 0.5 * said + fine - 0.4 * (1 - profile.filled)
    return score, f"holds {form.words}" + ("; header" if said else "")


def _as_event(profile: Profile) -> tuple[float, str]:
    said = profile.meaning.of("event")
    if said >= _CERTAIN:
        return said, "as told"
    deeds = profile.deeds
    if profile.constant and said and deeds is None:
        return 0.0, ""
    if said and profile.levels <= 60 and (profile.numbers is None or deeds is not None):
        return 0.6 + 0.4 * (deeds.share if deeds else 0.0), "header; names of events"
    if deeds is None or _speaks_of_another(profile, "event") or profile.opinions is not None:
        return 0.0, ""
    return (0.8 * deeds.share if deeds.share >= 0.6 else 0.0), "holds names of events"


def _as_value(profile: Profile) -> tuple[float, str]:
    said = profile.meaning.of("value")
    if said >= _CERTAIN:
        return said, "as told"
    if profile.constant and profile.opinions is None:
        return 0.0, ""
    words = profile.opinions
    judged = max(said, profile.meaning.of("review") * 0.6)
    if words is not None and not _speaks_of_another(profile, "value", "review"):
        if profile.meaning.best in ("review",) and profile.wordy > 3:
            return 0.0, ""
        return 0.6 + 0.4 * judged, f"holds {words.why}"
    if profile.numbers is None or _speaks_of_another(profile, "value"):
        return 0.0, ""
    if said:
        return 0.5 + 0.4 * said + 0.1 * profile.marks, "header; holds numbers"
    return _like_marks(profile)


LEFT = "what is left"
"""Why a column is the user, or the item, when neither header nor cells say so."""

MARKS = "few different numbers, often repeated"
"""Why a column is the value when no header says so."""


def _like_marks(profile: Profile) -> tuple[float, str]:
    """Numbers without a telling header: under a name nobody knows they must form a scale."""
    if not profile.marks or (profile.meaning.roles and profile.meaning.best == "id"):
        return 0.0, ""
    scale = profile.levels >= 3 and float(profile.values.min()) >= 0 and profile.values.max() <= 10
    if profile.named:
        return (0.36 if scale and profile.levels <= 11 else 0.0), MARKS
    if profile.grouped:
        return 0.0, ""
    early = 0.06 if profile.place == 0 else 0.01 / profile.place
    return (0.45 if profile.levels <= 11 else 0.38) - early, MARKS


def key_like(profile: Profile) -> bool:
    """True where cells could be ids: short, several, no fractions, no times."""
    told = max(profile.meaning.of("user"), profile.meaning.of("item")) >= 0.5
    if profile.levels < 2 or profile.wordy > 12 or profile.length > 120:
        return told
    if told:
        return True
    if profile.times is not None and profile.times.certain:
        return False
    return len(profile.values) == 0 or profile.whole or profile.levels > 30


def _people_and_things(profiles: Profiles, picks: Picks) -> None:
    """Pick user and item: by headers, then among the columns nobody else claims."""
    free = {n: p for n, p in profiles.items() if n not in picks and key_like(p)}
    user, item = _told_pair(free)
    if user is not None and free[user].filled < _MOSTLY:
        user = _visit(profiles, picks) or user
        free = {**free, user: profiles[user]}
    mute = [n for n, p in free.items() if n not in (user, item) and _mute(p)]
    when = next((profiles[n] for n, pick in picks.items() if pick.role == "timestamp"), None)
    mute = [name for name in mute if not _is_order(name, mute, free, when)]
    if user is None and item is None:
        if len(mute) >= 2:
            picks.update(_by_order(free[mute[0]], free[mute[1]]))
        return
    user = user or _someone(free, item, mute)
    item = item or _something(free, user, mute)
    picks.update(
        {name: _pick(free[name], role) for name, role in ((user, "user"), (item, "item")) if name}
    )


def _told_pair(free: Profiles) -> tuple[str | None, str | None]:
    """User and item by their headers."""
    user = _told(free, "user", "item")
    item = _told({n: p for n, p in free.items() if n != user}, "item", "user")
    if user is None and item is not None:
        user = _told({n: p for n, p in free.items() if n != item}, "user", "item")
    return user, item


def _pick(profile: Profile, role: str) -> Pick:
    said = profile.meaning.of(role)
    if role == "user" and said < 0.3 and profile.meaning.of("session") > 0.5:
        return Pick(role, 0.5, VISIT)
    if said < 0.3:
        return Pick(role, 0.5, LEFT)
    return Pick(role, min(1.0, said), "as told" if said >= _CERTAIN else "header")


VISIT = "most rows name no user, but all a visit"
"""Why a column of sessions is the user."""


def _visit(profiles: Profiles, taken: Iterable[str]) -> str | None:
    """The column of sessions or orders, where it is filled in everywhere."""
    visits = [n for n, p in profiles.items() if p.meaning.of("session") > 0.5 and n not in taken]
    return next((name for name in visits if profiles[name].filled == 1), None)


def _is_order(name: str, mute: Sequence[str], free: Profiles, when: Profile | None) -> bool:
    """True for a number of orders: rows share it, and it tells the time and another column."""
    profile = free[name]
    several = len(mute) > 2 and 0.4 * len(profile.known) < profile.levels < len(profile.known)
    if not several or when is None or not _tells(profile, when):
        return False
    fewer = [n for n in mute if n != name and free[n].levels < profile.levels]
    return any(_tells(profile, free[n]) for n in fewer)


def _tells(one: Profile, other: Profile) -> bool:
    """True where each value of a column comes with one value of another only."""
    pairs = pl.DataFrame({"a": one.cells, "b": other.cells}).drop_nulls().n_unique()
    return pairs == one.levels


def _by_order(first: Profile, second: Profile) -> Picks:
    """Two columns without telling headers: titles are things, else the first is the user."""
    for thing, person in ((first, second), (second, first)):
        if _long_names(thing) and not _long_names(person) and person.wordy < 1.5:
            return {
                person.name: Pick("user", 0.7, "ids beside names of several words"),
                thing.name: Pick("item", 0.7, "names of several words"),
            }
    return {
        first.name: Pick("user", 0.5, "first of the columns with ids"),
        second.name: Pick("item", 0.5, "second of the columns with ids"),
    }


def _long_names(profile: Profile) -> bool:
    """True where some cells have four words or more, as titles have and names of people lack."""
    return bool((profile.sample.str.count_matches(r"\s+") >= 3).any())


def _mute(profile: Profile) -> bool:
    return not profile.meaning.roles or profile.meaning.best in ("id", "name")


def _told(free: Profiles, role: str, other: str) -> str | None:
    """The column whose header speaks most for a role, and not more for the other one."""
    told = {
        name: profile.meaning.of(role) - (0.05 if profile.levels else 0.5) * (1 - profile.filled)
        for name, profile in free.items()
        if profile.meaning.of(role) >= _PERSONAL
        and profile.meaning.of(role) >= profile.meaning.of(other)
    }
    if not told:
        return None
    return max(told, key=lambda name: (round(told[name], 2), -free[name].place))


def _someone(free: Profiles, item: str | None, mute: list[str]) -> str | None:
    """A column of people when headers name none: addresses, names, else what nobody claims."""
    others = [name for name in free if name != item]
    if item is not None and free[item].levels < len(free[item].known):
        others = [name for name in others if not _tells(free[item], free[name])]
    mails = [name for name in others if free[name].mails > 0.9]
    named = [
        name for name in others if free[name].meaning.of("name") or free[name].meaning.of("user")
    ]
    return next(iter(mails or named or [n for n in mute if n != item]), None)


def _something(free: Profiles, user: str | None, mute: list[str]) -> str | None:
    """A column of things when headers name none: addresses of pages, makers, else what is left."""
    others = [name for name in free if name != user]
    for role in ("item", "title", "person", "url"):
        named = [name for name in others if free[name].meaning.of(role) >= 0.2]
        if named:
            return named[0]
    left = [name for name in mute if name != user]
    return max(left, key=lambda name: free[name].levels, default=None)
