"""Lines of an import, checked one by one before any of them is written."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from fewrec.errors import BadValue
from fewrec.service.values import Key, Name, Number, Scalar, Text, Value, said


class Line(BaseModel):
    """A row of a table; what it holds beyond the fields is left out."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)


class ItemLine(Line):
    """A row of ``items``."""

    item: Name
    properties: dict[Name, Value] = Field(default_factory=dict)
    state: Literal["shown", "hidden", "deleted"] = "shown"


class UserLine(Line):
    """A row of ``users``."""

    user: Name
    properties: dict[Name, Value] = Field(default_factory=dict)


class EventLine(Line):
    """A row of ``events``."""

    id: Name
    user: Name
    item: Name
    event: Name
    value: Number | None = None
    timestamp: Number | None = None
    session: Text | None = None
    slate: Text | None = None
    context: dict[Key, Scalar] | None = None


class SlateLine(Line):
    """A row of ``slates``."""

    slate: Name
    user: Text | None = None
    query: dict[str, JsonValue]
    items: list[Text]
    scores: list[Number]
    propensities: list[Number] | None = None
    stage: Text
    model: Text
    created: Number
    fired: dict[Name, int] | None = None


class RulesLine(Line):
    """The business rules; what is in them is checked where they are read."""

    rules: dict[str, JsonValue]


KINDS: dict[str, type[Line]] = {
    "items": ItemLine,
    "users": UserLine,
    "events": EventLine,
    "slates": SlateLine,
    "rules": RulesLine,
}


def read_line(
    line: str, number: int, name: str, events: Collection[str] | None
) -> tuple[str, dict[str, Any]]:
    """The table and the row that a line tells of.

    Args:
        line: JSON.
        number: Of the line, from 1.
        name: What to call the source in messages.
        events: Names of events that are known; any where None.

    Raises:
        BadValue: It is no JSON, names no known table, or the row does not fit the table.
    """
    try:
        told = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadValue("this is no JSON", file=name, line=number, value=line.strip()) from error
    table = told.get("table") if isinstance(told, dict) else None
    if not isinstance(table, str) or table not in KINDS:
        fix = f'Write {{"table": ...}} with one of {", ".join(KINDS)}.'
        raise BadValue("the line names no table", file=name, line=number, value=table, fix=fix)
    try:
        row = KINDS[table].model_validate({key: v for key, v in told.items() if v is not None})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise BadValue(f"{place}: {said(first)}", file=name, line=number) from error
    if events is not None and isinstance(row, EventLine) and row.event not in events:
        fix = f"Known: {', '.join(sorted(events))}; others get a weight in fewrec.toml, [events]."
        raise BadValue("the event is not known", file=name, line=number, value=row.event, fix=fix)
    return table, row.model_dump()
