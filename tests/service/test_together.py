"""Several callers share a transaction, and none fails for another one's sake."""

from __future__ import annotations

import threading

import pytest
from tests.service.conftest import event

from fewrec.errors import StoreError
from fewrec.service.store import Store
from fewrec.service.together import Together


def at_once(store: Store, batches: list[list[dict]]) -> list[object]:
    """Every batch from a thread of its own, begun while nothing can be written."""
    found: list[object] = [None] * len(batches)

    def one(number: int) -> None:
        try:
            found[number] = store.add_events(batches[number])
        except Exception as error:
            found[number] = error

    threads = [threading.Thread(target=one, args=(n,)) for n in range(len(batches))]
    with store._writing:
        for thread in threads:
            thread.start()
        while len(store._together._waiting) < len(batches) - 1:
            pass
    for thread in threads:
        thread.join()
    return found


def test_each_is_told_what_was_new_of_theirs(store):
    batches = [[event("ann", "a", id=f"e{n}"), event("bob", "b", id="same")] for n in range(9)]
    transactions = []
    plain = store._together._writing
    store._together._writing = lambda: transactions.append(1) or plain()
    found = at_once(store, batches)
    assert sorted(found) == [1] * 8 + [2]
    assert store.counts()["events"] == 10
    assert len(transactions) <= 3  # the first one's, and that of all who waited
    assert not store.versions.urgent(store.versions.now, ["ann"])


def test_one_that_cannot_be_written_fails_alone(store):
    batches = [[event("ann", "a")] for _ in range(6)]
    batches[3] = [{**event("ann", "a"), "event": None}]  # the column must not be empty
    found = at_once(store, batches)
    assert isinstance(found.pop(3), StoreError)
    assert found == [1] * 5
    assert store.counts()["events"] == 5


def test_what_is_too_much_waits_for_the_next_transaction():
    written: list[list[int]] = []

    class Transaction:
        def __enter__(self):
            written.append([])

        def __exit__(self, *_: object) -> None:
            return None

    together = Together(Transaction, lambda _, n: written[-1].append(n) or n, lambda done: None, 5)
    for weight in (3, 2, 4, 9, 1):
        together._waiting.append(type("T", (), {"asked": weight, "weight": weight})())
    assert together(1) == 1
    assert written == [[3, 2], [4], [9], [1, 1]]


def test_an_error_is_heard_by_who_asked():
    def broken(_: object, asked: int) -> int:
        return 1 // asked

    class Transaction:
        def __enter__(self):
            return None

        def __exit__(self, *_: object) -> None:
            return None

    with pytest.raises(ZeroDivisionError):
        Together(Transaction, broken, lambda done: None, 5)(0)
