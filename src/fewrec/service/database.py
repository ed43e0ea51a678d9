"""The database under the store: opened for durable writing, and brought to the newest tables."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from fewrec.errors import StoreError

WAIT_SECONDS = 30
"""So long a write waits for another process's write to end."""


def open_database(file: Path) -> Engine:
    """Open a SQLite file and upgrade its tables.

    Args:
        file: Made where it is not there; its folder must be.

    Raises:
        StoreError: It is no database, a newer version of fewrec wrote it, or it cannot be
            written.
    """
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": WAIT_SECONDS})
    event.listen(engine, "connect", _durable)
    try:
        _upgrade(engine)
    except DBAPIError as error:
        engine.dispose()
        raise StoreError(f"{file} cannot be used as a store: {error.orig}.") from error
    except CommandError as error:
        engine.dispose()
        raise StoreError(
            f"{file} was written by a newer version of fewrec ({error}). Install that version."
        ) from error
    return engine


def _durable(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """A commit returns when the write-ahead log is on the disk; readers never wait."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _upgrade(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
