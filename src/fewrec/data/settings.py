"""What fewrec.toml may say about the tables: names of columns, the liked rule, weights, kinds."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from fewrec.data.catalog import ColumnKind
from fewrec.errors import ConfigError, nearest

TABLES = ("interactions", "items", "users", "graph", "links")
"""The tables of a data folder."""

STANDARD = {
    "interactions": (
        "user",
        "item",
        "value",
        "event",
        "timestamp",
        "session",
        "propensity",
        "position",
        "dwell",
        "text",
        "device",
        "surface",
    ),
    "items": ("item", "title", "available_from", "available_until"),
    "users": ("user", "profile"),
    "graph": ("head", "relation", "tail"),
    "links": ("item", "entity"),
}
"""The columns of each table that have a meaning."""

USER_KINDS = ("category", "list", "number", "profile", "skip")
"""What a column of the users table may be."""


class DataSettings(BaseModel):
    """The part of fewrec.toml that says how to read the tables.

    Attributes:
        name: What to call the data; the folder's name where empty.
        separator: Between the cells of CSV files.
        like: The liked rule, such as ``value >= 4`` or ``event in (like, buy)``.
        target: The event that is ranked for, such as ``buy``: all others are steps on the way
            to it. Empty where every like is ranked for.
        columns: Standard name -> name in the files; or table -> such a mapping for one table.
        events: Weight of each event; negative means "not liked", 0 leaves the event out.
        items: Kind of columns of the items table.
        users: Kind of columns of the users table.
        rules: Business rules; read by the recommender.
        model: Model settings; read by the recommender.
        service: Settings of the service; read there.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = ""
    separator: str = Field(default=",", min_length=1, max_length=1)
    like: str = ""
    target: str = ""
    columns: dict[str, str | dict[str, str]] = Field(default_factory=dict)
    events: dict[str, float] = Field(default_factory=dict)
    items: dict[str, ColumnKind] = Field(default_factory=dict)
    users: dict[str, str] = Field(default_factory=dict)
    rules: dict[str, Any] = Field(default_factory=dict)
    model: dict[str, Any] = Field(default_factory=dict)
    service: dict[str, Any] = Field(default_factory=dict)

    @field_validator("columns")
    @classmethod
    def _known_columns(cls, columns: dict[str, Any]) -> dict[str, Any]:
        everywhere = {name for names in STANDARD.values() for name in names}
        for key, given in columns.items():
            if isinstance(given, str):
                _check(key, everywhere, "standard columns")
                continue
            _check(key, set(TABLES), "tables")
            for name in given:
                _check(name, set(STANDARD[key]), f"standard columns of {key}")
        return columns

    @field_validator("users")
    @classmethod
    def _known_user_kinds(cls, users: dict[str, str]) -> dict[str, str]:
        for kind in users.values():
            _check(kind, set(USER_KINDS), "kinds of user columns")
        return users

    def names(self, table: str) -> dict[str, str]:
        """Standard name -> name in the file, for one table."""
        own = self.columns.get(table, {})
        shared = {k: v for k, v in self.columns.items() if isinstance(v, str)}
        given = {**shared, **(own if isinstance(own, dict) else {})}
        return {name: given[name] for name in STANDARD[table] if name in given}


def _check(name: str, known: set[str], what: str) -> None:
    if name not in known:
        raise ValueError(f"{name!r} is not known. {nearest(name, known, what)}")


def read_settings(path: Path) -> DataSettings:
    """Read a fewrec.toml; default settings where there is none.

    Args:
        path: The file.

    Raises:
        ConfigError: It is not TOML, or a key is unknown or holds something else than it must;
            the message names file and key.
    """
    if not path.exists():
        return DataSettings()
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return DataSettings.model_validate(tomllib.loads(text))
    except UnicodeDecodeError as fault:
        raise ConfigError(f"{path}: the file is not UTF-8. Save it as UTF-8.") from fault
    except tomllib.TOMLDecodeError as fault:
        raise ConfigError(f"{path}: this is not valid TOML: {fault}.") from fault
    except ValidationError as fault:
        raise ConfigError(_sentence(path, fault)) from fault


def _sentence(path: Path, fault: ValidationError) -> str:
    first = fault.errors()[0]
    key = ".".join(str(part) for part in first["loc"] if part != "dict[str,str]")
    if first["type"] == "extra_forbidden":
        return f"{path}: unknown key {key!r}. {nearest(key, DataSettings.model_fields, 'keys')}"
    said = first["msg"].removeprefix("Value error, ")
    if first["type"] == "literal_error":
        said = nearest(str(first["input"]), get_args(ColumnKind), "kinds")
        return f"{path}: key {key!r} cannot be {first['input']!r}. {said}"
    return f"{path}: key {key!r}: {said}"
