"""Engines and sessions: on SQLite a reader begins plainly, a writer begins IMMEDIATE."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from crm.storage import mirror, sqlite

driver = sqlite.driver
wal_is_safe = sqlite.wal_is_safe


@dataclass(frozen=True)
class Database:
    """One database, entered for reading, for writing what is ours, or for writing the mirror alone."""

    engine: Engine
    Read: sessionmaker[Session]
    Write: sessionmaker[Session]
    Mirror: sessionmaker[Session]
    beside: Engine | None = None
    """The engine of the mirror, where it is another."""

    def dispose(self) -> None:
        self.engine.dispose()
        if self.beside is not None:
            self.beside.dispose()


def open_database(url: str) -> Database:
    """Open the database behind a URL; nothing is created but the files of an empty SQLite."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = sqlite_engine(parsed)
        beside = sqlite_engine(parsed, writes=frozenset({mirror.NAME})) if mirror.beside(parsed) else None
    else:
        engine, beside = _postgres_engine(url), None
    return Database(
        engine=engine,
        Read=sessionmaker(engine, expire_on_commit=False),
        Write=_writer(engine),
        Mirror=_writer(beside or engine),
        beside=beside,
    )


def _writer(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine.execution_options(sqlite_begin="IMMEDIATE"), expire_on_commit=False)


OURS = "main"


def sqlite_engine(url: URL, *, writes: frozenset[str] = frozenset({OURS})) -> Engine:
    """An engine on our file with the mirror's beside it; what is not among ``writes`` is opened to be read.

    BEGIN IMMEDIATE then locks the files that may be written, and those alone.
    """
    given = {"timeout": 5, "uri": True}
    engine = create_engine(
        _address(url, OURS in writes),
        module=driver,
        connect_args=given,
        pool_size=8,
        pool_timeout=5,
        hide_parameters=True,  # errors are logged, and what somebody typed is not
    )
    path = mirror.beside(url)

    @event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: object) -> None:
        raw.isolation_level = None  # the driver never begins a transaction on its own
        sqlite.prepare(raw, writable=OURS in writes)
        if path is not None:
            mirror.attach(raw, path, writable=mirror.NAME in writes)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


def _address(url: URL, writable: bool) -> URL:  # noqa: FBT001
    """The address of our file, for reading alone where it must not be written."""
    if writable or not url.database:
        return url
    place = Path(url.database).absolute().as_uri()
    return url.set(database=place, query={"mode": "ro", "uri": "true"})


def _postgres_engine(url: str) -> Engine:
    options = "-c statement_timeout=600000 -c lock_timeout=5000 -c timezone=UTC"
    return create_engine(
        url,
        pool_size=5,
        max_overflow=5,
        pool_timeout=5,
        pool_pre_ping=True,
        pool_recycle=1800,
        hide_parameters=True,
        connect_args={"options": options, "application_name": "crm"},
    )
