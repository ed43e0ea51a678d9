"""The pages say what is so: every route, every field, every setting."""

from __future__ import annotations

import re
from pathlib import Path

from fewrec.service.api.describing import api_page
from fewrec.service.settings import ServiceSettings

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_of_routes_is_what_the_routes_say(client) -> None:
    made = api_page(client.get("/openapi.json").json())
    assert (DOCS / "api.md").read_text(encoding="utf-8") == made, (
        "make it again: python -m fewrec.service.api.describing > docs/api.md"
    )


def test_every_setting_is_described_with_its_default() -> None:
    page = (DOCS / "operations.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", page, re.MULTILINE))
    assert set(ServiceSettings.model_fields) <= set(rows)
    for name, field in ServiceSettings.model_fields.items():
        default = field.default
        if isinstance(default, bool) or not isinstance(default, int | float):
            continue
        assert float(rows[name]) == float(default), name


def test_every_route_has_a_description_and_bodies_have_examples(client) -> None:
    described = client.get("/openapi.json").json()
    for path, methods in described["paths"].items():
        for method, route in methods.items():
            assert route["description"], f"{method} {path}"
            assert "application/problem+json" in route["responses"]["422"]["content"]
    examples = [n for n, s in described["components"]["schemas"].items() if "examples" in s]
    assert {"Ask", "EventIn", "ItemIn", "UserIn", "Properties", "Pairs", "KeyIn"} <= set(examples)
