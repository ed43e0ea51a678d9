"""Answers that are kept are those that would be given anew."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.service.conftest import FAST, titles

from fewrec.service.answering import recommend
from fewrec.service.kept import Answers, Kept
from fewrec.service.schemas import Ask
from fewrec.service.service import Service

CHANCE = FAST.replace("explore = 0.0", "explore = 0.3\nrefit_growth = 1000\nrefit_events = 1000")


@pytest.fixture
def shop(home: Path, client_of: Callable[[Path], TestClient]) -> TestClient:
    """A service with chance, whose model stays."""
    (home / "fewrec.toml").write_text(CHANCE)
    made = client_of(home)
    batch = [{"item": item, "properties": said} for item, said in titles().items()]
    assert made.post("/v1/items", json={"items": batch}).status_code == 200
    assert ask(made, user="first")["items"]
    return made


def ask(client: TestClient, **said: Any) -> dict[str, Any]:
    answer = client.post("/v1/recommend", json=said)
    assert answer.status_code == 200, answer.text
    return answer.json()


def like(client: TestClient, user: str, item: str) -> None:
    told = {"user": user, "item": item, "event": "like"}
    assert client.post("/v1/events", json=told).status_code == 200


def shown(answer: dict[str, Any]) -> list[str]:
    return [one["item"] for one in answer["items"]]


def kept_of(client: TestClient) -> Answers:
    return client.app.state.service.answers


def anew(client: TestClient, **said: Any) -> dict[str, Any]:
    """What a service answers that remembers nothing."""
    service: Service = client.app.state.service
    forgetful = replace(service, answers=Answers())
    return recommend(forgetful, Ask.model_validate(said)).model_dump(mode="json")


def test_the_same_question_gets_the_same_answer_as_another_slate(shop):
    first, second = ask(shop, user="ann", k=5), ask(shop, user="ann", k=5)
    assert first.pop("slate") != second["slate"]
    for slate in (second["slate"], ask(shop, user="ann", k=5)["slate"]):
        noted = shop.get(f"/v1/slates/{slate}").json()
        assert noted["items"] == shown(first) and noted["user"] == "ann"
    shop.app.state.service.slates.flush()
    assert shop.get(f"/v1/slates/{second['slate']}").json()["items"] == shown(first)
    assert {**second, "slate": ""} == {**first, "slate": ""}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_in_between(shop, monkeypatch, seed):
    """Likes, hides, new items, deletions and questions of several people in any order."""
    monkeypatch.setattr("fewrec.service.live.LAG_SECONDS", 0.0)
    # chance may not turn between an answer and the one that it is compared with
    monkeypatch.setattr("fewrec.service.answering.STEADY_SECONDS", 10**12)
    chance, items, again = random.Random(seed), list(titles()), 0
    given: dict[str, list[str]] = {}
    for step in range(60):
        user, item = f"u{chance.randrange(3)}", chance.choice(items)
        deed = chance.random()
        if deed < 0.15:
            like(shop, user, item)
            given.setdefault(user, []).append(item)
        elif deed < 0.2:
            shop.post(f"/v1/items/{item}/{chance.choice(['hide', 'show'])}")
        elif deed < 0.23:
            items.append(f"new {step}")
            shop.put(f"/v1/items/{items[-1]}", json={"title": f"The new sea {step}"})
        elif deed < 0.26:
            shop.delete(f"/v1/users/{user}")
            given.pop(user, None)
        said = {"user": user, "k": chance.choice([3, 10]), "explain": chance.random() < 0.2}
        before = len(kept_of(shop)._kept)
        found, wanted = ask(shop, **said), anew(shop, **said)
        again += len(kept_of(shop)._kept) == before
        assert found["user"] == user
        assert not set(shown(found)) & set(given.get(user, []))
        assert shown(found) == shown(wanted)
        for one, other in zip(found["items"], wanted["items"], strict=True):
            assert one["score"] == pytest.approx(other["score"], abs=1e-4)
            assert one["propensity"] == pytest.approx(other["propensity"], abs=1e-3)
            assert one["reasons"] == other["reasons"]
    assert again > 10  # some answers did come from memory


def test_ones_own_like_counts_at_once_and_that_of_others_soon(shop):
    before = ask(shop, user="ann", k=48)
    like(shop, "ann", "great robot")
    assert "great robot" in shown(before) and "great robot" not in shown(
        ask(shop, user="ann", k=48)
    )
    scores = {one["item"]: one["score"] for one in ask(shop, user="bob", k=48)["items"]}
    for user in ("cat", "dan", "eve"):
        like(shop, user, "old king")
    time.sleep(0.6)
    later = {one["item"]: one["score"] for one in ask(shop, user="bob", k=48)["items"]}
    assert later["old king"] > scores["old king"]


def test_what_is_hidden_is_gone_at_once(shop):
    top = shown(ask(shop, user="ann"))[0]
    shop.post(f"/v1/items/{top}/hide")
    assert top not in shown(ask(shop, user="ann"))


def test_who_is_deleted_is_a_stranger_and_nothing_of_them_is_kept(shop):
    for item in list(titles())[:7]:
        like(shop, "ann", item)
    assert ask(shop, user="ann")["stage"] == "warm"
    shop.delete("/v1/users/ann")
    assert not kept_of(shop)._kept and not kept_of(shop).memory._kept
    assert ask(shop, user="ann")["stage"] == "popular"


def test_a_time_that_ends_is_kept_to(shop):
    soon = time.time() + 2.0
    shop.put("/v1/items/late", json={"title": "The last old sea", "available_until": soon})
    shop.put("/v1/rules", json={"must_show": {"1": "late"}})
    seen = []
    while time.time() < soon + 0.3:
        begun = time.time()
        there = "late" in shown(ask(shop, user="ann"))
        if begun >= soon:
            assert not there
        elif time.time() < soon:
            seen.append(there)
    assert all(seen)


def test_rules_given_by_api_hold_at_once_and_counts_of_what_was_shown_are_not_kept(shop):
    top = shown(ask(shop, user="ann"))[0]
    assert shop.put("/v1/rules", json={"hidden": [top]}).status_code == 200
    assert top not in shown(ask(shop, user="ann"))
    assert shop.put("/v1/rules", json={"shown_at_most": 1}).status_code == 200
    first, second = (set(shown(ask(shop, user="ann", k=5))) for _ in range(2))
    assert not first & second


def test_nobody_known_and_keys_that_may_not(shop):
    before = len(kept_of(shop)._kept)
    ask(shop, session={"likes": ["great robot"]})
    assert len(kept_of(shop)._kept) == before  # chance falls anew for whoever has no name
    ask(shop, user="ann")
    key = shop.post("/v1/keys", json={"name": "me", "role": "admin"}).json()["secret"]
    assert shop.post("/v1/recommend", json={"user": "ann"}).status_code == 401
    headers = {"Authorization": f"Bearer {key}"}
    assert shop.post("/v1/recommend", json={"user": "ann"}, headers=headers).status_code == 200


def test_room_is_bounded(shop):
    service: Service = shop.app.state.service
    answers = Answers(room=20_000)
    kept = next(iter(service.answers._kept.values()))
    for n in range(100):
        answers.keep(b"%d" % n, kept, service.live)
    assert 0 < len(answers._kept) < 10 and answers._filled <= 20_000
    assert answers.found(b"0", service.live) is None
    assert isinstance(answers.found(b"99", service.live), Kept)
