"""From a stranger's files to the tables of a data folder, with everything that was decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from fewrec.data.faults import Fault
from fewrec.data.guess.assembly import assemble
from fewrec.data.guess.choices import Choices
from fewrec.data.guess.joins import joined
from fewrec.data.guess.plan import FilePlan, plan_columns, plan_file
from fewrec.data.guess.raw import Doubt
from fewrec.data.guess.reading import read_raw
from fewrec.data.guess.related import with_owners
from fewrec.data.guess.roles import Pick, column_of, event_roles
from fewrec.data.guess.tables import Verdict
from fewrec.data.liked import EVERY_ROW
from fewrec.data.settings import DataSettings
from fewrec.data.sources import dataset_from_tables
from fewrec.errors import MissingColumn

_FINE_SCALE = 100
"""Values that differ by more than this are counts or amounts, not marks."""


@dataclass(frozen=True)
class Guess:
    """What a stranger's files are taken for.

    Attributes:
        files: One plan for each file.
        tables: Table -> its rows under standard columns.
        settings: Content of fewrec.toml.
        rule: The liked rule that will be in force.
        likes: How many rows it makes likes, and how many not.
        doubts: What could be otherwise.
        notes: What was decided, sentence by sentence.
        faults: Rows set aside.
    """

    files: tuple[FilePlan, ...]
    tables: Mapping[str, pl.DataFrame]
    settings: Mapping[str, Any]
    rule: str
    likes: tuple[int, int]
    doubts: tuple[Doubt, ...]
    notes: tuple[str, ...]
    faults: tuple[Fault, ...]


def guess_files(
    paths: Sequence[Path],
    choices: Choices | None = None,
    *,
    skip_bad: bool = False,
    name: str = "data",
    advance: Callable[[], None] = lambda: None,
) -> Guess:
    """Guess what a stranger's files hold.

    Args:
        paths: The files.
        choices: What is not to be guessed.
        skip_bad: Set any number of broken rows aside.
        name: What to call the data.
        advance: Called after each file.

    Returns:
        Tables in the columns of the data folder, and every decision.

    Raises:
        MissingColumn: No column of users, or of items, can be found.
        BadValue: A file cannot be read as a table, or many of its rows are broken.
        EmptyData: A file is empty, or no row names both a user and an item.
        ConfigError: A choice names a file, column or table that is not there.
    """
    choices = choices or Choices()
    raws = []
    for path in paths:
        raws.append(replace(read_raw(path, choices.spelling), label=_label(path, paths)))
        advance()
    raws, used = with_owners(raws) if len(raws) > 1 else (raws, {})
    choices.check({raw.name: raw.frame.columns for raw in raws})
    plans = joined([plan_file(raw, choices, used.get(raw.name, "")) for raw in raws], choices)
    plans = [_as_tags(plan, plans) for plan in plans]
    plans = _rescued(plans, choices)
    _refuse_nothing(plans)
    made = assemble(plans, choices, skip_bad=skip_bad)
    settings = {"name": name, **made.settings}
    dataset = dataset_from_tables(
        made.tables.get("interactions"),
        made.tables.get("items"),
        made.tables.get("users"),
        made.tables.get("graph"),
        made.tables.get("links"),
        settings=DataSettings.model_validate(settings),
        name=name,
    )
    rule, likes = dataset.interactions.rule, int(dataset.interactions.label.sum())
    return Guess(
        files=made.plans,
        tables=made.tables,
        settings={**settings, "like": rule} if rule.startswith("value") else settings,
        rule=rule,
        likes=(likes, len(dataset.interactions) - likes),
        doubts=(*made.doubts, *_many_levels(made.tables.get("interactions"), rule)),
        notes=made.notes,
        faults=made.faults,
    )


def _many_levels(events: pl.DataFrame | None, rule: str) -> list[Doubt]:
    """Doubt "every row is a like" where values look like marks on a fine scale, not counts."""
    if events is None or rule != EVERY_ROW or "value" not in events.columns:
        return []
    values = events["value"].drop_nulls().to_numpy()
    if not len(values) or values.max() - values.min() > _FINE_SCALE:
        return []
    bound = float(values.min() + 0.6 * (values.max() - values.min()))
    few = f"the values have {len(set(values)):,} levels, so every row counts as a like"
    return [Doubt(few, f"--like 'value >= {bound:.2g}'")]


def _label(path: Path, paths: Sequence[Path]) -> str:
    same = sum(other.name == path.name for other in paths)
    return f"{path.parent.name}/{path.name}" if same > 1 else path.name


def _as_tags(plan: FilePlan, plans: Sequence[FilePlan]) -> FilePlan:
    """A file of words that people gave to items, beside one that says how they liked them."""
    if plan.table != "interactions" or plan.column("value") or plan.column("event"):
        return plan
    others = [p for p in plans if p is not plan and p.table == "interactions"]
    if not any(p.column("value") or p.column("event") for p in others):
        return plan
    tag = next(
        (
            n
            for n, p in plan.picks.items()
            if not p.role and plan.profiles[n].meaning.of("category") > 0.5
        ),
        None,
    )
    if tag is None:
        return plan
    verdict = replace(plan.verdict, table="tags", why="words that people gave to items")
    used = {name: pick for name, pick in plan.picks.items() if pick.role == "item"}
    picks = {**used, tag: Pick("list", 0.8, "one list for each item")}
    return replace(plan, verdict=verdict, picks=picks)


def _rescued(plans: Sequence[FilePlan], choices: Choices) -> list[FilePlan]:
    """Where nothing else says what people met, lists in a table of people do."""
    if any(plan.table in ("interactions", "items") for plan in plans):
        return list(plans)
    return [_opened(plan, choices) for plan in plans]


def _opened(plan: FilePlan, choices: Choices) -> FilePlan:
    picks = event_roles(plan.profiles)
    item = column_of(picks, "item")
    if plan.table != "users" or item is None or not plan.profiles[item].list_mark:
        return plan
    why = f"people with lists in {item!r}"
    return plan_columns(replace(plan, verdict=Verdict("interactions", 0.5, why), picks={}), choices)


def _refuse_nothing(plans: Sequence[FilePlan]) -> None:
    """Refuse files in which nobody can be recommended anything."""
    for plan in plans:
        if plan.table == "interactions":
            for role in ("user", "item"):
                if plan.column(role) is None:
                    raise _missing(plan, role)
    if any(plan.table in ("interactions", "items") for plan in plans):
        return
    plan = max(plans, key=lambda plan: len(plan.raw))
    picks = event_roles(plan.profiles)
    role = "user" if column_of(picks, "user") is None else "item"
    if plan.table == "users" or column_of(picks, "user") is not None:
        role = "item"
    raise _missing(plan, role)


def _missing(plan: FilePlan, role: str) -> MissingColumn:
    columns = ", ".join(repr(name) for name in list(plan.raw.frame.columns)[:20])
    other = "item" if role == "user" else "user"
    return MissingColumn(
        f"no column of {role}s can be recognised among {columns}",
        file=plan.raw.path,
        fix=f"Name it with --{role} COLUMN (and --{other} COLUMN), or give the file that holds "
        "the interactions: one row for each time a user met an item.",
    )
