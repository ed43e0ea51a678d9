"""Who lacks what, and since when."""

from __future__ import annotations

import pytest

from fewrec.service import versions
from fewrec.service.versions import Versions


@pytest.fixture
def clock(monkeypatch):
    moment = [100.0]
    monkeypatch.setattr(versions.time, "monotonic", lambda: moment[0])
    return moment


def test_the_newest_was_not_left(clock):
    told = Versions()
    assert told.left(0) is None
    told.moved(users=["ann"])
    clock[0] = 101.0
    told.moved(users=["bob"])
    assert [told.left(version) for version in (0, 1, 2)] == [100.0, 101.0, None]


def test_what_was_left_long_ago_is_too_old(clock):
    told = Versions()
    told.moved()
    clock[0] += versions.KEPT_SECONDS + 1
    told.moved()
    assert told.left(0) == float("-inf")
    assert told.left(1) == clock[0]


def test_urgent_are_items_and_ones_own(clock):
    told = Versions()
    told.moved(users=["ann"])
    assert told.urgent(0, ["ann"]) and not told.urgent(0, ["bob"]) and not told.urgent(1, ["ann"])
    told.moved(items=["a"])
    assert told.urgent(1, []) and not told.urgent(2, ["ann"])


def test_news_that_somebody_may_lack_are_kept_however_many_there_are(clock, monkeypatch):
    monkeypatch.setattr(versions, "MANY", 3)
    told = Versions()
    for n in range(10):
        clock[0] += 1.0
        told.moved(users=[f"u{n}"])
        told.settled(told.now)
    held = [n for n in range(10) if told.urgent(n, [f"u{n}"])]
    recent = [n for n in range(10) if told.left(n) != float("-inf")]
    assert held == recent and len(held) < 10
