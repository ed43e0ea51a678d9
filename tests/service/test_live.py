"""The model follows the store, and a new one takes over, whatever goes wrong."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from tests.service.conftest import event, titles

from fewrec.data.slate import Query
from fewrec.errors import EmptyData, NotReady
from fewrec.service import refit
from fewrec.service.live import Live
from fewrec.service.settings import ServiceSettings, read_service_settings


@pytest.fixture
def live(store, home) -> Iterator[Live]:
    store.put_items(titles())
    running = Live(store, home, ServiceSettings(wait_seconds=120.0))
    yield running
    running.close()


def test_without_items_there_is_nothing_to_make_a_model_of(store, home):
    running = Live(store, home, ServiceSettings())
    assert running.ready
    with pytest.raises(EmptyData, match="no items yet"):
        running.snapshot()
    running.close()


def test_a_first_model_that_takes_too_long_is_said(store, home):
    store.put_items(titles())
    running = Live(store, home, ServiceSettings(wait_seconds=0.0))
    with pytest.raises(NotReady, match="first model is being made"):
        running.snapshot()
    running.close()


def test_ones_own_events_never_lag_and_the_mark_moves(store, live):
    before = live.snapshot()
    for n, item in enumerate(list(titles())[:5]):
        store.add_events([event("ann", item)])
        now = live.snapshot({"ann"})
        assert len(now.model.known.interactions) == n + 1
        assert now.mark.seq == n + 1
    assert now.name == before.name and now.added == 5


def test_events_of_others_may_lag_but_arrive(store, live, monkeypatch):
    live.snapshot()
    store.add_events([event("bob", "old sea")])
    live.snapshot({"bob"})
    store.add_events([event("bob", "great sea")])
    assert len(live.snapshot({"ann"}).model.known.interactions) == 1
    monkeypatch.setattr("fewrec.service.live.LAG_SECONDS", 0.0)
    assert len(live.snapshot({"ann"}).model.known.interactions) == 2


def test_nobody_misses_their_own_event_while_others_write(store, live):
    live.snapshot()
    missed = []

    def one(number: int) -> None:
        for item in list(titles())[:6]:
            store.add_events([event(f"u{number}", item)])
            slate = live.snapshot({f"u{number}"}).model.slate(Query(user=f"u{number}", k=48))
            if item in slate.items:
                missed.append((number, item))

    threads = [threading.Thread(target=one, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert missed == []


def test_a_fit_in_a_process_of_its_own(store, live, home, monkeypatch):
    monkeypatch.setattr(refit, "QUICK", 0)
    store.add_events([event("ann", "great robot")])
    now = live.snapshot({"ann"})
    assert now.name == "000001" and now.mark.seq == 1
    assert now.model.slate(Query(user="ann", k=3)).stage == "few"


def test_a_fit_that_fails_leaves_the_old_model(store, live, monkeypatch, caplog):
    old = live.snapshot()

    def broken(*_: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr("fewrec.service.learning.fit", broken)
    store.put_items({"old sea": {"title": "described anew"}})
    until = time.monotonic() + 20
    while "the fit failed" not in caplog.text:
        live.snapshot()
        assert time.monotonic() < until
    assert live.snapshot().name == old.name
    store.add_events([event("ann", "great robot")])
    assert len(live.snapshot({"ann"}).model.known.interactions) == 1


def test_old_models_go(store, live, home):
    live.snapshot()
    for _ in range(3):
        live._fit_and_adopt()
    assert sorted(p.name for p in (home / "models").iterdir()) == ["000003", "000004"]


def test_settings_from_file_and_environment(home):
    (home / "fewrec.toml").write_text("[service]\nrate = 5\nburst = 7\n")
    told = read_service_settings(home, {"FEWREC_SERVICE_RATE": "9", "FEWREC_SERVICE_HOSTS": "a,b"})
    assert (told.rate, told.burst, told.hosts) == (9.0, 7, ("a", "b"))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("[service]\nrat = 1\n", "unknown key 'rat'. Did you mean 'rate'"),
        ("[service]\nexplore = 2\n", "key 'explore': .*less than or equal to 1"),
    ],
)
def test_settings_at_fault_are_named(home, told, said):
    from fewrec.errors import ConfigError

    (home / "fewrec.toml").write_text(told)
    with pytest.raises(ConfigError, match=said):
        read_service_settings(home, {})


def test_with_a_target_other_events_are_steps_on_the_way_to_it(store, home):
    """Nobody has bought anything yet; the model follows carts, and purchases once there are any."""
    (home / "fewrec.toml").write_text('target = "buy"\n' + (home / "fewrec.toml").read_text())
    store.put_items(titles())
    some = list(titles())
    store.add_events([event(f"u{n}", some[n % 7], "view") for n in range(20)])
    running = Live(store, home, ServiceSettings())
    first = running.snapshot().model.known.interactions
    assert (len(first), len(first.steps)) == (0, 20)
    store.add_events([event("ann", some[30], "cart"), event("ann", some[31], "view")])
    now = running.snapshot({"ann"}).model
    assert (len(now.known.interactions), len(now.known.interactions.steps)) == (0, 22)
    assert some[30] in now.slate(Query(user="ann", k=50)).items
    store.add_events([event("ann", some[30], "buy", timestamp=1.7e9 + 60)])
    later = running.snapshot({"ann"}).model
    assert len(later.known.interactions) == 1
    assert some[30] not in later.slate(Query(user="ann", k=50)).items
    running.close()
