"""Plans of single files to whole tables: events of all files, one row for each item and user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from fewrec.data.faults import Fault
from fewrec.data.guess.choices import Choices
from fewrec.data.guess.deeds import check_told, events_of_files, told_event
from fewrec.data.guess.events import Events, standard_events
from fewrec.data.guess.plan import FilePlan
from fewrec.data.guess.raw import Doubt
from fewrec.data.guess.relations import graph_rows, link_rows
from fewrec.data.guess.things import Things, merged, tags_of, things_of_events, things_of_file
from fewrec.data.settings import STANDARD
from fewrec.errors import ConfigError, EmptyData, nearest


@dataclass(frozen=True)
class Assembled:
    """Tables under standard columns, and how they came about.

    Attributes:
        plans: The plans, with the doubts that arose on the way.
        tables: Table -> its rows.
        settings: What fewrec.toml must say of them.
        doubts: What could be otherwise.
        notes: What was decided.
        faults: Rows set aside.
    """

    plans: tuple[FilePlan, ...]
    tables: dict[str, pl.DataFrame]
    settings: dict[str, Any]
    doubts: tuple[Doubt, ...]
    notes: tuple[str, ...]
    faults: tuple[Fault, ...]


@dataclass
class _Parts:
    """Pieces of the tables, file by file; ``late`` ones come from files of interactions."""

    events: list[Events] = field(default_factory=list)
    things: dict[str, list[Things]] = field(default_factory=lambda: {"items": [], "users": []})
    late: dict[str, list[Things]] = field(default_factory=lambda: {"items": [], "users": []})
    graph: list[pl.DataFrame] = field(default_factory=list)
    links: list[pl.DataFrame] = field(default_factory=list)

    def of(self, table: str) -> Things | None:
        """The table of items or users, put together."""
        key = "item" if table == "items" else "user"
        return merged([*self.things[table], *self.late[table]], key)


def assemble(plans: Sequence[FilePlan], choices: Choices, *, skip_bad: bool) -> Assembled:
    """Make the tables that a set of plans describes.

    Args:
        plans: One for each file.
        choices: What is not to be guessed.
        skip_bad: Set any number of broken rows aside.

    Raises:
        BadValue: Many rows of a file are broken.
        EmptyData: No row names both a user and an item.
        ConfigError: A kind was told for a column that describes nothing, or an event for neither
            a file nor a word.
    """
    parts, done = _Parts(), []
    check_told(plans, choices)
    happened = events_of_files(plans, choices)
    for plan in plans:
        if plan.table == "interactions":
            event = happened[plan.raw.name]
            events = standard_events(plan, choices, event=event, skip_bad=skip_bad)
            plan = told_event(plan, event, choices).doubting(*events.doubts)
            _add_events(parts, plan, events, choices)
        else:
            _add_other(parts, plan, choices)
        done.append(plan)
    items, users = parts.of("items"), parts.of("users")
    tables = _tables(parts, items, users)
    done = done if parts.events else [_personal(plan) for plan in done]
    _refuse_empty(tables, plans)
    _refuse_kinds(choices, [things for things in (items, users) if things is not None])
    found = [things for things in (items, users) if things is not None]
    return Assembled(
        tuple(done),
        tables,
        _settings(parts, items, users, choices),
        tuple(dict.fromkeys(d for plan in done for d in (*plan.raw.doubts, *plan.doubts))),
        tuple(dict.fromkeys(_notes(done, parts, found))),
        tuple(f for e in parts.events for f in e.faults)
        + tuple(f for t in found for f in t.faults),
    )


def _personal(plan: FilePlan) -> FilePlan:
    """Doubt a list of things with marks, as the export of one person's diary is."""
    marks = [n for n, p in plan.profiles.items() if p.meaning.of("value") >= 0.9]
    if plan.table != "items" or not marks:
        return plan
    said = f"{plan.raw.name}: nobody is named who gave {marks[0]!r}; it describes the item"
    return plan.doubting(Doubt(said, "--user COLUMN"))


def _add_events(parts: _Parts, plan: FilePlan, events: Events, choices: Choices) -> None:
    parts.events.append(events)
    for table, late in parts.late.items():
        things = things_of_events(plan, events, table, choices)
        if things is not None:
            late.append(things)


def _add_other(parts: _Parts, plan: FilePlan, choices: Choices) -> None:
    if plan.table in parts.things:
        parts.things[plan.table].append(things_of_file(plan, choices))
    if plan.table == "tags":
        parts.late["items"].append(tags_of(plan, plan.column("list") or ""))
    if plan.table == "graph":
        parts.graph.append(graph_rows(plan))
    if plan.table in ("items", "links") and plan.column("entity"):
        parts.links.append(link_rows(plan))


def _tables(parts: _Parts, items: Things | None, users: Things | None) -> dict[str, pl.DataFrame]:
    tables: dict[str, pl.DataFrame] = {}
    if parts.events:
        frames = [events.frame for events in parts.events]
        tables["interactions"] = _in_order(pl.concat(frames, how="diagonal_relaxed"))
    if items is not None:
        tables["items"] = _title_first(items.frame)
    if users is not None:
        tables["users"] = users.frame
    if parts.graph:
        tables["graph"] = pl.concat(parts.graph).unique(maintain_order=True)
    if parts.links:
        links = pl.concat(parts.links)
        tables["links"] = links.unique("item", keep="first", maintain_order=True)
    return tables


def _refuse_empty(tables: Mapping[str, pl.DataFrame], plans: Sequence[FilePlan]) -> None:
    events = tables.get("interactions")
    if events is not None and not events.height:
        raise EmptyData(
            "no row names both a user and an item",
            file=next(plan.raw.path for plan in plans if plan.table == "interactions"),
            fix="Say which columns do: --user COLUMN --item COLUMN.",
        )


def _refuse_kinds(choices: Choices, found: Sequence[Things]) -> None:
    describing = {name for things in found for name in things.kinds}
    for column, kind in choices.kinds.items():
        if column not in describing:
            raise ConfigError(
                f"--kind {column}={kind}: this is no column of items or users. "
                f"{nearest(column, describing, 'columns') if describing else ''}".rstrip()
            )


def _settings(
    parts: _Parts, items: Things | None, users: Things | None, choices: Choices
) -> dict[str, Any]:
    told = {} if users is None else users.kinds
    settings = {
        "like": choices.like,
        "events": {word: 0.0 for events in parts.events for word in events.silent},
        "items": {} if items is None else dict(items.kinds),
        "users": {n: k for n, k in told.items() if n in choices.kinds or k == "list"},
    }
    return {key: value for key, value in settings.items() if value}


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select([name for name in STANDARD["interactions"] if name in frame.columns])


def _title_first(frame: pl.DataFrame) -> pl.DataFrame:
    first = [name for name in ("item", "title") if name in frame.columns]
    return frame.select(*first, pl.exclude(first))


def _notes(plans: Sequence[FilePlan], parts: _Parts, things: Sequence[Things]) -> list[str]:
    notes = [note for plan in plans for note in plan.raw.notes]
    notes += [note for events in parts.events for note in events.notes]
    notes += [note for found in things for note in found.notes]
    if not parts.events:
        notes.append("There are no interactions: recommendations will rest on what the items are.")
    return notes
