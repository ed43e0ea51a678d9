"""Items and users from all files, put together: one row each, columns in clean form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import polars as pl

from fewrec.data.faults import Fault
from fewrec.data.guess.choices import Choices
from fewrec.data.guess.describing import clean_cells, kind_of, plain_name, title_column
from fewrec.data.guess.events import Events, as_whole
from fewrec.data.guess.plan import FilePlan
from fewrec.data.guess.profile import Profile
from fewrec.data.guess.shares import counted

_RESERVED = {"items": ("item", "title"), "users": ("user", "profile")}


@dataclass(frozen=True)
class Things:
    """A table of items or users.

    Attributes:
        frame: ``item`` or ``user``, and columns that describe it.
        kinds: Kind of each describing column.
        sources: Column -> the column of a file it was made of, as ``file: column``.
        notes: What was decided.
        faults: Rows set aside.
    """

    frame: pl.DataFrame
    kinds: dict[str, str]
    notes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


def things_of_file(plan: FilePlan, choices: Choices) -> Things:
    """The rows of an items or users file, one for each id; gaps filled from repeated rows."""
    key = "item" if plan.table == "items" else "user"
    name = plan.column(key) or ""
    ids = as_whole(plan.raw.frame[name]).alias(key)
    blank = ids.is_null()
    faults = tuple(_blank(plan, name, n) for n in blank.arg_true())
    columns = [n for n, pick in plan.picks.items() if n != name and pick.role not in ("", "entity")]
    frame = plan.raw.frame.select(columns).insert_column(0, ids).filter(~blank)
    once = frame.group_by(key, maintain_order=True).agg(pl.all().drop_nulls().first())
    notes = []
    if once.height < frame.height:
        again = frame.height - once.height
        kept = "the first row counts, gaps are filled"
        notes.append(f"{plan.raw.name}: ids repeated in {counted(again)}; {kept}.")
    profiles = [replace(plan.profiles[n], cells=once[n]) for n in columns]
    title = plan.column("title") if key == "item" else None
    made = _described(once[key], profiles, title, plan.table, choices)
    return replace(made, notes=tuple(notes), faults=(*plan.raw.faults, *faults))


def _blank(plan: FilePlan, name: str, row: int) -> Fault:
    raw = plan.raw
    cells = {"file": raw.name, **raw.frame.row(int(row), named=True)}
    problem = f"the row has no id in {name!r}"
    line = int(raw.lines[row])
    return Fault(plan.table, str(raw.path), line, name, None, problem, "Fill it in.", cells)


def things_of_events(plan: FilePlan, events: Events, table: str, choices: Choices) -> Things | None:
    """What the rows of an interactions file say of their items, or users, beside meeting them."""
    key = "item" if table == "items" else "user"
    columns = [name for name, pick in plan.picks.items() if pick.role == table]
    if not columns:
        return None
    cells = plan.raw.frame[events.rows.tolist()].select(columns)
    frame = cells.insert_column(0, events.frame[key].alias("\0key"))
    ids = frame["\0key"].unique(maintain_order=True)
    profiles = [
        replace(plan.profiles[name], cells=_commonest(frame, name, ids)) for name in columns
    ]
    named = plan.profiles[plan.column(key) or ""].wordy >= 1.3
    found = title_column({p.name: p for p in profiles}, None, named=named)
    title = found if table == "items" else None
    return _described(ids.alias(key), profiles, title, table, choices)


def _commonest(frame: pl.DataFrame, name: str, ids: pl.Series) -> pl.Series:
    """The commonest cell of each id, the first of equals; null where it has none."""
    counts = (
        frame.select("\0key", name).drop_nulls().group_by("\0key", name, maintain_order=True).len()
    )
    top = counts.sort("len", descending=True, maintain_order=True)
    top = top.unique("\0key", keep="first", maintain_order=True)
    return ids.to_frame().join(top, on="\0key", how="left", maintain_order="left")[name]


def _described(
    ids: pl.Series, profiles: Sequence[Profile], title: str | None, table: str, choices: Choices
) -> Things:
    columns, kinds = [ids], {}
    taken = [ids.name]
    for profile in profiles:
        if profile.name == title:
            name, kind = "title", "title"
        elif profile.meaning.of("profile") > 0.5 and table == "users":
            name, kind = "profile", "profile"
        else:
            name = _free(plain_name(profile.name), taken, table)
            kind = choices.kinds.get(profile.name, "") or kind_of(profile)
        taken.append(name)
        kinds[name] = kind
        columns.append(clean_cells(profile, kind).alias(name))
    return Things(pl.DataFrame(columns), kinds)


def _free(name: str, taken: Iterable[str], table: str) -> str:
    """A name that is not taken, and not that of a standard column it is not."""
    used = {*taken, *_RESERVED[table]}
    count, found = 2, name
    while found in used:
        found, count = f"{name}_{count}", count + 1
    return found


def merged(parts: Sequence[Things], key: str) -> Things | None:
    """Tables of the same things as one; what the first says goes before what the next says."""
    if not parts:
        return None
    whole = parts[0]
    for part in parts[1:]:
        shared = [n for n in part.frame.columns if n != key and n in whole.frame.columns]
        same = [n for n in shared if part.frame.schema[n] == whole.frame.schema[n]]
        right = part.frame.drop([n for n in shared if n not in same])
        frame = whole.frame.join(
            right, on=key, how="full", coalesce=True, suffix="\0", maintain_order="left_right"
        )
        frame = frame.with_columns(pl.coalesce(n, f"{n}\0").alias(n) for n in same)
        whole = Things(
            frame.drop([f"{n}\0" for n in same]),
            {**whole.kinds, **{n: k for n, k in part.kinds.items() if n not in whole.kinds}},
            (*whole.notes, *part.notes),
            (*whole.faults, *part.faults),
        )
    return whole


def tags_of(plan: FilePlan, column: str) -> Things:
    """Words that people gave to items, as a list for each item."""
    name = plan.column("item") or ""
    pairs = plan.raw.frame.select(
        as_whole(plan.raw.frame[name]).alias("item"), pl.col(column)
    ).drop_nulls()
    lists = pairs.group_by("item", maintain_order=True).agg(
        pl.col(column).unique(maintain_order=True)
    )
    target = plain_name(column)
    target = f"{target}s" if not target.endswith("s") else target
    return Things(lists.rename({column: target}), {target: "list"})
