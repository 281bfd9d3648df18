"""The mirror's own database: a second SQLite file beside ours, a schema of its own on PostgreSQL.

A session of ours may read it and no more; one of the mirror may write it and only read ours. So a load of the
whole country keeps nobody from saving, and each transaction writes one file alone. The file can be thrown
away: an empty one is made in its place, and ``register load`` fills it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import NullPool, Table, create_engine
from sqlalchemy.engine import URL

from crm.storage import sqlite
from crm.storage.base import Base

NAME = "register"
# Raised with every change of the mirror's tables: a file of another version is made anew, and must be filled.
VERSION = 2


def beside(url: URL) -> Path | None:
    """The mirror's file of a SQLite database; None where that one is in memory alone."""
    if not url.database or url.database == ":memory:":
        return None
    main = Path(url.database).absolute()
    return main.with_name(f"{main.stem}-register{main.suffix}")


def tables() -> list[Table]:
    """The mirror's tables, as far as their models are loaded."""
    return [table for table in Base.metadata.sorted_tables if table.schema == NAME]


def attach(raw: Any, path: Path, *, writable: bool) -> None:
    """Put the mirror beside the database of a connection; an empty one is made where there is none."""
    if not path.exists():
        _make(path)
    mode = "rw" if writable else "ro"
    raw.execute(f"ATTACH DATABASE ? AS {NAME}", (f"{path.as_uri()}?mode={mode}",))
    sqlite.prepare_attached(raw, NAME, writable=writable)


def make_ready(path: Path) -> bool:
    """Have a mirror of this version; True where one was made, empty, also in the place of a damaged one."""
    if path.exists():
        if _version(path) == VERSION:
            return False
        path.unlink()
    _make(path)
    return True


def _version(path: Path) -> int | None:
    """The version of a mirror; None where the file is none or cannot be read."""
    raw = sqlite.driver.connect(str(path), timeout=30)
    try:
        raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return int(raw.execute("PRAGMA user_version").fetchone()[0])
    except sqlite.driver.DatabaseError:
        return None
    finally:
        raw.close()


def _drop_logs(path: Path) -> None:
    """A log left by a file that is gone must never be taken for the new one's."""
    for end in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _make(path: Path) -> None:
    """An empty mirror; it appears whole, and the first of two makers wins."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    engine = create_engine(f"sqlite:///{part}", module=sqlite.driver, poolclass=NullPool)
    opened = engine.connect().execution_options(schema_translate_map={NAME: None})
    with opened as connection:
        Base.metadata.create_all(connection, tables=tables())
        connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
        connection.commit()
    part.chmod(0o600)
    try:
        if not path.exists():
            _drop_logs(path)
        with suppress(FileExistsError):
            os.link(part, path)
    finally:
        part.unlink(missing_ok=True)
