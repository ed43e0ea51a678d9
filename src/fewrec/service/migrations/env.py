"""Run by alembic: migrates over the connection that the store hands over."""

from __future__ import annotations

from alembic import context

from fewrec.service.tables import METADATA


def migrate() -> None:
    """Bring the tables to the version that is asked for."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=METADATA,
        render_as_batch=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if hasattr(context, "config"):  # not where it is merely imported
    migrate()
