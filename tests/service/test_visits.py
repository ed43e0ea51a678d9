"""Visits in the service: who does something now is answered as `recommend` would at that time."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace

import polars as pl
import pytest
from tests.service.conftest import event, titles

from fewrec.data.public import public_folder
from fewrec.data.slate import Query
from fewrec.service.answering import recommend, respond
from fewrec.service.refit import DATABASE
from fewrec.service.schemas import Ask, Session
from fewrec.service.service import Service
from fewrec.service.store import Store

PLAIN = """
like = "value >= 4"
[model]
encoder = "char-ngrams-128"
experts = ["popularity", "item-knn", "visit-chain", "visit-knn", "visit-taste", "moment"]
[service]
explore = 0.0
first_audience = 0.0
bandit = "off"
wait_seconds = 120
"""

CHAIN = list(titles())[::8]


def walks(store, people: int, start: float) -> None:
    """Everybody likes the same six things within some minutes, in one order."""
    for n in range(people):
        rows = [(item, start + 7200.0 * n + 60.0 * place) for place, item in enumerate(CHAIN)]
        store.add_events([event(f"u{n}", item, timestamp=when) for item, when in rows])


@pytest.fixture
def served(home):
    """A service whose people walk along a chain, and somebody who has begun to."""
    opened = opened_with(home, PLAIN, people=12)
    yield opened
    opened.close()


def opened_with(home, settings: str, people: int) -> Service:
    """A service whose first model is fitted on all that is in its store."""
    (home / "fewrec.toml").write_text(settings)
    store = Store(home / DATABASE)
    store.put_items(titles())
    walks(store, people, 1.6e9)
    store.close()
    service = Service.open(home, greedy=True)
    service.live.snapshot()
    return service


def told(slate):
    return [(item.item, round(item.score, 4)) for item in slate.items]


def begun(service, ago: float) -> float:
    """Ann likes the first two of the chain some seconds ago; when that was."""
    when = time.time() - ago
    service.store.add_events([event("ann", item, timestamp=when) for item in CHAIN[:2]])
    return when


def test_somebody_in_a_visit_is_answered_as_recommend_does_then(served):
    when = begun(served, 60.0)
    answer = recommend(served, Ask(user="ann", k=5, explain=True))
    now = served.live.snapshot({"ann"})
    asked = Query(user="ann", k=5, before=when + 61.0)
    assert told(answer) == [
        (item, round(score, 4)) for item, score in zip(*_items(now.model.slate(asked)), strict=True)
    ]
    assert answer.items[0].item == CHAIN[2]
    assert answer.items[0].contributions["visit-chain"] > 0


def _items(slate):
    return slate.items, slate.scores


def test_an_hour_later_the_visit_is_over(served):
    begun(served, 3600.0)
    answer = recommend(served, Ask(user="ann", k=5, explain=True))
    model = served.live.snapshot({"ann"}).model
    bare = replace(model, fusion=replace(model.fusion, present=None))
    assert told(answer) == [
        (item, round(score, 4))
        for item, score in zip(*_items(bare.slate(Query(user="ann", k=5))), strict=True)
    ]
    assert "visit-chain" not in answer.items[0].contributions


def test_views_of_somebody_anonymous_are_a_visit(served):
    answer = recommend(served, Ask(session=Session(views=CHAIN[:2]), k=5))
    assert answer.items[0].item == CHAIN[2]


def test_an_answer_is_not_kept_beyond_the_visit(served):
    when = begun(served, 1700.0)
    question = Ask(user="ann", k=5)
    respond(served, question, b"the question")
    (kept,) = served.answers._kept.values()
    assert kept.until <= when + 1800.0


@pytest.mark.parametrize("said", ["false", "true"])
def test_the_setting_says_whether_visits_are_followed(home, monkeypatch, said):
    monkeypatch.setenv("FEWREC_SERVICE_VISITS", said)
    service = opened_with(home, PLAIN.replace("experts = ", "# experts = "), people=3)
    try:
        fusion = service.live.snapshot().model.fusion
        assert (fusion.present is not None) == (said == "true")
        assert "next-item" in fusion.experts
    finally:
        service.close()


@pytest.mark.slow
def test_real_rows_of_somebody_who_rates_films_now(home):
    folder = public_folder("ml-100k", progress=False)
    rows = pl.read_csv(folder / "interactions.csv").sort("timestamp")
    someone = rows["user"].value_counts().sort("count")["user"][-1]
    mine = rows.filter(pl.col("user") == someone)
    rows.filter(pl.col("user") != someone).sample(20_000, seed=0).sort("timestamp").write_csv(
        home / "interactions.csv"
    )
    shutil.copy(folder / "items.csv", home)
    (home / "fewrec.toml").write_text(PLAIN)
    service = Service.open(home, greedy=True)
    try:
        service.live.snapshot()
        now = time.time()
        service.store.add_events(
            [
                event("ann", str(item), "rate", value=value, timestamp=now - 100 + place)
                for place, (item, value) in enumerate(mine[:30]["item", "value"].iter_rows())
                if service.live.now.model.known.catalog.items.row(str(item)) is not None
            ]
        )
        answer = recommend(service, Ask(user="ann", k=10))
        model = service.live.snapshot({"ann"}).model
        then = model.slate(Query(user="ann", k=10, before=now))
        bare = model.slate(Query(user="ann", k=10))
        assert [one.item for one in answer.items] == list(then.items) != list(bare.items)
    finally:
        service.close()
