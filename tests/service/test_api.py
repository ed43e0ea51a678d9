"""The routes, on a service with a real store and a real model."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from tests.service.conftest import FAST, event, titles

from fewrec.service.schemas import MOST_EVENTS


def ask(client, **body):
    answer = client.post("/v1/recommend", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def shown(slate):
    return [one["item"] for one in slate["items"]]


def wait_until(holds, seconds=20.0):
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.1)


def like(client, user, item, name="like", **more):
    body = {"user": user, "item": item, "event": name, **more}
    answer = client.post("/v1/events", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_nothing_at_all_is_an_empty_answer_not_an_error(home, client_of):
    client = client_of(home)
    assert client.get("/health/ready").status_code == 200
    slate = ask(client, user="ann")
    assert slate["items"] == [] and slate["notes"] == ["there are no items yet."]
    assert client.get("/v1/popular").json() == {"items": []}


def test_who_waits_for_readiness_need_not_ask_for_anything_else(client):
    assert client.get("/health/ready").status_code == 503
    wait_until(lambda: client.get("/health/ready").status_code == 200)
    assert client.get("/health/ready").json()["model"] == "000001"


def test_two_likes_make_a_personal_slate_and_a_third_changes_it(client):
    like(client, "ann", "great robot")
    like(client, "ann", "old space war")
    slate = ask(client, user="ann", k=6, explain=True)
    assert slate["stage"] == "few" and len(slate["items"]) == 6
    assert not {"great robot", "old space war"} & set(shown(slate))
    topics = [titles()[item]["topic"] for item in shown(slate)]
    assert set(topics) <= {"robot", "space war"}
    for one in slate["items"]:
        assert one["reasons"]
        assert sum(one["contributions"].values()) == pytest.approx(one["score"], abs=1e-4)
    like(client, "ann", "small cook book")
    after = shown(ask(client, user="ann", k=6))
    assert any(titles()[item]["topic"] == "cook book" for item in after)


def test_a_new_item_can_be_in_the_next_slate(client):
    like(client, "ann", "great robot")
    ask(client, user="ann")
    client.put("/v1/items/r2", json={"title": "The great small robot", "topic": "robot"})
    assert "r2" in shown(ask(client, user="ann", k=6))


def test_hidden_and_deleted_items_are_never_shown(client):
    like(client, "ann", "great robot")
    assert "small robot" in shown(ask(client, user="ann", k=48))
    assert client.post("/v1/items/small robot/hide").json()["state"] == "hidden"
    assert client.delete("/v1/items/last robot").status_code == 204
    after = shown(ask(client, user="ann", k=48))
    assert not {"small robot", "last robot"} & set(after)
    similar = client.get("/v1/items/great robot/similar", params={"k": 40}).json()["items"]
    assert not {"small robot", "last robot"} & {one["item"] for one in similar}
    client.post("/v1/items/small robot/show")
    assert "small robot" in shown(ask(client, user="ann", k=48))
    assert client.get("/v1/items/last robot").status_code == 404


def test_a_description_that_changes_is_learned(client):
    like(client, "ann", "great robot")
    ask(client, user="ann")
    client.patch("/v1/items/old sea", json={"title": "The great great robot", "topic": "robot"})

    def arrived():
        slate = ask(client, user="ann", k=8)
        return ("old sea", "The great great robot") in [
            (one["item"], one["title"]) for one in slate["items"]
        ]

    wait_until(arrived)


def test_sessions_profiles_and_strangers(client):
    by_session = ask(client, session={"likes": ["The great robot"], "dislikes": ["old sea"]}, k=5)
    assert by_session["stage"] == "few"
    assert {titles()[item]["topic"] for item in shown(by_session)} == {"robot"}
    by_view = ask(client, session={"views": ["great robot"]}, k=5)
    assert "great robot" not in shown(by_view) and by_view["stage"] == "few"
    assert ask(client, profile="a story about a robot")["stage"] == "profile"
    assert ask(client)["stage"] == "popular"
    stranger = ask(client, user="nobody")
    assert stranger["stage"] == "popular" and "nobody" in stranger["notes"][0]


def test_pages_categories_and_exclusions(client):
    whole = shown(ask(client, user="ann", k=10))
    page = ask(client, user="ann", k=5, offset=5)
    assert shown(page) == whole[5:] and page["items"][0]["rank"] == 6
    assert {titles()[i]["topic"] for i in shown(ask(client, category="sea", k=10))} == {"sea"}
    assert ask(client, category="no such thing")["items"] == []
    less = shown(ask(client, user="ann", k=10, exclude=[whole[0], "not there"]))
    assert whole[0] not in less


def test_unknown_and_ambiguous_titles_are_said(client):
    client.put("/v1/items/twin", json={"title": "The great robot"})
    answer = client.post("/v1/recommend", json={"session": {"likes": ["The great robott"]}})
    assert answer.status_code == 404 and "Did you mean" in answer.json()["detail"]
    answer = client.post("/v1/recommend", json={"session": {"likes": ["The great robot"]}})
    assert answer.status_code == 422 and "'twin'" in answer.json()["detail"]
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request"] == answer.headers["x-request-id"]


def test_events_are_idempotent_and_batches_whole(client):
    batch = [{"id": f"e{n}", "user": "ann", "item": "old sea", "event": "view"} for n in range(9)]
    assert client.post("/v1/events/batch", json={"events": batch}).json()["new"] == 9
    assert client.post("/v1/events/batch", json={"events": batch}).json()["new"] == 0
    bad = [*batch, {"user": "ann", "item": "x", "event": "adore"}]
    answer = client.post("/v1/events/batch", json={"events": bad})
    assert answer.status_code == 422 and "'adore' is not known" in answer.json()["detail"]
    assert client.get("/v1/users/ann").json()["events"] == 9
    many = {"events": [batch[0]] * (MOST_EVENTS + 1)}
    assert client.post("/v1/events/batch", json=many).status_code == 422


def test_feedback_answers_a_slate(client):
    slate = ask(client, user="ann", k=3)
    first = shown(slate)[0]
    path = f"/v1/slates/{slate['slate']}/feedback"
    body = {"reactions": [{"item": first, "event": "like"}]}
    assert client.post(path, json=body).json()["new"] == 1
    assert client.post(path, json=body).json()["new"] == 0
    assert first not in shown(ask(client, user="ann", k=10))
    strange = {"reactions": [{"item": "nowhere", "event": "like"}]}
    assert "was not in the slate" in client.post(path, json=strange).json()["detail"]
    assert client.post("/v1/slates/none/feedback", json=body).status_code == 404
    noted = client.get(f"/v1/slates/{slate['slate']}").json()
    assert noted["items"] == shown(slate) and noted["model"] == slate["model"]


def test_feedback_on_a_slate_for_nobody_needs_a_person(client):
    slate = ask(client, k=3)
    body = {"reactions": [{"item": shown(slate)[0], "event": "like"}]}
    path = f"/v1/slates/{slate['slate']}/feedback"
    assert "say who answered" in client.post(path, json=body).json()["detail"]
    assert client.post(path, json={**body, "user": "bob"}).json()["new"] == 1


def test_a_deleted_person_is_a_stranger(client, home):
    like(client, "ann", "great robot")
    slate = ask(client, user="ann")
    removed = client.delete("/v1/users/ann").json()
    assert removed["events"] == 1 and removed["slates"] == 1
    after = ask(client, user="ann")
    assert after["stage"] == "popular" and "great robot" in shown(ask(client, user="ann", k=48))
    assert client.get(f"/v1/slates/{slate['slate']}").status_code == 404
    assert client.delete("/v1/users/never-seen").status_code == 404
    from fewrec.recommender import Recommender

    for folder in (home / "models").iterdir():
        assert "ann" not in Recommender.load(folder).known.people.users


def test_scores_popular_latest_and_search(client):
    for user in ("ann", "bob", "eve"):
        like(client, user, "old sea")
    like(client, "ann", "great robot", "dislike")
    assert client.get("/v1/popular", params={"k": 1}).json()["items"][0]["item"] == "old sea"
    client.put("/v1/items/fresh", json={"title": "Fresh"})
    assert client.get("/v1/latest", params={"k": 1}).json()["items"][0]["title"] == "Fresh"
    found = client.get("/v1/items", params={"q": "the OLD s"}).json()["items"]
    assert {one["item"] for one in found} >= {"old sea", "old space war"}
    pairs = [{"user": "ann", "item": "old sea"}, {"user": "nobody", "item": "nowhere"}]
    answer = client.post("/v1/score", json={"pairs": pairs}).json()
    assert all(0 <= score <= 1 for score in answer["scores"]) and len(answer["scores"]) == 2


def test_ratings_are_judged_by_their_scale(client):
    for n in range(1, 6):
        like(
            client,
            "bob",
            f"{['great', 'small', 'last', 'first', 'old'][n - 1]} sea",
            "rate",
            value=n,
        )
    like(client, "ann", "great robot", "rate", value=5)
    like(client, "ann", "great king", "rate", value=1)
    topics = [titles()[i]["topic"] for i in shown(ask(client, user="ann", k=5))]
    assert topics.count("robot") == 3 and "king" not in topics
    missing = client.post("/v1/events", json={"user": "a", "item": "b", "event": "rate"})
    assert "a rating needs a value" in missing.json()["detail"]


def test_what_is_sent_comes_back_out_and_in_again(client, tmp_path, client_of):
    like(client, "ann", "great robot", id="e1", timestamp="2024-05-01T12:00:00Z")
    client.put("/v1/users/ann", json={"profile": "robots", "age": 33})
    client.post("/v1/items/old sea/hide")
    ask(client, user="ann")
    lines = client.get("/v1/export").text
    other_home = tmp_path / "other"
    other_home.mkdir()
    (other_home / "fewrec.toml").write_text(FAST)
    other = client_of(other_home)
    counts = other.post("/v1/import", content=lines).json()
    assert counts == {"items": 48, "users": 1, "events": 1, "slates": 1}
    assert other.post("/v1/import", content=lines).status_code == 200
    strip = {"created"}
    for one, two in zip(lines.splitlines(), other.get("/v1/export").text.splitlines(), strict=True):
        left, right = json.loads(one), json.loads(two)
        assert {k: left[k] for k in left.keys() - strip} == {
            k: right[k] for k in right.keys() - strip
        }
    assert other.get("/v1/items/old sea").json()["state"] == "hidden"
    bad = other.post("/v1/import", content='{"table": "items", "item": "x"}\nnonsense\n')
    assert "line 2" in bad.json()["detail"]


def test_a_restart_goes_on_where_it_was(client, home, client_of):
    like(client, "ann", "great robot")
    before = ask(client, user="ann")
    like(client, "ann", "great sea")
    client.__exit__(None, None, None)
    again = client_of(home)
    client.__exit__ = lambda *_: None
    assert shown(ask(again, user="ann")) != shown(before)
    assert again.get("/v1/users/ann").json()["events"] == 2


def test_a_damaged_model_is_passed_over(client, home, client_of, caplog):
    like(client, "ann", "great robot")
    ask(client, user="ann")
    client.__exit__(None, None, None)
    client.__exit__ = lambda *_: None
    (folder,) = (home / "models").iterdir()
    broken = home / "models" / "000009"
    broken.mkdir()
    (broken / "manifest.json").write_text("{")
    again = client_of(home)
    assert "model 000009 is passed over" in caplog.text
    assert ask(again, user="ann")["model"] == folder.name


def test_chance_is_noted_with_exact_probabilities(home, client_of):
    (home / "fewrec.toml").write_text(FAST.replace("explore = 0.0", "explore = 1.0"))
    client = client_of(home)
    batch = [{"item": item, "properties": said} for item, said in titles().items()]
    client.post("/v1/items", json={"items": batch})
    slates = [ask(client, k=4) for _ in range(20)]
    assert len({tuple(shown(slate)) for slate in slates}) > 10
    for slate in slates:
        assert all(0 < one["propensity"] < 1 for one in slate["items"])
        noted = client.get(f"/v1/slates/{slate['slate']}").json()
        assert noted["propensities"] == [one["propensity"] for one in slate["items"]]
    first, both = ask(client, user="ann", k=4), ask(client, user="ann", k=4, offset=4)
    assert not set(shown(first)) & set(shown(both))


def test_rules_of_the_house(home, client_of, caplog):
    rules = '[rules]\nmust_show = {1 = "old sea"}\nat_most = {topic = 1}\nshown_at_most = 2\n'
    (home / "fewrec.toml").write_text(FAST + rules)
    client = client_of(home)
    client.put("/v1/items/x", json={"title": "X", "stock": 0})
    ask(client)
    assert "rule must_show waits" in caplog.text
    batch = [{"item": item, "properties": said} for item, said in titles().items()]
    client.post("/v1/items", json={"items": batch})
    wait_until(lambda: ask(client, k=1)["model"] != "000001")  # topics are learned by a fit
    slates = [ask(client, user="ann", k=5) for _ in range(3)]
    assert shown(slates[0])[0] == "old sea"
    for slate in slates:
        topics = [titles()[item]["topic"] for item in shown(slate)]
        assert len(set(topics)) == len(topics)
    assert "old sea" not in shown(slates[2])


def test_keys_and_roles(client):
    refused = client.post("/v1/keys", json={"name": "shop", "role": "read"})
    assert refused.status_code == 409
    owner = client.post("/v1/keys", json={"name": "owner", "role": "admin"}).json()["secret"]
    assert client.get("/v1/popular").status_code == 401
    as_owner = {"Authorization": f"Bearer {owner}"}
    secret = client.post("/v1/keys", json={"name": "r", "role": "read"}, headers=as_owner)
    as_reader = {"X-API-Key": secret.json()["secret"]}
    assert client.get("/v1/popular", headers=as_reader).status_code == 200
    body = {"user": "ann", "item": "old sea", "event": "like"}
    assert client.post("/v1/events", json=body, headers=as_reader).status_code == 403
    assert client.post("/v1/events", json=body, headers=as_owner).status_code == 200
    wrong = {"Authorization": f"Bearer {owner[:-1]}x"}
    assert client.get("/v1/popular", headers=wrong).status_code == 401
    keys = client.get("/v1/keys", headers=as_owner).json()
    assert [key["role"] for key in keys] == ["admin", "read"] and "digest" not in keys[0]
    client.delete(f"/v1/keys/{keys[1]['key']}", headers=as_owner)
    assert client.get("/v1/popular", headers=as_reader).status_code == 401
    assert client.get("/health/live").status_code == 200


def test_secrets_are_not_in_the_store(client, home):
    secret = client.post("/v1/keys", json={"name": "owner", "role": "admin"}).json()["secret"]
    part = secret.split("_", 2)[2].encode()
    for file in home.glob("fewrec.db*"):
        assert part not in file.read_bytes()


def test_bodies_and_callers_are_bounded(home, client_of):
    (home / "fewrec.toml").write_text(f"{FAST}\nbody_mb = 0.01\nrate = 0.001\nburst = 3\n")
    client = client_of(home)
    answer = client.put("/v1/items/x", json={"title": "x" * 20_000})
    assert answer.status_code == 413 and "10,485 bytes" in answer.json()["detail"]

    def pieces():
        for _ in range(30):
            yield b"x" * 1000

    assert client.post("/v1/import", content=pieces()).status_code == 413
    answers = [client.get("/v1/popular") for _ in range(4)]
    assert answers[-1].status_code == 429 and int(answers[-1].headers["retry-after"]) > 0


def test_other_host_names_are_refused_without_keys(client):
    assert client.get("/v1/popular", headers={"Host": "evil.example"}).status_code == 400


def test_metrics_and_request_ids(client):
    answer = client.get("/v1/latest", headers={"X-Request-Id": "mine-1"})
    assert answer.headers["x-request-id"] == "mine-1"
    assert 'route="/v1/latest",status="200"' in client.get("/metrics").text
    assert (
        client.get("/v1/latest", headers={"X-Request-Id": "a\tb{}"}).headers["x-request-id"]
        != "a\tb{}"
    )


def test_hostile_names_are_ordinary(client):
    name = "<script>alert(1)</script>'; drop table items; --"
    from urllib.parse import quote

    client.put(f"/v1/items/{quote(name, safe='')}", json={"title": name})
    like(client, name, name)
    assert ask(client, user=name)["user"] == name
    assert client.get(f"/v1/users/{quote(name, safe='')}").json()["events"] == 1
    nul = client.put("/v1/items/a%00b", json={})
    assert nul.status_code == 422


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"k": 0}, "greater than or equal to 1"),
        ({"k": 5, "kk": 1}, "Extra inputs"),
        ({"diversity": 2}, "less than or equal to 1"),
        ({"user": ""}, "at least 1 character"),
        ([], "valid dictionary"),
    ],
)
def test_bad_questions_are_named(client, body, said):
    answer = client.post("/v1/recommend", json=body)
    assert answer.status_code == 422 and said in answer.json()["detail"]


def test_a_folder_with_tables_is_taken_in(home: Path, client_of):
    (home / "items.csv").write_text("item,title,genre\n1,Robot one,a|b\n2,Robot two,a\n3,Sea,c\n")
    (home / "interactions.csv").write_text("user,item,value,timestamp\n1,1,5,100\n1,3,1,101\n")
    client = client_of(home)
    counts = client.get("/health/ready").json()["counts"]
    assert counts == {"items": 3, "users": 1, "events": 2, "slates": 0}
    slate = ask(client, user="1")
    assert shown(slate) == ["2"] and slate["stage"] == "few"


def test_kinds_of_columns_that_come_later_and_rows_that_fit_nowhere(home, client_of):
    (home / "fewrec.toml").write_text(FAST + '[items]\ngenre = "list"\nvector = "vector"\n')
    client = client_of(home)
    client.put("/v1/items/a", json={"title": "A robot"})
    client.put("/v1/items/b", json={"title": "A robot too", "genre": "x|y", "vector": [1, 2]})
    client.put("/v1/items/c", json={"title": "A sea", "genre": ["y"], "vector": [1, 2, 3]})
    ask(client, user="ann")
    like(client, "ann", "a")
    client.put("/v1/items/d", json={"title": "A robot again", "year": "not a year"})
    assert set(shown(ask(client, user="ann"))) >= {"b"}


def test_a_folder_with_a_model_is_taken_in(home: Path, client_of):
    from fewrec.data.toy import toy_world
    from fewrec.recommender import Recommender

    model = Recommender.fit(toy_world(), encoder="char-ngrams-128")
    model.save(home / "model")
    client = client_of(home)
    slate = ask(client, user="u0", k=3)
    assert slate["model"] == "000001"
    from fewrec.data.slate import Query

    assert shown(slate) == list(model.slate(Query(user="u0", k=3)).items)
    like(client, "new", "romance-0")
    assert {item.split("-")[0] for item in shown(ask(client, user="new", k=4))} == {"romance"}


def test_events_double_and_a_new_model_takes_over(client):
    ask(client, user="ann")
    for n, item in enumerate(titles()):
        name = "like" if n % 3 else "dislike"
        client.post("/v1/events", json=event(f"u{n % 5}", item, name))
        client.post("/v1/events", json=event(f"u{n % 7}", item, name))
    wait_until(lambda: ask(client, user="u1")["model"] != "000001")
