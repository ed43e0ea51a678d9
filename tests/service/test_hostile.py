"""What must not be: refused by name, with an answer of the 400s, and nothing is harmed by it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from fastapi.testclient import TestClient
from tests.service.conftest import FAST, titles

from fewrec.data.liked import scale_test
from fewrec.service.api.app import create_app
from fewrec.service.service import Service

JSON = {"Content-Type": "application/json"}
FORM = {"HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded"}
BODIES = (
    "/v1/items",
    "/v1/users",
    "/v1/events",
    "/v1/events/batch",
    "/v1/recommend",
    "/v1/score",
    "/v1/import",
    "/v1/keys",
)
HALF = '"\\ud800"'
HUGE = ("NaN", "Infinity", "-Infinity", "1e999", "1e300", "1" + "0" * 400)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """One service for all of this; what one test does to it, the others see."""
    home = tmp_path_factory.mktemp("hostile")
    (home / "fewrec.toml").write_text(f"{FAST}\nbody_mb = 1\n")
    with TestClient(create_app(Service.open(home)), raise_server_exceptions=False) as client:
        batch = [{"item": item, "properties": said} for item, said in titles().items()]
        client.post("/v1/items", json={"items": batch})
        yield client
        answer = client.post("/v1/recommend", json={"user": "ann", "explain": True})
        assert answer.status_code == 200  # nothing above poisoned it
        assert client.get("/v1/export").text.count("\n") >= len(batch)


def refused(answer, *words: str) -> None:
    """A clear no, as problem+json."""
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == answer.status_code and told["request"]
    for word in words:
        assert word in told["detail"], told


@pytest.mark.parametrize("path", BODIES)
def test_bodies_that_cannot_be_read(target, path):
    def send(content, **headers):
        return target.post(path, content=content, headers={**JSON, **headers})

    lines = path == "/v1/import"
    refused(send(b'{"a":' * 50_000 + b"1" + b"}" * 50_000), "" if lines else "nested too deeply")
    refused(send(b"[" * 400_000), "" if lines else "nested too deeply")
    refused(send(b'{"user": "\xff\xfe"}'), "not UTF-8")
    refused(send(b'{"k": ' + b"9" * 5000 + b"}"), "" if lines else "too many digits")
    zipped = gzip.compress(b" " * 10**7)
    refused(send(zipped, **{"Content-Encoding": "gzip"}), "Content-Encoding 'gzip'")
    refused(send(b" " * (2**20 + 1)), "larger than 1,048,576 bytes")
    refused(send(b" " * 100_000 for _ in range(20)), "larger than 1,048,576 bytes")
    refused(send(b'{"a": ', **{"Content-Length": "9" * 30}), "larger than")
    if not lines:
        refused(send(b""), "Field required")
        refused(send(b'{"user": '), "JSON decode error")
        refused(send(b'{"user": "x"}', **{"Content-Type": "text/plain"}), "application/json")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/recommend", '{"user": %s}'),
        ("/v1/recommend", '{"profile": %s}'),
        ("/v1/recommend", '{"category": %s}'),
        ("/v1/recommend", '{"context": {"a": %s}}'),
        ("/v1/recommend", '{"context": {%s: 1}}'),
        ("/v1/recommend", '{"session": {"likes": [%s]}}'),
        ("/v1/recommend", '{"exclude": [%s]}'),
        ("/v1/recommend", "{%s: 1}"),
        ("/v1/events", '{"user": %s, "item": "x", "event": "like"}'),
        ("/v1/events", '{"user": "u", "item": %s, "event": "like"}'),
        ("/v1/events", '{"user": "u", "item": "x", "event": %s}'),
        ("/v1/events", '{"user": "u", "item": "x", "event": "like", "context": {"a": %s}}'),
        ("/v1/items", '{"items": [{"item": "x", "properties": {"title": %s}}]}'),
        ("/v1/items", '{"items": [{"item": "x", "properties": {%s: 1}}]}'),
        ("/v1/items", '{"items": [{"item": "x", "properties": {"g": ["a", %s]}}]}'),
        ("/v1/users", '{"users": [{"user": "x", "properties": {"profile": %s}}]}'),
        ("/v1/score", '{"pairs": [{"user": %s, "item": "x"}]}'),
        ("/v1/keys", '{"name": %s, "role": "admin"}'),
        ("/v1/import", '{"table": "items", "item": %s}'),
        ("/v1/import", '{"table": "events", "id": "1", "user": "u", "item": %s, "event": "like"}'),
    ],
)
def test_half_of_a_surrogate_pair(target, path, body):
    refused(target.post(path, content=body % HALF, headers=JSON), "surrogate")


@pytest.mark.parametrize("number", HUGE)
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/events", '{"user": "u", "item": "x", "event": "rate", "value": %s}'),
        ("/v1/events", '{"user": "u", "item": "x", "event": "like", "timestamp": %s}'),
        ("/v1/events", '{"user": "u", "item": "x", "event": "like", "context": {"a": %s}}'),
        ("/v1/items", '{"items": [{"item": "x", "properties": {"year": %s}}]}'),
        ("/v1/items", '{"items": [{"item": "x", "properties": {"vector": [1, %s]}}]}'),
        ("/v1/recommend", '{"k": %s}'),
        ("/v1/recommend", '{"diversity": %s}'),
        ("/v1/import", '{"table": "items", "item": "x", "properties": {"year": %s}}'),
        (
            "/v1/import",
            '{"table": "events", "id": "9", "user": "u", "item": "x", "event": "rate", '
            '"value": %s}',
        ),
    ],
)
def test_numbers_that_are_none(target, path, body, number):
    refused(target.post(path, content=body % number, headers=JSON))


@pytest.mark.parametrize(
    "line",
    [
        "[]",
        "null",
        '{"table": []}',
        '{"table": "nothing"}',
        '{"table": "items"}',
        '{"table": "items", "item": 1}',
        '{"table": "items", "item": "x", "properties": [1]}',
        '{"table": "items", "item": "x", "properties": {"a": {"b": 1}}}',
        '{"table": "items", "item": "x", "properties": {"a": [1, "b"]}}',
        '{"table": "items", "item": "x", "properties": {"a": [true, false]}}',
        '{"table": "items", "item": "x", "state": "nonsense"}',
        '{"table": "events", "id": "1", "user": "u", "item": "x", "event": "nonsense"}',
        '{"table": "events", "id": "1", "user": "u", "item": "x", "event": "like", "value": "x"}',
        '{"table": "events", "id": "1", "user": "u", "item": "x", "event": "like", "session": [1]}',
        '{"table": "events", "id": "1", "user": "u", "item": "x", "event": "like", "context": [1]}',
        '{"table": "slates", "slate": "s", "query": {}, "items": 5, "scores": [], "stage": "x", '
        '"model": "m", "created": 0}',
        '{"table": "rules", "rules": [1]}',
        '{"table": "rules", "rules": {"nonsense": 1}}',
    ],
)
def test_lines_of_an_import(target, line):
    before = target.get("/health/ready").json()["counts"]
    refused(target.post("/v1/import", content=line), "line 1")
    assert target.get("/health/ready").json()["counts"] == before


SQL = ("'; drop table items; --", "' or '1'='1", "x') union select * from api_keys --", "%", "_")


@pytest.mark.parametrize("name", SQL)
def test_sql_is_text(target, name):
    there = target.get("/health/ready").json()["counts"]["items"]
    spelt = quote(name, safe="")
    assert target.put(f"/v1/items/{spelt}", json={"title": name}).json()["new"] == 1
    assert target.get(f"/v1/items/{spelt}").json()["properties"] == {"title": name}
    like = {"user": name, "item": name, "event": "like", "session": name, "context": {"a": name}}
    assert target.post("/v1/events", json=like).status_code == 200
    assert target.get(f"/v1/users/{spelt}").json()["events"] == 1
    body = {"user": name, "category": name, "exclude": [name], "context": {"a": name}}
    assert target.post("/v1/recommend", json=body).status_code == 200
    found = target.get("/v1/items", params={"q": name}).json()["items"]
    assert name in [one["item"] for one in found]
    for path in (f"/v1/slates/{spelt}", f"/v1/users/{spelt}x", f"/v1/items/{spelt}x"):
        refused(target.get(path))
    assert target.delete(f"/v1/users/{spelt}").json()["events"] == 1
    assert target.delete(f"/v1/items/{spelt}").status_code == 204
    assert target.get("/health/ready").json()["counts"]["items"] == there


@pytest.mark.parametrize(
    "path",
    [
        "/static/../service.py",
        "/static/..%2f..%2fservice.py",
        "/static/%2e%2e/%2e%2e/service.py",
        "/static/..%5c..%5cservice.py",
        "/static//etc/passwd",
        "/static/%00",
        "/static/page.css%00.js",
        "/static/" + "a" * 5000,
        "/v1/items/..%2f..%2fetc%2fpasswd",
        "/v1/items/%00",
        "/v1/items/a%0d%0aX-Evil:%20yes",
        "/v1/items/" + "x" * 300,
        "/v1/items//similar",
        "/v1/users/%ed%a0%80",
        "/v1/slates/%ff",
        "/v1/popular?k=-1",
        "/v1/popular?k=99999999999999999999999",
        "/v1/popular?offset=99999999999999999999999",
        "/v1/popular?offset=9223372036854775807",
        "/v1/popular?offset=-1",
        "/v1/latest?k=1e3",
        "/v1/items?q=" + "x" * 300,
        "/nothing",
    ],
)
def test_paths(target, path):
    answer = target.get(path)
    refused(answer)
    assert "x-evil" not in answer.headers and "root:" not in answer.text


@pytest.mark.parametrize("query", ["offset=1000000", "k=500", "k=500&offset=20"])
def test_far_pages_are_empty_or_whole(target, query):
    assert target.get(f"/v1/popular?{query}").status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "NONSENSE"])
def test_methods(target, method):
    refused(target.request(method, "/v1/recommend"), "Method Not Allowed")


@pytest.mark.parametrize("given", ["a\r\nSet-Cookie: x=1", "a b", "<script>", "x" * 65, "é"])
def test_request_ids_that_are_not_taken_over(target, given):
    answer = target.get("/health/live", headers={"X-Request-Id": given.encode()})
    assert answer.headers["x-request-id"].isalnum() and "set-cookie" not in answer.headers


def test_the_first_of_a_key_twice_does_not_hide_behind_the_last(target):
    body = '{"user": "first", "user": "last", "item": "old sea", "event": "like"}'
    assert target.post("/v1/events", content=body, headers=JSON).status_code == 200
    assert target.get("/v1/users/last").json()["events"] == 1
    refused(target.get("/v1/users/first"))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("user=" + "x" * 300, "at most 256 characters"),
        ("user=%00", "control characters"),
        ("user=eve&add_like=" + "x" * 300, "at most 256 characters"),
        ("user=eve&add_like=%00", "control characters"),
        ("user=eve&add_like=old sea&slate=" + "x" * 300, "at most 256 characters"),
        ("profile=" + "x" * 20_000, "at most 10000 characters"),
    ],
)
def test_forms_of_the_page(target, form, said):
    answer = target.post("/try/slate", content=form, headers=FORM)
    assert answer.status_code == 200 and said in answer.text
    refused(target.get("/v1/users/eve"))


def test_a_form_of_many_fields(target):
    form = "&".join(f"like={n}" for n in range(1001))
    refused(target.post("/try/slate", content=form, headers=FORM), "1000 fields")


def test_errors_hold_markup_as_text(target):
    evil = "<script>alert(1)</script>"
    answer = target.post("/v1/recommend", json={"session": {"likes": [evil]}})
    refused(answer, evil)
    assert answer.headers["x-content-type-options"] == "nosniff"
    page = target.post("/try/slate", content=f"like={quote(evil)}&user={'x' * 300}", headers=FORM)
    assert "<script>" not in page.text


def test_wrong_keys(home: Path):
    with TestClient(create_app(Service.open(home)), raise_server_exceptions=False) as client:
        made = client.post("/v1/keys", json={"name": "o", "role": "admin"}).json()["secret"]
        wrong = ("x", "fewrec_", "fewrec__", made[:-1], f"{made}x", made.upper(), "é", "x" * 9000)
        for key in (*wrong, "' or 1=1 --", f"{made} {made}", json.dumps(made)):
            for name, value in (("Authorization", f"Bearer {key}"), ("X-API-Key", key)):
                answer = client.get("/v1/popular", headers={name: value.encode()})
                refused(answer, "not valid")
                assert answer.headers["www-authenticate"] == "Bearer"
        for headers in ({"Authorization": f"Basic {made}"}, {"Cookie": f"fewrec_key={made}"}):
            refused(client.get("/v1/popular", headers=headers), "a key is needed")
        assert client.get("/v1/popular", headers={"X-API-Key": made}).status_code == 200


def test_ratings_far_out_make_a_rule():
    values = np.array([1e17, 1e17 + 16])
    assert scale_test(values).holds(values).tolist() == [False, True]


@pytest.mark.parametrize("name", ["timestamp", "value"])
def test_truth_values_are_no_numbers(client, name):
    body = {"user": "u", "item": "great sea", "event": "buy", name: False}
    answer = client.post("/v1/events", json=body)
    assert answer.status_code == 422 and "true or false" in answer.text
