"""Which table a file holds: interactions, items, users, graph or links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fewrec.data.guess.headers import table_of_file
from fewrec.data.guess.profile import Profile
from fewrec.data.guess.raw import Raw
from fewrec.data.guess.roles import Picks, Profiles, column_of, event_roles, key_like
from fewrec.data.guess.shares import share

ENTITY = (
    r"^<?https?://(dbpedia\.org/resource|www\.wikidata\.org/(wiki|entity))/|^Q\d+$|^/?m[/.]0\w+$"
)
"""What names of entities in public graphs look like."""

_TELLING = ("title", "text", "category", "year", "number", "person", "url", "stock", "name")
_LEAST = 0.35


@dataclass(frozen=True)
class Verdict:
    """Which table a file was taken for.

    Attributes:
        table: interactions, items, users, graph, links, or "" where it is none of them.
        sure: How far it is ahead of the next best, in [0, 1].
        why: The evidence in a few words.
        key: The column of ids, for items and users.
    """

    table: str
    sure: float
    why: str
    key: str | None = None


def judge(raw: Raw, profiles: Profiles) -> Verdict:
    """Say which table a file holds, from its columns and its name alone."""
    named = table_of_file(raw.name)
    judged = {
        "interactions": _interactions(profiles, len(raw)),
        "items": _things(profiles, "item"),
        "users": _things(profiles, "user"),
        "graph": _graph(profiles, named),
        "links": _links(profiles, named),
    }
    scores = {
        table: score + 0.3 * named.get(table, 0.0)
        for table, (score, _, _) in judged.items()
        if score
    }
    best = max(scores, key=lambda table: scores[table], default="")
    if not best or scores[best] < _LEAST:
        return Verdict("", 1.0, "neither users nor items can be recognised in it")
    second = max((s for t, s in scores.items() if t != best), default=0.0)
    _, why, key = judged[best]
    why = f"{why}; name of the file" if named.get(best) else why
    return Verdict(best, min(1.0, 0.5 + scores[best] - second), why, key)


def _interactions(profiles: Profiles, rows: int) -> tuple[float, str, str | None]:
    picks = event_roles(profiles)
    user, item = column_of(picks, "user"), column_of(picks, "item")
    if user is None or item is None:
        return 0.0, "", None
    again = profiles[user].levels < rows or profiles[item].levels < rows or rows < 3
    listed = profiles[item].list_mark if profiles[item].meaning.of("item") > 0.5 else ""
    if not again and not listed:
        return 0.0, "", None
    happened = sum(column_of(picks, role) is not None for role in ("value", "event", "timestamp"))
    said = [
        max(profiles[name].meaning.of(role), 0.0) for name, role in ((user, "user"), (item, "item"))
    ]
    said = [min(1.0, s) for s in said]
    header = min(said) if min(said) > 0.3 else 0.5 * max(said)
    both = profiles[user].levels < rows and profiles[item].levels < rows
    score = 0.3 + 0.4 * header + 0.1 * happened + (0.2 if both else 0.0) - _oddity(profiles, picks)
    return max(score, 0.01), _why_interactions(picks), None


def _oddity(profiles: Profiles, picks: Picks) -> float:
    """A first column that is a key of everything speaks for a table of things."""
    user, item = column_of(picks, "user"), column_of(picks, "item")
    for role, name in (("user", user), ("item", item)):
        if name and profiles[name].unique and profiles[name].meaning.of(role) < 0.9:
            return 0.4
    return 0.0


def _why_interactions(picks: Picks) -> str:
    found = [pick.role for pick in picks.values() if pick.role != "session"]
    return "has " + ", ".join(sorted(found, key=_ORDER.index))


_ORDER = ["user", "item", "value", "event", "timestamp", "dwell", "position", "propensity"]


def _things(profiles: Profiles, role: str) -> tuple[float, str, str | None]:
    """A table with one row a thing: a key, and columns that tell something of it."""
    key = _key(profiles, role)
    if key is None:
        return 0.0, "", None
    other = "user" if role == "item" else "item"
    said = min(1.0, profiles[key].meaning.of(role))
    against = min(1.0, profiles[key].meaning.of(other))
    if against > said or key_of_another(profiles[key]):
        return 0.0, "", None
    telling = _telling(profiles, key, role)
    if not telling and said < 0.3:
        return 0.0, "", None
    someone = [p for n, p in profiles.items() if n != key and p.meaning.of(other) >= 0.8]
    repeated = [p for p in someone if not p.unique]
    score = 0.3 + 0.4 * said + min(0.3, 0.1 * telling) - (0.4 if repeated else 0.0)
    return max(score, 0.0), f"one row for each {profiles[key].name}", key


def key_of_another(profile: Profile) -> bool:
    """True where the header of a key names something else, as in a list of tags."""
    roles = ("item", "user", "id", "title", "name", "url", "person", "rowid")
    return bool(profile.meaning.roles) and not any(profile.meaning.of(role) for role in roles)


def _key(profiles: Profiles, role: str) -> str | None:
    """The column in which every row has its own value."""
    own = {n: p for n, p in profiles.items() if key_like(p) and _almost_unique(p)}
    if not own:
        return None
    titles = {n: p for n, p in own.items() if p.wordy < 1.5 or p.meaning.of(role) >= 0.5}
    pool = titles or own
    return max(pool, key=lambda name: _keyness(pool[name], role))


def _almost_unique(profile: Profile) -> bool:
    told = max(profile.meaning.of("item"), profile.meaning.of("user")) >= 0.5
    enough = 0.7 if told else 0.999
    return (
        profile.filled > 0.9
        and profile.levels >= enough * len(profile.known)
        and profile.levels > 1
    )


def _keyness(profile: Profile, role: str) -> tuple[float, float, int]:
    said = min(profile.meaning.of(role), 1.0) + 0.5 * min(profile.meaning.of("id"), 1.0)
    return said, float(profile.wordy < 1.5), -profile.place


def _telling(profiles: Profiles, key: str, role: str) -> float:
    """How many columns describe an item, or a person."""
    others = [p for name, p in profiles.items() if name != key]
    if role == "user":
        return sum(max(p.meaning.of("trait"), p.meaning.of("profile"), _human(p)) for p in others)
    said = sum(max((p.meaning.of(r) for r in _TELLING), default=0.0) for p in others)
    human = sum(_human(p) >= 0.7 for p in others)
    return max(0.0, said + sum(_title_like(p) for p in others) - human)


def _title_like(profile: Profile) -> float:
    """A column of names or texts that differ from row to row, without a header that says so."""
    if profile.meaning.roles or profile.numbers is not None:
        return 0.0
    return 1.0 if profile.wordy >= 1.7 and profile.levels > 0.7 * len(profile.known) else 0.0


def _human(profile: Profile) -> float:
    """What only people have: a sex, an age, without a header that says so."""
    if profile.meaning.roles:
        return 0.0
    words = {value.lower() for value in profile.sample.head(6).to_list()}
    if words and words <= {
        "m",
        "f",
        "male",
        "female",
        "w",
        "男",
        "女",
        "x",
        "d",
        "other",
        "diverse",
    }:
        return 2.0
    values = profile.values
    ages = len(values) > 3 and profile.whole and 1 <= values.min() and 18 < values.max() <= 110
    return 0.5 if ages else 0.0


def _graph(profiles: Profiles, named: Mapping[str, float]) -> tuple[float, str, str | None]:
    names = list(profiles)
    said = [
        role
        for role in ("head", "relation", "tail")
        if any(p.meaning.of(role) > 0.4 for p in profiles.values())
    ]
    if len(said) == 3:
        return 1.0, "has head, relation and tail", None
    friends = [p for p in profiles.values() if p.meaning.of("friend") > 0.5]
    if friends:
        return 1.0, "says who knows whom", None
    if len(names) > 4 or len(names) < 2:
        return 0.0, "", None
    entities = [p for p in profiles.values() if entity_share(p) > 0.9]
    if len(entities) >= 2:
        return 1.0, "links entities of a public graph", None
    triple = len(names) == 3 and _relation_like(profiles[names[1]])
    if triple:
        return 0.7, "three columns with a relation in the middle", None
    return (0.9 if named.get("graph", 0) > 0.6 else 0.0), "pairs of ids", None


def _relation_like(profile: Profile) -> bool:
    texts = profile.numbers is None and profile.opinions is None and profile.deeds is None
    few = profile.levels < 0.2 * len(profile.known)
    return texts and few and not profile.meaning.roles and profile.length > 4


def entity_share(profile: Profile) -> float:
    """Share of cells that name entities of a public graph."""
    return share(profile.sample.str.contains(ENTITY))


def _links(profiles: Profiles, named: Mapping[str, float]) -> tuple[float, str, str | None]:
    names = list(profiles)
    if len(names) != 2 or not all(key_like(profiles[name]) for name in names):
        return 0.0, "", None
    entities = [name for name in names if entity_share(profiles[name]) > 0.9]
    if len(entities) == 1:
        return (
            0.9,
            "links ids to entities of a public graph",
            next(n for n in names if n != entities[0]),
        )
    pair = all(profiles[name].unique for name in names) and named.get("links", 0) > 0
    return (0.7 if pair else 0.0), "pairs of ids", names[0]
