"""What the rules did lately, on a running service."""

from __future__ import annotations

import time

import pytest
from tests.service.conftest import FAST, titles
from tests.service.test_api import ask

from fewrec.service import rule_report


@pytest.fixture
def visited(home, client_of, monkeypatch):
    """Thirty people who liked two robots long ago and, after the fit, a third one."""
    monkeypatch.setattr("fewrec.service.live.LAG_SECONDS", 0.0)
    (home / "fewrec.toml").write_text(FAST + "refit_events = 1000\n")
    client = client_of(home)
    items = [{"item": item, "properties": said} for item, said in titles().items()]
    client.post("/v1/items", json={"items": items})
    now = time.time()

    def likes(items, back):
        return [
            {"user": f"u{n}", "item": item, "event": "like", "timestamp": now - back + n}
            for n in range(30)
            for item in items
        ]

    old = likes(["great robot", "small robot"], 5e6)
    client.post("/v1/events/batch", json={"events": old})
    ask(client)
    client.post("/v1/events/batch", json={"events": likes(["last robot"], 3600)})
    return client


def test_before_anything_it_is_empty(home, client_of):
    told = client_of(home).get("/v1/rules/report").json()
    assert told["rules"] == [] and told["slates"] == 0 and told["people"] == 0


def test_firings_and_costs_of_a_running_store(visited):
    rules = {"hidden": ["last robot"], "must_show": {"10": "old sea"}, "weigh": {"year": 0.01}}
    assert visited.put("/v1/rules", json=rules).json()["waiting"] == {}
    for _ in range(3):
        ask(visited, session={"likes": ["great robot"]}, k=10)
    told = visited.get("/v1/rules/report", params={"days": 7}).json()
    by_rule = {row["rule"]: row for row in told["rules"]}
    assert set(by_rule) == {"hidden", "must_show", "weigh year"}
    assert told["slates"] == 4 and told["people"] == 30 and told["notes"] == []
    hidden = by_rule["hidden"]
    assert (hidden["fired"], hidden["slates"]) == (3, 3)
    assert hidden["ndcg"] == 0.0 and hidden["cost"] == hidden["without"] > 0.3
    assert hidden["cost_low"] <= hidden["cost"] <= hidden["cost_high"]
    assert by_rule["must_show"]["cost"] == 0.0 and by_rule["weigh year"]["fired"] is None
    assert told["since"] < time.time()


def test_without_enough_people_the_report_says_so(visited, monkeypatch):
    visited.put("/v1/rules", json={"hidden": ["last robot"]})
    monkeypatch.setattr(rule_report, "ENOUGH", 500)
    told = visited.get("/v1/rules/report", params={"days": 100, "people": 5}).json()
    assert told["people"] == 5 and "the fit has seen" in told["notes"][0]
    visited.put("/v1/rules", json={})
    nobody = visited.get("/v1/rules/report", params={"days": 0.001}).json()
    assert nobody["people"] == 0 and "nobody liked" in nobody["notes"][0]


def test_what_fired_under_older_rules_stays_in_the_report(visited):
    visited.put("/v1/rules", json={"must_show": {"1": "old sea"}})
    ask(visited, k=5)
    visited.delete("/v1/rules")
    told = visited.get("/v1/rules/report").json()
    assert [(row["rule"], row["fired"], row["cost"]) for row in told["rules"]] == [
        ("must_show", 1, None)
    ]
