"""The mirror's way out of our database and into its own, on SQLite; once in the life of an installation.

The units are copied and committed in their own file before they are dropped from ours: killed at any moment
they are whole in one of the two.
"""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DBAPIError

from crm.storage import mirror
from crm.storage.engines import sqlite_engine

MOVED = "e4b8c02d6f57"
_MOVED = ("units", "sub_units", "register_feeds")


def needed(engine: Engine) -> bool:
    """Whether our own database still holds units."""
    if "units" not in inspect(engine).get_table_names():
        return False
    with engine.connect() as connection:
        return connection.exec_driver_sql("SELECT 1 FROM main.units LIMIT 1").first() is not None


def copy(engine: Engine) -> None:
    """Copy what the mirror holds, text indexes and all, into its own file, in one transaction of it."""
    beside = sqlite_engine(engine.url, writes=frozenset({mirror.NAME}))
    try:
        with beside.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
            for name in _MOVED:
                _copy_table(connection, name)
    finally:
        beside.dispose()


def _copy_table(connection: Connection, name: str) -> None:
    """The rows of a table, unless an earlier try has copied them."""
    target = next(found for found in mirror.tables() if found.name == name)
    ours, theirs = f'main."{name}"', f'{mirror.NAME}."{name}"'
    columns = ", ".join(f'"{column.name}"' for column in target.columns)
    if _count(connection, ours) != _count(connection, theirs):
        connection.exec_driver_sql(f"DELETE FROM {theirs}")  # noqa: S608  (names of our own models)
        connection.exec_driver_sql(f"INSERT INTO {theirs} ({columns}) SELECT {columns} FROM {ours}")  # noqa: S608


def _count(connection: Connection, place: str) -> int:
    return int(connection.exec_driver_sql(f"SELECT count(*) FROM {place}").scalar_one())  # noqa: S608


def tidy(engine: Engine) -> None:
    """Give the room the units took back to the disk; where somebody is at work it stays for new rows."""
    with suppress(DBAPIError), engine.connect() as connection:
        driver = connection.connection.driver_connection
        if driver is not None:
            driver.execute("VACUUM main")
