"""What was written is there, once, also for the next process."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from tests.service.conftest import event

from fewrec.errors import StoreError
from fewrec.service.store import Store
from fewrec.service.tables import METADATA


def test_the_migrations_make_the_tables_that_the_code_means(store):
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_commit_waits_for_the_disk(store):
    with store.engine.connect() as connection:
        ask = connection.exec_driver_sql
        assert ask("PRAGMA journal_mode").scalar() == "wal"
        assert ask("PRAGMA synchronous").scalar() == 2  # FULL


def test_an_event_counts_once(store):
    first, second = event("ann", "a", id="1"), event("ann", "b", id="2")
    assert store.add_events([first, first, second]) == 2
    assert store.add_events([second, event("bob", "b", id="3")]) == 1
    assert store.events_since()["item"].to_list() == ["a", "b", "b"]
    assert store.counts() == {"items": 2, "users": 2, "events": 3, "slates": 0}


def test_the_first_row_of_an_id_stays(store):
    store.add_events([event("ann", "a", id="1"), event("ann", "b", id="1")])
    store.add_events([event("ann", "c", id="1")])
    assert store.events_since()["item"].to_list() == ["a"]


def test_events_come_in_the_order_of_arrival_from_any_place(store):
    for n in range(5):
        store.add_events([event("ann", f"i{n}")])
    assert store.events_since(3)["item"].to_list() == ["i3", "i4"]


def test_many_ids_at_once(store):
    many = [event(f"u{n % 700}", f"i{n}", id=str(n)) for n in range(3000)]
    assert store.add_events(many) == 3000
    assert store.add_events(many) == 0


def test_items_are_described_anew_or_in_part(store):
    assert store.put_items({"a": {"title": "A", "year": 1990}, "b": {"title": "B"}}) == 2
    assert store.put_items({"a": {"year": None, "genre": ["x"]}}, merge=True) == 0
    assert store.item("a")["properties"] == {"title": "A", "genre": ["x"]}
    store.put_items({"a": {"title": "Z"}})
    assert store.item("a")["properties"] == {"title": "Z"}


def test_a_hidden_item_stays_hidden_and_a_deleted_one_comes_back_when_put(store):
    store.put_items({"a": {"title": "A"}, "b": {"title": "B"}})
    store.set_state("a", "hidden")
    store.set_state("b", "deleted")
    store.put_items({"a": {"title": "AA"}})
    assert store.item("a")["state"] == "hidden"
    assert store.item("b") is None
    store.add_events([event("ann", "b")])  # a late event does not bring it back
    assert store.item("b") is None
    store.put_items({"b": {"title": "B again"}})
    assert store.item("b")["state"] == "shown"


def test_readers_see_what_changed_since(store):
    store.put_items({"a": {}, "b": {}})
    mark = max(row["change"] for row in store.items_since())
    store.put_items({"b": {"title": "B"}})
    store.set_state("a", "hidden")
    assert [row["item"] for row in store.items_since(mark)] == ["b", "a"]


def test_nothing_is_left_of_a_deleted_person(store, home):
    store.put_users({"secret-person": {"profile": "likes confidential things"}})
    store.add_events([event("secret-person", "a", context={"x": "y"}), event("bob", "a")])
    slate = {"slate": "s", "user": "secret-person", "query": {}, "items": [], "scores": []}
    slate |= {"propensities": None, "stage": "few", "model": "1", "created": 0.0}
    store.add_slates([slate])
    assert store.delete_user("secret-person") == {"users": 1, "events": 1, "slates": 1}
    assert store.user("secret-person") is None
    assert store.counts() == {"items": 1, "users": 1, "events": 1, "slates": 0}
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"secret-person" not in (home / "fewrec.db").read_bytes()


def test_what_was_acknowledged_is_there_for_another_process(store, home):
    store.add_events([event("ann", "a")])
    with sqlite3.connect(home / "fewrec.db") as other:
        assert other.execute("select user, item from events").fetchall() == [("ann", "a")]
    other.close()


def test_hostile_ids_are_ordinary(store):
    name = "'; drop table events; --"
    store.add_events([event(name, name)])
    assert store.user(name)["events"] == 1
    assert store.delete_user(name)["events"] == 1


def test_a_file_that_is_no_database(tmp_path: Path):
    (tmp_path / "x.db").write_text("certainly no database, but long enough to be looked at" * 9)
    with pytest.raises(StoreError, match="cannot be used as a store"):
        Store(tmp_path / "x.db")


def test_a_store_of_a_newer_version(tmp_path: Path):
    Store(tmp_path / "x.db").close()
    with sqlite3.connect(tmp_path / "x.db") as other:
        other.execute("update alembic_version set version_num = '9999'")
    other.close()
    with pytest.raises(StoreError, match="newer version"):
        Store(tmp_path / "x.db")


def test_a_full_disk_is_said_and_nothing_is_half_written(store):
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    store.engine.dispose()
    from sqlalchemy import event as listen

    @listen.listens_for(store.engine, "connect")
    def _little(connection, _):
        connection.execute(f"PRAGMA max_page_count={pages}")

    with pytest.raises(StoreError, match=r"nothing was written: .*full"):
        store.add_events([event(f"u{n}", f"i{n}") for n in range(2000)])
    assert len(store.events_since()) == 0
