"""The route of what is liked lately."""

from __future__ import annotations

import time

DAY = 86_400.0


def trending(client, **params):
    answer = client.get("/v1/trending", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def like(client, *rows):
    now = time.time()
    batch = [
        {"user": f"{item} {n}", "item": item, "event": "like", "timestamp": now - age * DAY}
        for item, age, times in rows
        for n in range(times)
    ]
    assert client.post("/v1/events/batch", json={"events": batch}).status_code == 200


def test_likes_fade_with_the_half_life_that_is_asked_for(client):
    like(client, ("old sea", 21, 6), ("new robot", 0, 2), ("last king", 7, 3))
    found = trending(client, k=3)
    assert [one["item"] for one in found] == ["new robot", "last king", "old sea"]
    assert [round(one["score"], 2) for one in found] == [2.0, 1.5, 0.75]
    assert found[0]["title"] == "The new robot"
    slow = trending(client, k=3, half_life_days=100)
    assert [one["item"] for one in slow] == ["old sea", "last king", "new robot"]


def test_a_like_is_in_the_next_answer_and_what_may_not_be_shown_leaves(client):
    assert len(trending(client, k=10)) == 10  # nothing is known yet
    like(client, ("old sea", 1, 2), ("new robot", 0, 1))
    time.sleep(0.6)  # of others' events the model may lag half a second
    assert [one["item"] for one in trending(client, k=2)] == ["old sea", "new robot"]
    client.post("/v1/items/old sea/hide")
    assert [one["item"] for one in trending(client, k=1)] == ["new robot"]
    client.delete("/v1/items/new robot")
    assert not {"old sea", "new robot"} & {one["item"] for one in trending(client, k=48)}


def test_a_half_life_that_is_none_is_refused(client):
    for value in ("0", "-1", "nan", "inf", "soon"):
        answer = client.get("/v1/trending", params={"half_life_days": value})
        assert answer.status_code == 422, value


def test_without_items_there_is_nothing(home, client_of):
    assert trending(client_of(home)) == []


def test_the_setting_is_the_default(home, client_of):
    text = (home / "fewrec.toml").read_text()
    (home / "fewrec.toml").write_text(text + "half_life_days = 100\n")
    client = client_of(home)
    items = [{"item": name, "properties": {"title": name}} for name in ("then", "now")]
    client.post("/v1/items", json={"items": items})
    like(client, ("then", 21, 3), ("now", 0, 2))
    assert [one["item"] for one in trending(client)] == ["then", "now"]
    assert [one["item"] for one in trending(client, half_life_days=7)] == ["now", "then"]
