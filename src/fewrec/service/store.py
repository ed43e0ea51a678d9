"""What the service remembers: items, people, events, slates and keys, in one database."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import Connection, Select, Table, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError

from fewrec.errors import StoreError
from fewrec.service.database import open_database
from fewrec.service.tables import EVENTS, ITEMS, META, SLATES, USERS, WRITTEN_SLATES
from fewrec.service.together import Together
from fewrec.service.versions import Versions

Properties = dict[str, Any]

EVENT_COLUMNS = {
    "seq": pl.Int64,
    "user": pl.String,
    "item": pl.String,
    "event": pl.String,
    "value": pl.Float64,
    "timestamp": pl.Float64,
}
"""What a model learns of an event."""


class Store:
    """A store in a file.

    What a method wrote is on the disk when it returns. Methods may be called from any thread.

    Attributes:
        versions: Count the writes that a model may learn from, so that readers know when to look.

    Args:
        file: SQLite file; made where it is not there.

    Raises:
        StoreError: The file cannot be used.
    """

    def __init__(self, file: Path) -> None:
        self.engine = open_database(file)
        self.versions = Versions()
        self._ratings: set[float] | None = None
        self._writing = threading.Lock()
        self._together = Together(self.writing, _take, self._written, MOST_TOGETHER)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it is written, or nothing.

        Raises:
            StoreError: The disk is full, or the file cannot be written.
        """
        with self._writing:
            try:
                with self.engine.begin() as connection:
                    yield connection
            except DBAPIError as error:
                raise StoreError(f"nothing was written: {error.orig}.") from error

    def rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        """The rows of a query, as dictionaries."""
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    # items

    def put_items(self, items: Mapping[str, Properties], *, merge: bool = False) -> int:
        """Describe items; those there are described anew, deleted ones come back.

        Args:
            items: Properties of each item by its id.
            merge: Keep the properties that are not named; None removes one.

        Returns:
            How many of them are new.
        """
        with self.writing() as connection:
            old = _named(connection, ITEMS, "item", items)
            rows = [
                {
                    "item": name,
                    "properties": _described(old.get(name), said, merge),
                    "state": _state(old.get(name)),
                    "created": old[name]["created"] if name in old else time.time(),
                }
                for name, said in items.items()
            ]
            _upsert(connection, "item", rows)
        self.versions.moved(items)
        return len(rows) - len(old)

    def set_state(self, item: str, state: str) -> bool:
        """Show, hide or delete an item; a deleted one loses its description.

        Args:
            item: Its id.
            state: ``shown``, ``hidden`` or ``deleted``.

        Returns:
            False where there is no such item.
        """
        gone: dict[str, Any] = {"properties": {}} if state == "deleted" else {}
        with self.writing() as connection:
            changed = connection.execute(
                update(ITEMS)
                .where(ITEMS.c.item == item, ITEMS.c.state != "deleted")
                .values(state=state, change=_next(connection), **gone)
            )
        self.versions.moved([item])
        return changed.rowcount > 0

    def item(self, name: str) -> dict[str, Any] | None:
        """One item with ``item``, ``properties``, ``state``; None where it is not there."""
        found = self.rows(select(ITEMS).where(ITEMS.c.item == name, ITEMS.c.state != "deleted"))
        return found[0] if found else None

    def items_since(self, change: int = 0) -> list[dict[str, Any]]:
        """Items that were new, described anew, hidden or deleted after a change, oldest first."""
        return self.rows(select(ITEMS).where(ITEMS.c.change > change).order_by(ITEMS.c.change))

    def latest(self, limit: int) -> list[str]:
        """Ids of the items that came last and are shown, newest first."""
        query = select(ITEMS.c.item).where(ITEMS.c.state == "shown")
        newest = query.order_by(ITEMS.c.created.desc(), ITEMS.c.change.desc()).limit(limit)
        return [row["item"] for row in self.rows(newest)]

    # people

    def put_users(self, users: Mapping[str, Properties], *, merge: bool = False) -> int:
        """Describe people; arguments and result as in ``put_items``."""
        with self.writing() as connection:
            old = _named(connection, USERS, "user", users)
            rows = [
                {"user": name, "properties": _described(old.get(name), said, merge)}
                for name, said in users.items()
            ]
            _upsert(connection, "user", rows)
        self.versions.moved(users=users)
        return len(rows) - len(old)

    def user(self, name: str) -> dict[str, Any] | None:
        """One person with ``user``, ``properties``, ``events``; None where nothing is known."""
        found = self.rows(select(USERS).where(USERS.c.user == name))
        if not found:
            return None
        number = select(func.count().label("n")).select_from(EVENTS).where(EVENTS.c.user == name)
        return {**found[0], "events": self.rows(number)[0]["n"]}

    def users_since(self, change: int = 0) -> list[dict[str, Any]]:
        """People of whom something was said after a change."""
        return self.rows(select(USERS).where(USERS.c.change > change).order_by(USERS.c.change))

    def delete_user(self, name: str) -> dict[str, int]:
        """Remove a person with all events and slates.

        Returns:
            Rows removed of each table.
        """
        with self.writing() as connection:
            self._ratings = None
            return {
                table.name: connection.execute(delete(table).where(table.c.user == name)).rowcount
                for table in (USERS, EVENTS, SLATES)
            }

    # events

    def add_events(self, events: Sequence[Mapping[str, Any]]) -> int:
        """Take in events; those whose ``id`` is there already are not counted again.

        Args:
            events: Columns of the table ``events`` without ``seq`` and ``received``. Items and
                users nobody described are noted.

        Returns:
            How many are new.
        """
        return len(self._together(events, len(events)).rows)

    def _written(self, taken: Sequence[_Taken]) -> None:
        """Tell readers of events that are on the disk."""
        rows = [row for one in taken for row in one.rows]
        if not rows:
            return
        rated = {row["value"] for row in rows if row["event"] == "rate"} - {None}
        with self._writing:
            if self._ratings is not None:
                self._ratings |= rated
        items = [item for one in taken for item in one.items]
        self.versions.moved(items, (row["user"] for row in rows))

    def events_since(self, seq: int = 0) -> pl.DataFrame:
        """Events after a place in the order of arrival. Columns: ``EVENT_COLUMNS``."""
        columns = [EVENTS.c[name] for name in EVENT_COLUMNS]
        query = select(*columns).where(EVENTS.c.seq > seq).order_by(EVENTS.c.seq)
        with self.engine.connect() as connection:
            rows = [tuple(row) for row in connection.execute(query)]
        return pl.DataFrame(rows, schema=EVENT_COLUMNS, orient="row")

    def ratings(self) -> list[float]:
        """The different values that ratings have, ascending."""
        with self._writing:
            if self._ratings is None:
                value = EVENTS.c.value
                query = select(value).where(EVENTS.c.event == "rate", value.is_not(None))
                self._ratings = {row["value"] for row in self.rows(query.distinct())}
            return sorted(self._ratings)

    def counts(self) -> dict[str, int]:
        """Number of items shown, people, events and slates."""
        shown = select(func.count()).select_from(ITEMS).where(ITEMS.c.state == "shown")
        with self.engine.connect() as connection:
            found = {"items": int(connection.execute(shown).scalar_one())}
            for table in (USERS, EVENTS, SLATES):
                number = select(func.count()).select_from(table)
                found[table.name] = int(connection.execute(number).scalar_one())
        return found

    # slates

    def add_slates(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Note slates that were shown: the columns of the table ``slates``; none twice."""
        with self.writing() as connection:
            connection.execute(insert(SLATES).on_conflict_do_nothing(), list(rows))

    def note_slates(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """The same for rows whose JSON is written out already."""
        with self.writing() as connection:
            connection.execute(insert(WRITTEN_SLATES).on_conflict_do_nothing(), list(rows))

    def slate(self, name: str) -> dict[str, Any] | None:
        """A slate by its id; None where there is none."""
        found = self.rows(select(SLATES).where(SLATES.c.slate == name))
        return found[0] if found else None

    def slates_of(self, user: str, since: float) -> list[dict[str, Any]]:
        """What a person was shown after a time (seconds since 1970)."""
        mine = (SLATES.c.user == user) & (SLATES.c.created >= since)
        return self.rows(select(SLATES.c.slate, SLATES.c["items"]).where(mine))

    # meta

    def fact(self, key: str) -> str | None:
        """A fact about the store itself."""
        found = self.rows(select(META.c.value).where(META.c.key == key))
        return found[0]["value"] if found else None

    def set_fact(self, key: str, value: str | None) -> None:
        """Note a fact about the store itself; None removes it."""
        with self.writing() as connection:
            if value is None:
                connection.execute(delete(META).where(META.c.key == key))
                return
            row = insert(META).values(key=key, value=value)
            connection.execute(
                row.on_conflict_do_update(index_elements=["key"], set_={"value": value})
            )


MOST_TOGETHER = 2000
"""Up to so many events of several callers are written at once."""

MANY = 500
"""Ids looked up in one query; SQLite bounds the number of parameters."""


@dataclass(frozen=True)
class _Taken:
    """Events that were not there before, and items that were not."""

    rows: list[dict[str, Any]]
    items: list[str]


def _take(connection: Connection, events: Sequence[Mapping[str, Any]]) -> _Taken:
    """Write one caller's events."""
    now = time.time()
    once = {event["id"]: {**event, "received": now} for event in reversed(events)}
    there = _named(connection, EVENTS, "id", once)
    rows = [row for name, row in reversed(once.items()) if name not in there]
    if not rows:
        return _Taken([], [])
    connection.execute(insert(EVENTS), rows)
    fresh = _note(connection, "item", {row["item"] for row in rows}, now)
    _note(connection, "user", {row["user"] for row in rows}, now)
    return _Taken(rows, fresh)


def _named(
    connection: Connection,
    table: Table,
    key: str,
    names: Iterable[str],
) -> dict[str, dict[str, Any]]:
    """The rows of some ids."""
    wanted = list(names)
    found: dict[str, dict[str, Any]] = {}
    for at in range(0, len(wanted), MANY):
        query = select(table).where(table.c[key].in_(wanted[at : at + MANY]))
        found |= {row[key]: dict(row) for row in connection.execute(query).mappings()}
    return found


def _described(old: Mapping[str, Any] | None, said: Properties, merge: bool) -> Properties:
    known = dict(old["properties"]) if merge and old else {}
    return {name: value for name, value in {**known, **said}.items() if value is not None}


def _state(old: Mapping[str, Any] | None) -> str:
    return "hidden" if old and old["state"] == "hidden" else "shown"


def _next(connection: Connection) -> int:
    """The number of the next change; unique, because one transaction writes at a time."""
    query = select(META.c.value).where(META.c.key == "change")
    number = int(connection.execute(query).scalar() or 0) + 1
    row = insert(META).values(key="change", value=str(number))
    connection.execute(
        row.on_conflict_do_update(index_elements=["key"], set_={"value": str(number)})
    )
    return number


def _upsert(connection: Connection, key: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    change = _next(connection)
    numbers = {"change": change, **({"described": change} if key == "item" else {})}
    row = insert(ITEMS if key == "item" else USERS)
    fresh = {name: row.excluded[name] for name in (*rows[0], *numbers) if name != key}
    connection.execute(
        row.on_conflict_do_update(index_elements=[key], set_=fresh),
        [{**one, **numbers} for one in rows],
    )


def _note(connection: Connection, key: str, names: Iterable[str], now: float) -> list[str]:
    """Make rows without a description for ids that only stand in events; which were new."""
    table = ITEMS if key == "item" else USERS
    more: dict[str, Any] = {"state": "shown", "created": now} if key == "item" else {}
    wanted = sorted(names)
    old = _named(connection, table, key, wanted)
    fresh = [name for name in wanted if name not in old]
    _upsert(connection, key, [{key: name, "properties": {}, **more} for name in fresh])
    return fresh
