"""Slates note which rules made a difference."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; slates from before have none."""
    op.add_column("slates", sa.Column("fired", sa.JSON()))


def downgrade() -> None:
    """Drop the column."""
    with op.batch_alter_table("slates") as table:
        table.drop_column("fired")
