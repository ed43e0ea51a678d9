"""Files that belong together: ids of one must be found in the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import polars as pl

from fewrec.data.guess.choices import Choices
from fewrec.data.guess.plan import FilePlan, plan_columns
from fewrec.data.guess.profile import Profile
from fewrec.data.guess.raw import Doubt
from fewrec.data.guess.roles import Pick, key_like
from fewrec.data.guess.shares import share
from fewrec.data.guess.tables import Verdict, key_of_another

_GOOD = 0.9
_POOR = 0.5


def coverage(cells: pl.Series, keys: pl.Series) -> float:
    """Share of the different cells that are among the keys."""
    known = cells.drop_nulls().unique()
    return share(known.is_in(keys.drop_nulls().unique().implode()))


def joined(plans: Sequence[FilePlan], choices: Choices) -> list[FilePlan]:
    """Plans that agree with each other.

    Checks which columns find their ids in other files, and corrects what a single file could not
    tell: which table a list of things is, which column is its key, which of two columns of ids is
    the user.

    Args:
        plans: One for each file, made from the file alone.
        choices: What is not to be guessed.
    """
    plans = [_settled(plan, plans, choices) for plan in plans]
    plans = [_keyed(plan, plans, choices) for plan in plans]
    plans = [_pointed(plan, plans, choices) for plan in plans]
    return [_doubted(plan, plans) for plan in plans]


def _of(plans: Sequence[FilePlan], table: str) -> list[FilePlan]:
    return [plan for plan in plans if plan.table == table]


def _ids(plans: Sequence[FilePlan], table: str, role: str) -> pl.Series | None:
    """All ids that files of a table hold under a role; None where there is no such file."""
    found = [cells for plan in _of(plans, table) if (cells := plan.cells(role)) is not None]
    return pl.concat([cells.alias("id") for cells in found]) if found else None


def _settled(plan: FilePlan, plans: Sequence[FilePlan], choices: Choices) -> FilePlan:
    """A file of one row a thing whose header does not say which: items or users, by its ids."""
    if plan.raw.name in choices.tables or plan.table not in ("items", "users", ""):
        return plan
    key = plan.verdict.key or _first_unique(plan.profiles.values())
    if key is None or key_of_another(plan.profiles[key]):
        return plan
    if plan.table and (_named(plan, key) or any(map(_by_order, _of(plans, "interactions")))):
        return plan
    users, items = (_ids(plans, "interactions", role) for role in ("user", "item"))
    if users is None or items is None:
        return plan
    cells = plan.raw.frame[key]
    found = {"items": coverage(items, cells), "users": coverage(users, cells)}
    table = max(found, key=lambda name: found[name])
    other = min(found.values())
    if table == plan.table or found[table] < 0.6 or found[table] < other + 0.2:
        return plan
    if not plan.table and not _telling(plan, key):
        return plan
    why = f"its ids are those of the {table} in the interactions"
    verdict = Verdict(table, 0.8, why, key)
    return plan_columns(replace(plan, verdict=verdict, picks={}), choices)


def _named(plan: FilePlan, key: str) -> bool:
    return plan.profiles[key].meaning.best in ("user", "item")


def _by_order(plan: FilePlan) -> bool:
    """True where only the order of the columns told user from item."""
    user = plan.column("user")
    return user is not None and plan.picks[user].why.startswith("first of")


def _telling(plan: FilePlan, key: str) -> bool:
    """True where a file has more than ids to tell."""
    return any(not p.unique or p.wordy > 1.5 for name, p in plan.profiles.items() if name != key)


def _first_unique(columns: Iterable[Profile]) -> str | None:
    return next((p.name for p in columns if p.unique and key_like(p)), None)


def _keyed(plan: FilePlan, plans: Sequence[FilePlan], choices: Choices) -> FilePlan:
    """The key of items or users is the column that holds most ids of the interactions."""
    if plan.table not in ("items", "users"):
        return plan
    role = "item" if plan.table == "items" else "user"
    wanted = _ids(plans, "interactions", role)
    if wanted is None or role in choices.roles or plan.verdict.key is None:
        return plan
    now = coverage(wanted, plan.raw.frame[plan.verdict.key])
    others = {
        name: coverage(wanted, plan.raw.frame[name])
        for name, profile in plan.profiles.items()
        if name != plan.verdict.key
        and profile.filled > 0.7
        and profile.levels > 0.7 * len(plan.raw)
    }
    best = max(others, key=lambda name: others[name], default="")
    if now >= _POOR or not best or others[best] < now + 0.3:
        return plan
    why = f"its values are the {plan.table} of the interactions"
    return plan_columns(
        replace(plan, verdict=replace(plan.verdict, key=best, why=why), picks={}), choices
    )


def _pointed(plan: FilePlan, plans: Sequence[FilePlan], choices: Choices) -> FilePlan:
    """Users and items of interactions are the columns whose ids the other files know."""
    if plan.table != "interactions" or {"user", "item"} & set(choices.roles):
        return plan
    plan = _swapped(plan, plans)
    for role, table in (("item", "items"), ("user", "users")):
        keys = _ids(plans, table, role)
        now = plan.cells(role)
        if keys is None or now is None or coverage(now, keys) >= _POOR:
            continue
        other = "user" if role == "item" else "item"
        found = {
            name: coverage(plan.raw.frame[name], keys)
            for name, profile in plan.profiles.items()
            if profile.levels > 1 and plan.picks.get(name, Pick("", 0, "")).role != other
        }
        best = max(found, key=lambda name: found[name], default="")
        if best and found[best] >= 0.8:
            told = Choices(roles={**choices.roles, role: best})
            profiles = told.applied(plan.raw.name, plan.profiles)
            doubts = tuple(d for d in plan.doubts if not d[1].startswith("--user"))
            plan = plan_columns(replace(plan, profiles=profiles, picks={}, doubts=doubts), choices)
            plan = _explained(plan, best, role, f"its values are the ids of the {table}")
    return plan


def _explained(plan: FilePlan, name: str, role: str, why: str) -> FilePlan:
    return replace(plan, picks={**plan.picks, name: Pick(role, 0.9, why)})


def _swapped(plan: FilePlan, plans: Sequence[FilePlan]) -> FilePlan:
    """Settle two columns of ids that only their order told apart."""
    user, item = plan.column("user"), plan.column("item")
    if not user or not item or not _by_order(plan):
        return plan
    users, items = _ids(plans, "users", "user"), _ids(plans, "items", "item")
    if users is None and items is None:
        return _like_others(plan, plans)
    straight = _fit(plan, user, users) + _fit(plan, item, items)
    turned = _fit(plan, item, users) + _fit(plan, user, items)
    if straight == turned:
        return plan
    best = (user, item) if straight > turned else (item, user)
    why = "its values are the ids of the other files"
    picks = {**plan.picks, best[0]: Pick("user", 0.8, why), best[1]: Pick("item", 0.8, why)}
    doubts = tuple(d for d in plan.doubts if not d[1].startswith("--user"))
    return replace(plan, picks=picks, doubts=doubts)


def _like_others(plan: FilePlan, plans: Sequence[FilePlan]) -> FilePlan:
    """Say the same thing once: a second file in the same layout adds no doubt of its own."""
    first = next(
        (p for p in _of(plans, "interactions") if list(p.profiles) == list(plan.profiles)), plan
    )
    if first.raw.path == plan.raw.path:
        return plan
    return replace(plan, doubts=tuple(d for d in plan.doubts if not d[1].startswith("--user")))


def _fit(plan: FilePlan, column: str, keys: pl.Series | None) -> float:
    return 0.0 if keys is None else round(coverage(plan.raw.frame[column], keys), 2)


def _doubted(plan: FilePlan, plans: Sequence[FilePlan]) -> FilePlan:
    """Say where many ids of the interactions are missing in the tables that should hold them."""
    if plan.table != "interactions":
        return plan
    for role, table in (("item", "items"), ("user", "users")):
        keys, cells = _ids(plans, table, role), plan.cells(role)
        if keys is None or cells is None:
            continue
        found = coverage(cells, keys)
        if found < _GOOD:
            names = ", ".join(p.raw.name for p in _of(plans, table))
            few = f"only {found:.0%} of the {role}s in {plan.raw.name} stand in {names}"
            plan = plan.doubting(Doubt(few, f"--{role} COLUMN"))
    return plan
