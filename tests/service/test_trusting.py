"""What the service learns about its experts from the likes that come in."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from tests.service.conftest import event, titles

from fewrec.service.live import Live
from fewrec.service.settings import ServiceSettings
from fewrec.service.trusting import AT_ONCE, Trusting, trusting

NEVER = ServiceSettings(refit_events=10**6)


@pytest.fixture
def live(store, home):
    store.put_items(titles())
    running = Live(store, home, NEVER)
    yield running
    running.close()


def likes_in_one_order(store, people: int) -> None:
    """Everybody likes the same six things one after the other, as people told of them do."""
    for n in range(people):
        for place, item in enumerate(list(titles())[::8]):
            store.add_events([event(f"u{n}", item, timestamp=1.7e9 + 100 * n + place)])


def test_trust_moves_with_the_likes_and_the_answers_with_trust(store, live):
    first = live.snapshot()
    now, until = first, time.monotonic() + 60
    for n in itertools.count():
        for place, item in enumerate(list(titles())[::8]):
            store.add_events([event(f"u{n}", item, timestamp=1.7e9 + 100 * n + place)])
            now = live.snapshot({f"u{n}"})
        moved = np.abs(now.model.fusion.known - first.model.fusion.known).max() > 1e-3
        if moved or time.monotonic() > until:
            break
        time.sleep(0.3 if n >= 12 else 0.0)  # what is watched is learned from soon, not at once
    assert now.name == first.name, "no fit came in between"
    before, after = first.model.fusion.known, now.model.fusion.known
    assert before.shape == after.shape and np.abs(before - after).max() > 1e-3
    assert (after >= 0).all() and now.epoch > first.epoch


def test_a_flood_of_events_is_watched_in_part(live, store):
    before = live.snapshot().model
    store.add_events([event(f"u{n}", "old sea") for n in range(50)])
    after = live.snapshot({"u1"}).model
    watching = Trusting()
    watching.adopted(before)
    watching.watch(before, after)
    assert len(watching._trust) == AT_ONCE
    watching.watch(after, after)
    assert len(watching._trust) == AT_ONCE


def test_a_lesson_on_another_fit_is_not_taken(live):
    model = live.snapshot().model
    watching = Trusting()
    assert watching.lesson() is None
    watching.adopted(model)
    watching._due = 0
    lesson = watching.lesson()
    assert lesson is not None and watching.holds(lesson)
    known, new, visits = lesson.learned()
    np.testing.assert_array_equal(known, model.fusion.known)
    assert visits is None, "there are no visits without times that move"
    other = trusting(model, (known * 2, new * 2, None))
    watching.adopted(other)
    assert not watching.holds(lesson)


def test_a_fit_of_the_service_knows_what_comes_next(store, home):
    store.put_items(titles())
    likes_in_one_order(store, 4)
    running = Live(store, home, NEVER)
    model = running.snapshot().model
    assert "next-item" in model.fusion.experts
    model.save(home / "copy")
    again = type(model).load(home / "copy")
    people = model.histories(["u1"])
    np.testing.assert_allclose(again.fusion.scores(people), model.fusion.scores(people), atol=1e-5)
    running.close()
