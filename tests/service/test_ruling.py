"""Business rules by API: in force at once, kept, counted; the file's come back."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from tests.service.conftest import FAST
from tests.service.test_api import ask, like, shown

from fewrec.service import database
from fewrec.service.store import Store

JSON = {"Content-Type": "application/json"}


def put(client, **rules):
    return client.put("/v1/rules", json=rules)


def test_rules_hold_from_the_next_slate_on_and_the_files_come_back(home, client_of):
    (home / "fewrec.toml").write_text(FAST + '[rules]\nhidden = ["old sea"]\n')
    client = client_of(home)
    client.post("/v1/items", json={"items": [{"item": "old sea"}, {"item": "b"}, {"item": "c"}]})
    told = client.get("/v1/rules").json()
    assert told["rules"]["hidden"] == ["old sea"] and told["waiting"] == {}
    assert told["sources"]["hidden"] == "fewrec.toml" and told["sources"]["stock"] == "default"
    assert "old sea" not in shown(ask(client))
    told = put(client, must_show={"1": "old sea"}, hidden=["b"]).json()
    assert told["sources"] | {"must_show": "api", "hidden": "api"} == told["sources"]
    assert told["rules"]["must_show"] == {"1": "old sea"}
    assert shown(ask(client))[0] == "old sea" and "b" not in shown(ask(client))
    told = client.delete("/v1/rules").json()
    assert told["sources"]["hidden"] == "fewrec.toml" and told["rules"]["must_show"] == {}
    assert "old sea" not in shown(ask(client)) and "b" in shown(ask(client))


def test_rules_outlive_a_restart_and_a_move(client, home, client_of, tmp_path):
    put(client, hidden=["old sea", "b", "a", "c"], weigh={"year": -0.5})
    lines = client.get("/v1/export").text
    client.__exit__(None, None, None)
    client.__exit__ = lambda *_: None
    again = client_of(home)
    assert "old sea" not in shown(ask(again, k=48))
    assert again.get("/v1/rules").json()["sources"]["weigh"] == "api"
    other = client_of(tmp_path / "other")
    assert other.post("/v1/import", content=lines).json()["rules"] == 1
    assert other.get("/v1/rules").json()["rules"]["hidden"] == ["a", "b", "c", "old sea"]
    assert "old sea" not in shown(ask(other, k=48))
    bad = other.post("/v1/import", content='{"table": "rules", "rules": {"hiden": []}}')
    assert bad.status_code == 422 and "line 1: unknown key 'hiden'" in bad.json()["detail"]


def test_rules_on_what_items_are_hold_or_wait(client):
    robots = {"relation": "topic", "value": "robot"}
    kings = {"relation": "topic", "value": "king", "weight": 900}
    told = put(client, never=[robots], prefer=[kings]).json()
    assert told["rules"]["never"] == [{**robots, "people": ""}]
    assert told["waiting"] == {} and told["sources"]["never"] == "api"
    slate = shown(ask(client, k=48))
    assert len(slate) == 42 and not any("robot" in item for item in slate)
    assert all("king" in item for item in slate[:6])
    for wrong, said in (
        (robots | {"value": "robbot"}, "no item has the topic 'robbot'. Did you mean 'robot'?"),
        (robots | {"relation": "topik"}, "no column or relation 'topik'. Did you mean 'topic'"),
        (robots | {"people": "age=7"}, "nobody is 'age=7'."),
    ):
        (late,) = put(client, never=[wrong]).json()["waiting"]["never"]
        assert said in late
        assert any("robot" in item for item in shown(ask(client, k=48)))


def test_wrong_rules_are_refused_by_key_and_the_old_ones_stay(client):
    put(client, hidden=["old sea"])
    for rules, place, said in (
        ({"hiden": []}, "body.hiden", "Extra inputs"),
        ({"at_most": {"topic": 0}}, "body.at_most", "at least 1 item"),
        ({"must_show": {"0": "a"}}, "body.must_show", "counted from 1"),
        ({"weigh": {"year": 1e9}}, "body.weigh.year", "less than or equal to 1000"),
    ):
        answer = put(client, **rules)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["errors"][0]["place"].startswith(place)
        assert said in answer.json()["detail"]
    nan = client.put("/v1/rules", content='{"weigh": {"year": NaN}}', headers=JSON)
    assert nan.status_code == 422
    assert client.get("/v1/rules").json()["rules"]["hidden"] == ["old sea"]


def test_rules_wait_for_what_is_not_there(client):
    told = put(
        client,
        hidden=["not yet", "old sea"],
        must_show={"2": "soon"},
        at_most={"brand": 1, "topic": 1},
        weigh={"topic": 1.0},
    ).json()
    assert told["waiting"] == {
        "hidden": ["not yet"],
        "must_show": ["soon"],
        "at_most": ["brand"],
        "weigh": ["topic"],
    }
    assert "old sea" not in shown(ask(client, k=8))
    client.put("/v1/items/soon", json={"title": "Soon"})
    assert shown(ask(client, k=8))[1] == "soon"
    assert "must_show" not in client.get("/v1/rules").json()["waiting"]


def test_only_the_owner_sets_rules(client):
    owner = client.post("/v1/keys", json={"name": "o", "role": "admin"}).json()["secret"]
    head = {"X-API-Key": owner}
    body = {"name": "w", "role": "write"}
    writer = {"X-API-Key": client.post("/v1/keys", json=body, headers=head).json()["secret"]}
    assert client.put("/v1/rules", json={}, headers=writer).status_code == 403
    assert client.delete("/v1/rules", headers=writer).status_code == 403
    assert client.get("/v1/rules", headers=writer).status_code == 200
    assert client.put("/v1/rules", json={}, headers=head).status_code == 200


def test_firings_are_noted_and_counted(client):
    like(client, "ann", "great robot")
    first = shown(ask(client, user="ann", k=3))[0]
    put(client, hidden=[first], must_show={"3": "old sea"})
    slate = ask(client, user="ann", k=3)
    noted = client.get(f"/v1/slates/{slate['slate']}").json()
    assert noted["fired"] == {"hidden": 1, "must_show": 1}
    ask(client, user="ann", k=2)  # no third place
    numbers = client.get("/metrics").text
    assert 'fewrec_rule_firings_total{rule="hidden"} 2.0' in numbers
    assert 'fewrec_rule_firings_total{rule="must_show"} 1.0' in numbers
    lines = [json.loads(line) for line in client.get("/v1/export").text.splitlines()]
    assert {"hidden": 1, "must_show": 1} in [r["fired"] for r in lines if r["table"] == "slates"]


def test_a_store_from_before_firings_is_brought_up(tmp_path: Path):
    file = tmp_path / "old.db"
    engine = create_engine(f"sqlite:///{file}")
    config = Config()
    migrations = Path(database.__file__).parent / "migrations"
    config.set_main_option("script_location", str(migrations))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with sqlite3.connect(file) as old:
        old.execute(
            "insert into slates values ('s', 'ann', '{}', '[\"a\"]', '[1.0]', null, 'few', '1', 5)"
        )
    old.close()
    store = Store(file)
    assert store.slate("s")["items"] == ["a"] and store.slate("s")["fired"] is None
    store.close()
