"""The tables of the store, as SQLAlchemy Core sees them; migrations make the same."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, Integer, MetaData, String, Table

METADATA = MetaData()

META = Table(
    "meta",
    METADATA,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)
"""Facts about the store itself."""

ITEMS = Table(
    "items",
    METADATA,
    Column("item", String, primary_key=True),
    Column("properties", JSON, nullable=False),
    Column("state", String, nullable=False, default="shown"),
    Column("created", Float, nullable=False),
    Column("described", Integer, nullable=False),
    Column("change", Integer, nullable=False, index=True),
)
"""The catalogue. ``state`` is shown, hidden or deleted; ``described`` is the change that last
touched the properties, ``change`` the last one of any kind."""

USERS = Table(
    "users",
    METADATA,
    Column("user", String, primary_key=True),
    Column("properties", JSON, nullable=False),
    Column("change", Integer, nullable=False, index=True),
)
"""People, as far as anything was said about them."""

EVENTS = Table(
    "events",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("user", String, nullable=False, index=True),
    Column("item", String, nullable=False, index=True),
    Column("event", String, nullable=False),
    Column("value", Float),
    Column("timestamp", Float),
    Column("session", String),
    Column("slate", String),
    Column("context", JSON(none_as_null=True)),
    Column("received", Float, nullable=False),
    sqlite_autoincrement=True,
)
"""What happened; ``seq`` is the order of arrival and is never given twice."""

SLATES = Table(
    "slates",
    METADATA,
    Column("slate", String, primary_key=True),
    Column("user", String, index=True),
    Column("query", JSON, nullable=False),
    Column("items", JSON, nullable=False),
    Column("scores", JSON, nullable=False),
    Column("propensities", JSON(none_as_null=True)),
    Column("stage", String, nullable=False),
    Column("model", String, nullable=False),
    Column("created", Float, nullable=False, index=True),
    Column("fired", JSON(none_as_null=True)),
)
"""What was shown to whom, by which model, with which probability, and which rules made a
difference (``fired``: rule -> items it kept away or put in; none where it was not counted)."""

WRITTEN_SLATES = Table(
    "slates",
    MetaData(),
    *(Column(c.name, String if isinstance(c.type, JSON) else c.type) for c in SLATES.columns),
)
"""The same table, for whoever has written out the JSON already."""

API_KEYS = Table(
    "api_keys",
    METADATA,
    Column("key", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("created", Float, nullable=False),
)
"""Who may do what; of the secret only a digest is kept."""
