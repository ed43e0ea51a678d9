"""What to make of one file: its table, its layout, and the role of every column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from fewrec.data.guess.choices import NONE, Choices
from fewrec.data.guess.describing import clean_cells, kind_of, title_column
from fewrec.data.guess.headers import table_of_file
from fewrec.data.guess.layouts import (
    Matrix,
    collapsed,
    exploded,
    find_matrix,
    is_turned,
    unpivoted,
    with_flags_as_events,
    with_numbered_joined,
)
from fewrec.data.guess.profile import Profile
from fewrec.data.guess.profile import profiles as profiles_of
from fewrec.data.guess.raw import Doubt, Raw
from fewrec.data.guess.roles import (
    LEFT,
    MARKS,
    VISIT,
    Pick,
    Picks,
    Profiles,
    column_of,
    event_roles,
)
from fewrec.data.guess.separate import CODES, further_columns
from fewrec.data.guess.tables import Verdict, entity_share, judge
from fewrec.data.users import column_kinds


@dataclass(frozen=True)
class FilePlan:
    """One file and what it is taken for.

    Attributes:
        raw: Its cells, in a layout of one row an event or a thing.
        profiles: Its columns.
        verdict: Which table it holds.
        picks: Column -> role. For interactions the standard columns, ``items`` and ``users`` for
            columns that describe these, "" for columns that are left out; for the other tables
            the standard columns and kinds.
        doubts: What could be otherwise.
    """

    raw: Raw
    profiles: Profiles
    verdict: Verdict
    picks: Picks = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()

    @property
    def table(self) -> str:
        """Its table; "" where it is left out."""
        return self.verdict.table

    def column(self, role: str) -> str | None:
        """The column that has a role."""
        return column_of(self.picks, role)

    def cells(self, role: str) -> pl.Series | None:
        """Cells of the column that has a role."""
        name = self.column(role)
        return None if name is None else self.raw.frame[name]

    def doubting(self, *doubts: Doubt) -> FilePlan:
        """The same plan with further doubts."""
        return replace(self, doubts=(*self.doubts, *doubts))


def plan_file(raw: Raw, choices: Choices, used: str = "") -> FilePlan:
    """Guess what one file holds.

    Args:
        raw: The file.
        choices: What is not to be guessed.
        used: Where its rows already went; "" where they are still to be placed.
    """
    if used:
        return FilePlan(raw, profiles_of(raw), Verdict("", 1.0, used))
    told = choices.tables.get(raw.name, "")
    profiles = profiles_of(raw)
    laid, doubts = _in_rows(raw, choices.applied(raw.name, profiles), told)
    profiles = profiles if laid is raw else profiles_of(laid)
    raw, profiles = laid, choices.applied(raw.name, profiles)
    verdict = judge(raw, profiles)
    if told:
        verdict = Verdict("" if told == NONE else told, 1.0, "as told", verdict.key)
    return plan_columns(FilePlan(raw, profiles, verdict, doubts=doubts), choices)


def plan_columns(plan: FilePlan, choices: Choices) -> FilePlan:
    """Give the columns their roles, for the table the plan names."""
    if plan.table == "interactions":
        return _plan_interactions(plan, choices)
    if plan.table in ("items", "users"):
        return replace(plan, picks=_plan_things(plan))
    if plan.table == "graph":
        return replace(plan, picks=_plan_graph(plan.profiles))
    if plan.table == "links":
        return replace(plan, picks=_plan_links(plan))
    return plan


def _in_rows(raw: Raw, profiles: Profiles, told: str) -> tuple[Raw, tuple[Doubt, ...]]:
    """The file with one row an event or thing, however it was laid out."""
    joined = with_numbered_joined(raw, profiles)
    if joined is not raw:
        raw, profiles = joined, profiles_of(joined)
    flagged = with_flags_as_events(raw, profiles)
    if flagged is not None:
        return flagged, ()
    matrix = find_matrix(profiles)
    if matrix is None:
        return raw, ()
    meant, doubtful = _matrix_meaning(raw, profiles, matrix, told)
    if meant == "things":
        return collapsed(raw, matrix), ()
    rest = [p for n, p in profiles.items() if n not in matrix.columns]
    key = rest[0] if rest else None
    if not doubtful:
        return unpivoted(raw, matrix, turned=is_turned(raw, matrix, key)), ()
    doubt = Doubt(
        f"{raw.name}: its yes/no columns are taken as items, its rows as users",
        f"--table {raw.name}=items",
    )
    return unpivoted(raw, matrix, turned=is_turned(raw, matrix, key)), (doubt,)


def _matrix_meaning(raw: Raw, profiles: Profiles, matrix: Matrix, told: str) -> tuple[str, bool]:
    """Whether the rows of a matrix are people who met things, or things with features."""
    if told:
        return ("people" if told == "interactions" else "things"), False
    if not matrix.ticks:
        return "people", False
    rest = {name: p for name, p in profiles.items() if name not in matrix.columns}
    named = table_of_file(raw.name)
    if max((p.meaning.of("user") for p in rest.values()), default=0.0) >= 0.5:
        return ("things" if named.get("users") else "people"), False
    if max((p.meaning.of("item") for p in rest.values()), default=0.0) >= 0.5:
        return ("people" if is_turned(raw, matrix, None) else "things"), False
    described = [p for p in rest.values() if p.wordy >= 2 or p.addresses > 0.5 or p.times]
    if described or named.get("items") or named.get("users"):
        return "things", False
    return "people", not raw.header or not rest


def _plan_interactions(plan: FilePlan, choices: Choices) -> FilePlan:
    picks = event_roles(plan.profiles)
    opened = _opened(plan.raw, plan.profiles, picks)
    if opened is not None:
        profiles = choices.applied(plan.raw.name, profiles_of(opened))
        plan = replace(plan, raw=opened, profiles=profiles)
        picks = event_roles(profiles)
    picks = {**picks, **further_columns(plan.raw.frame, plan.profiles, picks)}
    return replace(plan, picks=picks).doubting(*_role_doubts(plan, picks))


def _opened(raw: Raw, profiles: Profiles, picks: Picks) -> Raw | None:
    """The file with a row for each element of its lists of items; None where it has none."""
    user, item = column_of(picks, "user"), column_of(picks, "item")
    if user is None or item is None:
        return None
    profile = profiles[item]
    told = profile.joined or profile.meaning.listed or profiles[user].unique
    mark = profile.list_mark
    if profile.meaning.listed and not mark:
        mark = " "
    if not mark or not told:
        return None
    single = [
        name
        for name, other in profiles.items()
        if name not in (user, item) and other.meaning.of("item") >= 0.9 and not other.meaning.listed
    ]
    return exploded(raw, item, mark, single[0] if single else None)


def _role_doubts(plan: FilePlan, picks: Picks) -> list[Doubt]:
    name, doubts = plan.raw.name, []
    user, item = column_of(picks, "user"), column_of(picks, "item")
    if user and item and picks[user].why.startswith("first of"):
        order = f"{name}: by their order, {user} is taken as the user and {item} as the item"
        doubts.append(Doubt(order, f"--user {item} --item {user}"))
    if user and picks[user].why == VISIT:
        told = next(n for n, p in plan.profiles.items() if p.meaning.of("user") >= 0.5)
        doubts.append(Doubt(f"{name}: {user!r} is taken as the user: {VISIT}", f"--user {told}"))
    for role, column in (("user", user), ("item", item)):
        if column and picks[column].why == LEFT and not plan.profiles[column].meaning.roles:
            left = f"{name}: {column!r} is taken as the {role}, because nothing else is left"
            doubts.append(Doubt(left, f"--{role} COLUMN"))
    codes = next((n for n, pick in picks.items() if pick.why == CODES), None)
    if codes:
        held = ", ".join(plan.profiles[codes].known.unique().sort().head(4))
        left = f"{name}: {codes!r} holds codes ({held}) that nobody explains; it is left out"
        first = plan.profiles[codes].known[0]
        doubts.append(Doubt(left, f"--event {_quoted(codes)} --event {first}=EVENT"))
    value = column_of(picks, "value")
    if value and picks[value].why == MARKS and plan.profiles[value].named:
        doubts.append(Doubt(f"{name}: {value!r} is taken as the value: {MARKS}", "--value none"))
    rival = next((n for n in plan.profiles if value and _rivals(plan, n, picks)), None)
    if rival:
        doubts.append(
            Doubt(
                f"{name}: {value!r} is taken as the value; {rival!r} could be it too",
                f"--value {_quoted(rival)}",
            )
        )
    return doubts


def _rivals(plan: FilePlan, name: str, picks: Picks) -> bool:
    """True where another column could as well be the value."""
    profile, role = plan.profiles[name], picks[name].role if name in picks else ""
    told = profile.meaning.of("value") >= 0.9 and profile.numbers is not None
    return told and not profile.constant and role not in ("value", "items", "users")


def _quoted(name: str) -> str:
    return name if name.isidentifier() else f"'{name}'"


def _plan_things(plan: FilePlan) -> Picks:
    """Key, title and kinds of a table of items or users."""
    key = plan.verdict.key or next(iter(plan.profiles), None)
    if key is None:
        return {}
    thing = "item" if plan.table == "items" else "user"
    picks: Picks = {
        key: Pick(thing, 0.9 if plan.profiles[key].meaning.roles else 0.6, plan.verdict.why)
    }
    title = title_column(plan.profiles, key) if thing == "item" else None
    for name, profile in plan.profiles.items():
        if name == key:
            continue
        if name == title:
            said = profile.meaning.of("title") or profile.meaning.of("name")
            picks[name] = Pick(
                "title", 0.9 if said else 0.6, "header" if said else "short texts that differ"
            )
        elif thing == "item" and entity_share(profile) > 0.9 and profile.meaning.of("url") < 0.5:
            picks[name] = Pick("entity", 0.9, "names entities of a public graph")
        else:
            picks[name] = _describing(profile, thing)
    return picks


def _describing(profile: Profile, thing: str) -> Pick:
    if profile.levels == 0:
        return Pick("", 1.0, "empty")
    if thing == "user" and profile.mails > 0.9:
        return Pick("", 0.9, "e-mail addresses: personal, and no taste")
    if (
        thing == "user"
        and profile.meaning.of("name") > 0.4
        and profile.levels > 0.5 * len(profile.known)
    ):
        return Pick("", 0.8, "names of persons: personal, and no taste")
    if thing == "user" and profile.meaning.of("profile") > 0.5:
        return Pick("profile", 0.9, "header")
    kind = kind_of(profile) if thing == "item" else _kind_of_trait(profile)
    return Pick(
        kind,
        0.8 if profile.meaning.roles else 0.6,
        "header" if profile.meaning.roles else "its cells",
    )


def _kind_of_trait(profile: Profile) -> str:
    """What the data folder's reader will make of a column of the users table."""
    listed = kind_of(profile)
    if listed == "list":
        return listed
    cells = clean_cells(profile, listed)
    frame = pl.DataFrame({"user": [str(n) for n in range(len(cells))], "column": cells})
    return column_kinds(frame.rename({"column": profile.name}))[profile.name]


def _plan_graph(profiles: Profiles) -> Picks:
    names = list(profiles)
    said = {
        role: n
        for n, p in profiles.items()
        for role in ("head", "relation", "tail")
        if p.meaning.of(role) > 0.4
    }
    if len(said) == 3:
        return {name: Pick(role, 0.9, "header") for role, name in said.items()}
    if len(names) == 3 and profiles[names[1]].numbers is None and not profiles[names[2]].constant:
        roles: Mapping[str, str] = dict(zip(names, ("head", "relation", "tail"), strict=True))
    else:
        roles = dict(zip(names[:2], ("head", "tail"), strict=True))
    return {name: Pick(role, 0.7, "by their order") for name, role in roles.items()}


def _plan_links(plan: FilePlan) -> Picks:
    key = plan.verdict.key or next(iter(plan.profiles))
    other = next((name for name in plan.profiles if name != key), None)
    picks = {key: Pick("item", 0.8, plan.verdict.why)}
    if other:
        picks[other] = Pick("entity", 0.8, plan.verdict.why)
    return picks
