"""Reading for a long time as of one moment, whatever others write meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from crm.storage.engines import Database


@contextmanager
def snapshot(database: Database) -> Iterator[Session]:
    """A session whose every question sees the database as it was at the first one.

    SQLite's readers do so anyway; PostgreSQL is asked for it.
    """
    with database.Read() as session:
        if database.engine.dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session
