"""SQLite as this program wants it: which library, how it keeps its log, what is set on each connection."""

from __future__ import annotations

from typing import Any

try:
    from pysqlite3 import dbapi2 as _sqlite
except ImportError:  # no wheel for this machine: the standard driver, and its SQLite version is looked at
    import sqlite3 as _sqlite

driver: Any = _sqlite
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
_OF_EACH_FILE = ("synchronous", "secure_delete", "cache_size", "journal_size_limit")


def wal_is_safe(version: tuple[int, ...] = _sqlite.sqlite_version_info) -> bool:
    """Whether this SQLite may use a write-ahead log with several connections."""
    return version >= (3, 51, 3) or version[:3] in _SAFE_WAL


def journal() -> str:
    return "WAL" if wal_is_safe() else "DELETE"


def prepare(raw: Any, *, writable: bool = True) -> None:
    """Set a new connection up; a file opened for reading alone keeps its journal as it is."""
    if writable:
        raw.execute(f"PRAGMA journal_mode={journal()}")
    for name, value in _PRAGMAS.items():
        raw.execute(f"PRAGMA {name}={value}")


def prepare_attached(raw: Any, name: str, *, writable: bool) -> None:
    """The settings that each file of a connection has for itself, for an attached one."""
    if writable:
        raw.execute(f"PRAGMA {name}.journal_mode={journal()}")
    for setting in _OF_EACH_FILE:
        raw.execute(f"PRAGMA {name}.{setting}={_PRAGMAS[setting]}")
