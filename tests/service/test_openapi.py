"""Requests made from the OpenAPI description: never a 500, always an answer as it is described."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS as KNOWN
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.transport import Response
from tests.service.conftest import FAST, titles

from fewrec.service.api.app import create_app
from fewrec.service.service import Service
from fewrec.service.store import Store

CHECKED = (
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "negative_data_rejection",
)
"""What is checked of every answer, beside that it is no error of the server."""

BY_CONTENT = ("/events", "/feedback", "/rules", "/import", "/onboarding")
"""Routes that refuse some bodies that fit the description, for what they say."""

OPEN = ("/health/live", "/health/ready")
"""Routes that need no key."""


@schemathesis.serializer("application/x-ndjson")
def _lines(_: object, value: object) -> bytes:
    return str(value).encode("utf-8", "replace")


@pytest.fixture
def described(home: Path) -> Iterator[TestClient]:
    (home / "fewrec.toml").write_text(f"{FAST}\nbody_mb = 1\n")
    with TestClient(create_app(Service.open(home)), raise_server_exceptions=False) as client:
        items = [{"item": item, "properties": said} for item, said in titles().items()]
        client.post("/v1/items", json={"items": items})
        for user, item in (("0", "old sea"), ("ann", "great robot")):
            client.post("/v1/events", json={"user": user, "item": item, "event": "like"})
        client.post("/v1/recommend", json={})
        yield client


def operations(client: TestClient) -> list[Any]:
    schema = schemathesis.openapi.from_dict(client.get("/openapi.json").json())
    found = [one.ok() for one in schema.get_all_operations()]
    return sorted(found, key=lambda one: "/keys" in one.path)  # keys shut out who has none


def try_out(
    client: TestClient, examples: int, judge: Callable[[Any, Any], None], fixed: bool
) -> int:
    """Send what fits the description of each route, and what does not; how much was sent."""
    sent = 0

    def send(case: Any) -> None:
        nonlocal sent
        words = case.as_transport_kwargs(base_url="http://testserver")
        words.pop("cookies", None)
        if len(str(words.get("params"))) > 10_000:
            return  # more than the client can send
        if isinstance(words.get("data"), bytes | str):
            words["content"] = words.pop("data")
        sent += 1
        judge(case, client.request(**words))

    for operation in operations(client):
        for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:
            if mode is GenerationMode.NEGATIVE and not takes_anything(operation):
                continue
            strategy = operation.as_strategy(generation_mode=mode)
            keep = settings(
                max_examples=examples,
                deadline=None,
                database=None,
                derandomize=fixed,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            keep(given(strategy)(send))()
    return sent


def takes_anything(operation: Any) -> bool:
    return bool(len(operation.body) or [*operation.iter_parameters()])


def conforms(case: Any, answer: Any) -> None:
    """No error of the server, and all that the description promises."""
    refused = {"negative_data_rejection"} if answer.status_code == 413 else set()  # by its size
    named = [name for name in CHECKED if name not in refused]
    checks = [not_a_server_error, *(KNOWN.get_one(name) for name in named)]
    if not any(part in case.operation.path for part in BY_CONTENT):
        checks.append(KNOWN.get_one("positive_data_acceptance"))
    case.validate_response(Response.from_any(answer), checks=checks)


@pytest.mark.parametrize(
    ("examples", "fixed"), [(3, True), pytest.param(100, False, marks=pytest.mark.slow)]
)
def test_answers_are_as_described(described: TestClient, examples: int, fixed: bool) -> None:
    load_all_checks()
    assert try_out(described, examples, conforms, fixed) > 100
    assert described.get("/health/ready").json()["status"] == "ok"


@pytest.mark.parametrize(
    ("examples", "fixed"), [(2, True), pytest.param(50, False, marks=pytest.mark.slow)]
)
def test_with_keys_nothing_is_done_without_one(described: TestClient, examples: int, fixed: bool):
    load_all_checks()
    before = described.get("/v1/export").text
    made = described.post("/v1/keys", json={"name": "owner", "role": "admin"}).json()["secret"]

    def refused(case: Any, answer: Any) -> None:
        if case.operation.path in OPEN:
            assert answer.status_code == 200
            return
        unread = answer.status_code == 422 and "decode error" in answer.json()["detail"]
        unknown = answer.status_code == 404 and answer.json()["detail"] == "Not Found"
        assert unread or unknown or answer.status_code in (400, 401, 405, 413, 415), answer.text

    try_out(described, examples, refused, fixed)
    owner = {"Authorization": f"Bearer {made}"}
    assert described.get("/v1/export", headers=owner).text == before
    read = described.post("/v1/keys", json={"name": "r", "role": "read"}, headers=owner)
    described.headers["X-API-Key"] = read.json()["secret"]
    for operation in operations(described):
        if operation.method in ("put", "patch", "delete"):
            path = operation.path.replace("{item}", "old sea").replace("{user}", "ann")
            answer = described.request(operation.method, path, json={})
            assert answer.status_code == 403, (operation.label, answer.text)
    assert described.get("/v1/export", headers={**owner, "X-API-Key": made}).text == before


def test_a_fault_of_the_server_would_be_seen(described: TestClient, monkeypatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("nobody foresaw this")

    monkeypatch.setattr(Store, "item", broken)
    load_all_checks()
    with pytest.raises((Failure, FailureGroup), match=r"Server error|distinct"):
        try_out(described, 2, conforms, fixed=True)
