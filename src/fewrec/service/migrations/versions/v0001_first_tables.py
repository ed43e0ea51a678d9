"""The first tables: meta, items, users, events, slates, api_keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("value", sa.String(), nullable=False),
    )
    op.create_table(
        "items",
        sa.Column("item", sa.String(), primary_key=True),
        sa.Column("properties", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("described", sa.Integer(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False, index=True),
    )
    op.create_table(
        "users",
        sa.Column("user", sa.String(), primary_key=True),
        sa.Column("properties", sa.JSON(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False, index=True),
    )
    _happenings()
    op.create_table(
        "api_keys",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
    )


def _happenings() -> None:
    op.create_table(
        "events",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(), nullable=False, unique=True),
        sa.Column("user", sa.String(), nullable=False, index=True),
        sa.Column("item", sa.String(), nullable=False, index=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("value", sa.Float()),
        sa.Column("timestamp", sa.Float()),
        sa.Column("session", sa.String()),
        sa.Column("slate", sa.String()),
        sa.Column("context", sa.JSON()),
        sa.Column("received", sa.Float(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "slates",
        sa.Column("slate", sa.String(), primary_key=True),
        sa.Column("user", sa.String(), index=True),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("propensities", sa.JSON()),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False, index=True),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("api_keys", "slates", "events", "users", "items", "meta"):
        op.drop_table(name)
