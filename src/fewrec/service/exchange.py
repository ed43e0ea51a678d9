"""What goes into the store and out of it in bulk: JSON lines, data folders, models."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

from fewrec.data.faults import Inspector
from fewrec.data.liked import parse_rule
from fewrec.data.people import without_friends
from fewrec.data.readers import find_table
from fewrec.data.settings import TABLES, read_settings
from fewrec.data.sources import load_tables, read_folder
from fewrec.data.tables import Table
from fewrec.data.times import read_times
from fewrec.recommender import Recommender
from fewrec.recommender.rules import checked_rules
from fewrec.service.house import give_rules, given_rules
from fewrec.service.lines import read_line
from fewrec.service.store import Store
from fewrec.service.tables import EVENTS, ITEMS, SLATES, USERS

BATCH = 5000
"""Rows written in one transaction."""

EXPORTED = {"items": ITEMS, "users": USERS, "events": EVENTS, "slates": SLATES}
"""Tables that leave the store, in the order in which they must come back."""

INSIDE = ("seq", "change", "described", "received")
"""Columns that mean something inside one store only."""


def export_lines(store: Store) -> Iterator[str]:
    """The store as JSON lines: ``{"table": "items", "item": ..., ...}``; rules of the API last."""
    for name, table in EXPORTED.items():
        with store.engine.connect() as connection:
            rows = connection.execution_options(yield_per=BATCH).execute(select(table))
            for row in rows.mappings():
                kept = {key: value for key, value in row.items() if key not in INSIDE}
                yield _written({"table": name, **kept})
    rules = given_rules(store)
    if rules is not None:
        yield _written({"table": "rules", "rules": rules.stated()})


def _written(row: Mapping[str, Any]) -> str:
    """A row as a line that is always UTF-8."""
    line = json.dumps(row, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        line = json.dumps(row)
    return line + "\n"


def import_lines(
    store: Store,
    lines: Iterable[str],
    name: str = "import",
    events: Collection[str] | None = None,
) -> dict[str, int]:
    """Take in JSON lines; events whose id is there already are not counted again.

    Args:
        store: Where they go.
        lines: As ``export_lines`` writes them; items and users need only their id.
        name: What to call the source in messages.
        events: Names of events that are known; any where None.

    Returns:
        Rows read of each table.

    Raises:
        BadValue: A line is no JSON, names no known table, or its row does not fit the table;
            the lines of the batches before it are in the store.
        ConfigError: A line holds rules that are not valid; as above.
    """
    counts = dict.fromkeys(EXPORTED, 0)
    batch: list[dict[str, Any]] = []
    before = ""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        table, row = read_line(line, number, name, events)
        if table == "rules":
            checked_rules(row["rules"], f"{name}, line {number}")
        counts[table] = counts.get(table, 0) + 1
        if table != before or len(batch) >= BATCH:
            _take(store, before, batch)
            batch, before = [], table
        batch.append(row)
    _take(store, before, batch)
    return counts


def _take(store: Store, table: str, batch: list[dict[str, Any]]) -> None:
    if not batch:
        return
    if table == "events":
        store.add_events(batch)
    elif table == "slates":
        store.add_slates(batch)
    elif table == "rules":
        give_rules(store, checked_rules(batch[-1]["rules"], "rules"))
    elif table == "users":
        store.put_users({row["user"]: row["properties"] for row in batch})
    else:
        store.put_items({row["item"]: row["properties"] for row in batch})
        for row in batch:
            if row["state"] != "shown":
                store.set_state(row["item"], row["state"])


EMPTY: Mapping[str, Any] = dict.fromkeys(
    ("id", "user", "item", "event", "value", "timestamp", "session", "slate", "context")
)
"""An event of which nothing is known."""


def holds_tables(folder: Path) -> bool:
    """Whether a folder is a data folder."""
    return any(find_table(folder, name) is not None for name in TABLES)


def import_folder(store: Store, folder: Path) -> dict[str, int]:
    """Take in the items, users and interactions of a data folder; again is harmless.

    Raises:
        DataError: A row is at fault; nothing was taken in.
        ConfigError: fewrec.toml is at fault.
    """
    read_folder(folder)  # says all that is wrong before anything is written
    settings, inspector = read_settings(folder / "fewrec.toml"), Inspector(collect=False)
    tables = load_tables(folder, settings, inspector)
    counts = {"items": 0, "users": 0, "events": 0}
    for name, key, put in (("items", "item", store.put_items), ("users", "user", store.put_users)):
        if name in tables:
            rows = {str(row.pop(key)): row for row in tables[name].frame.iter_rows(named=True)}
            put({one: _said(row) for one, row in rows.items()})
            counts[name] = len(rows)
    if "interactions" in tables:
        events = _events_of(tables["interactions"], inspector)
        for at in range(0, len(events), BATCH):
            store.add_events(events[at : at + BATCH])
        counts["events"] = len(events)
    return counts


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in (None, "")}


def _events_of(table: Table, inspector: Inspector) -> list[dict[str, Any]]:
    """Rows as events: a value without an event is a rating, neither is a like."""
    if "timestamp" in table.frame.columns:
        table = read_times(table, "timestamp", inspector)
    events = []
    for row in table.frame.iter_rows(named=True):
        value = None if row.get("value") in (None, "") else float(row["value"])
        event = row.get("event") or ("like" if value is None else "rate")
        said = {**EMPTY, "user": str(row["user"]).strip(), "item": str(row["item"]).strip()}
        said |= {"event": event.strip(), "value": value, "timestamp": row.get("timestamp")}
        said |= {"session": row.get("session") or None}
        events.append({**said, "id": _row_id(said)})
    return events


def _row_id(said: Mapping[str, Any]) -> str:
    """The same row always gets the same id, so that it counts once."""
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return f"row:{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def import_model(store: Store, model: Recommender) -> None:
    """Take in what a model was fitted on."""
    known, test = model.known, parse_rule(model.manifest.liked).value if _ruled(model) else None
    names = known.catalog.items.ids
    rows = known.catalog.table.iter_rows(named=True)
    told = rows if known.catalog.table.width else iter([{}] * len(names))
    store.put_items({name: _said(row) for name, row in zip(names, told, strict=True)})
    people = zip(known.people.users, known.people.attributes, known.people.profile, strict=True)
    store.put_users({name: _person(said, text) for name, said, text in people})
    events, got = [], known.interactions
    for r in range(len(got)):
        value = None if np.isnan(got.value[r]) else float(got.value[r])
        event = "like" if got.label[r] else "dislike"
        time = None if np.isnan(got.timestamp[r]) else float(got.timestamp[r])
        said = {**EMPTY, "user": got.users.ids[got.user[r]], "item": names[got.item[r]]}
        said |= {"event": "rate" if test and value is not None else event}
        said |= {"value": value, "timestamp": time}
        events.append({**said, "id": _row_id(said)})
    for at in range(0, len(events), BATCH):
        store.add_events(events[at : at + BATCH])


def _person(attributes: tuple[str, ...], profile: str) -> dict[str, Any]:
    """Properties from attributes such as ``gender=F``; one that stands there twice is a list."""
    found: dict[str, list[str]] = {}
    for said in without_friends(attributes):
        name, _, value = said.partition("=")
        found.setdefault(name, []).append(value)
    told: dict[str, Any] = {name: v if len(v) > 1 else v[0] for name, v in found.items()}
    return {**told, **({"profile": profile} if profile else {})}


def _ruled(model: Recommender) -> bool:
    return bool(len(model.known.interactions))
