"""Engines and sessions: on SQLite a reader begins plainly, a writer begins IMMEDIATE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

try:
    from pysqlite3 import dbapi2 as sqlite
except ImportError:  # no wheel for this machine: the standard driver, and its SQLite version is looked at
    import sqlite3 as sqlite

driver: Any = sqlite
# SQLite 3.7.0 to 3.51.2 may corrupt a write-ahead log with several connections (the WAL-reset bug).
_SAFE_WAL = ((3, 44, 6), (3, 50, 7))
_PRAGMAS = {
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "busy_timeout": "5000",
    "secure_delete": "ON",
    "trusted_schema": "OFF",
    "temp_store": "MEMORY",
    "cache_size": "-20000",
    "journal_size_limit": "67108864",
}


def wal_is_safe(version: tuple[int, ...] = sqlite.sqlite_version_info) -> bool:
    """Whether this SQLite may use a write-ahead log with several connections."""
    return version >= (3, 51, 3) or version[:3] in _SAFE_WAL


@dataclass(frozen=True)
class Database:
    """One database, entered for reading or for writing."""

    engine: Engine
    Read: sessionmaker[Session]
    Write: sessionmaker[Session]

    def dispose(self) -> None:
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open the database behind a URL; nothing is created but the file of an empty SQLite."""
    engine = _sqlite_engine(url) if make_url(url).get_backend_name() == "sqlite" else _postgres_engine(url)
    writer = engine.execution_options(sqlite_begin="IMMEDIATE")
    return Database(
        engine=engine,
        Read=sessionmaker(engine, expire_on_commit=False),
        Write=sessionmaker(writer, expire_on_commit=False),
    )


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(
        url,
        module=sqlite,
        connect_args={"timeout": 5},
        pool_size=8,
        pool_timeout=5,
        hide_parameters=True,  # errors are logged, and what somebody typed is not
    )
    journal = "WAL" if wal_is_safe() else "DELETE"

    @event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: object) -> None:
        raw.isolation_level = None  # the driver never begins a transaction on its own
        for name, value in {"journal_mode": journal, **_PRAGMAS}.items():
            raw.execute(f"PRAGMA {name}={value}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


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
