"""Makes docs/api.md from the routes: ``python -m fewrec.service.api.describing``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from fewrec.service.api.app import create_app
from fewrec.service.service import Service

HEAD = "\n".join(
    (
        "# HTTP interface",
        "",
        "Made from the routes by `python -m fewrec.service.api.describing`; a test compares. "
        "The whole description, with every schema, is the service's `/openapi.json`. "
        "How to run it: [operations.md](operations.md).",
        "",
        "Bodies and answers are JSON. Errors are `application/problem+json` (RFC 9457): `title`, "
        "`status`, `detail` (a sentence that names the way out), `request` (the `X-Request-Id`), "
        "and `errors` for bodies that do not fit. Ids may hold anything but control characters; "
        "percent-encode them in paths.",
        "",
    )
)


def api_page(description: dict[str, Any]) -> str:
    """The page for an OpenAPI description."""
    schemas = description["components"]["schemas"]
    parts = [HEAD, "## Routes\n", "| route | what | body | answer |\n|---|---|---|---|"]
    rows, named = [], set()
    for path, methods in description["paths"].items():
        for method, route in methods.items():
            body = _reference(route.get("requestBody", {}))
            answer = _reference(route["responses"].get("200") or route["responses"].get("201", {}))
            named |= {body, answer} - {""}
            said = _cell(route["description"].split("\n\n")[0])
            rows.append(
                f"| `{method.upper()} {path}` | {said} | {_linked(body)} | {_linked(answer)} |"
            )
    parts[-1] += "\n" + "\n".join(rows) + "\n"
    parts.append("## Bodies and answers\n")
    for name in schemas:
        if name in _reached(named, schemas):
            parts.append(_section(name, schemas[name]))
    return "\n".join(parts)


def _reference(holder: dict[str, Any]) -> str:
    schema = holder.get("content", {}).get("application/json", {}).get("schema", {})
    return str(schema.get("items", schema).get("$ref", "")).rpartition("/")[2]


def _linked(name: str) -> str:
    return f"[{name}](#{name.lower()})" if name else ""


def _reached(names: set[str], schemas: dict[str, Any]) -> set[str]:
    """The schemas that some lead to, themselves among them."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in schemas and name not in found:
            found.add(name)
            waiting += _references(schemas[name])
    return found


def _references(part: object) -> list[str]:
    if isinstance(part, dict):
        own = [str(part["$ref"]).rpartition("/")[2]] if "$ref" in part else []
        return own + [name for value in part.values() for name in _references(value)]
    if isinstance(part, list):
        return [name for value in part for name in _references(value)]
    return []


def _section(name: str, schema: dict[str, Any]) -> str:
    lines = [f"### {name}\n", schema.get("description", "").split("\n\n")[0].replace("\n", " ")]
    rows = [
        f"| `{field}` | {_kind(told)} | {_default(field, told, schema)} | "
        f"{_cell(told.get('description', ''))} |"
        for field, told in schema.get("properties", {}).items()
    ]
    if rows:
        lines += ["\n| field | type | default | what |\n|---|---|---|---|\n" + "\n".join(rows)]
    return "\n".join(lines) + "\n"


def _kind(told: dict[str, Any]) -> str:
    if "$ref" in told:
        return _linked(str(told["$ref"]).rpartition("/")[2])
    if "anyOf" in told:
        return " or ".join(dict.fromkeys(_kind(one) for one in told["anyOf"]))
    if "enum" in told:
        return ", ".join(f"`{value}`" for value in told["enum"])
    if told.get("type") == "array":
        return f"list of {_kind(told.get('items', {}))}"
    bounds = [
        f"{sign} {told[key]:g}"
        for key, sign in (("minimum", "≥"), ("maximum", "≤"), ("maxItems", "≤"))
        if key in told
    ]
    return f"{told.get('type', 'any')}{' ' + ', '.join(bounds) if bounds else ''}"


def _default(field: str, told: dict[str, Any], schema: dict[str, Any]) -> str:
    if field in schema.get("required", ()):
        return "needed"
    default = told.get("default")
    return "" if default is None or default == "" else f"`{default}`"


def _cell(text: str) -> str:
    return text.replace("\n", " ").replace("|", "\\|").replace("``", "`")


def main() -> None:
    """Write the page to standard output."""
    with tempfile.TemporaryDirectory() as folder:
        service = Service.open(Path(folder))
        sys.stdout.write(api_page(create_app(service).openapi()))
        service.close()


if __name__ == "__main__":
    main()
