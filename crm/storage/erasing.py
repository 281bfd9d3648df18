"""Having the database forget what was erased: in its text indexes, in its log, in the file itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from crm.storage.sqlite import driver as sqlite

_INDEXES = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"


@contextmanager
def without_trace(session: Session) -> Iterator[None]:
    """Have SQLite's text indexes take words out at once, not only mark them as gone until they are tidied."""
    if session.get_bind().dialect.name != "sqlite":
        yield
        return
    indexes = [str(name) for name in session.scalars(text(_INDEXES))]
    _secure(session, indexes, on=1)
    yield
    session.flush()
    _secure(session, indexes, on=0)


def settle(engine: Engine, *, patience: float = 5.0) -> bool:
    """Fold the write-ahead log into the file and empty it, after the commit; False where others kept it open.

    Where there is no such log there is nothing to do: PostgreSQL's goes by itself, as its pages are reused.
    """
    if engine.dialect.name != "sqlite":
        return True
    until = time.monotonic() + patience
    while not _emptied(engine):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def _emptied(engine: Engine) -> bool:
    """Whether nobody stood in the way of emptying the log."""
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        try:
            return raw is not None and not raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0][0]
        except sqlite.OperationalError:
            return False


def _secure(session: Session, indexes: list[str], *, on: int) -> None:
    for index in indexes:
        session.execute(text(f"INSERT INTO {index}({index}, rank) VALUES ('secure-delete', {on})"))  # noqa: S608  (names the database gave)
