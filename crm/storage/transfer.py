"""All rows from one database to another of either kind: in one transaction, and with equal fingerprints.

The mirror of the register is left behind: it is not ours, and is loaded anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, ForeignKeyConstraint, Table, func, insert, inspect, select, text

from crm.errors import Conflict, said
from crm.storage import schema
from crm.storage.base import own_tables
from crm.storage.hashes import Tally, tallies, tally
from crm.storage.preflight import dirty_rows

_AT_A_TIME = 2000


def move(source: Engine, target: Engine, *, replace: bool = False) -> dict[str, Tally]:
    """Copy every row as it stands at one moment; returns what each table holds.

    Conflict where the source is not on the newest schema or holds a value the target would not take, where
    the target has rows (unless they are to be replaced), and where the fingerprints differ. Whatever goes
    wrong, and whenever the process is killed, the target's rows are as they were.
    """
    _refuse_unfit(source)
    if not replace:
        refuse_rows(target)
    schema.upgrade(target)
    with _snapshot(source) as reading, rewriting(target) as writing:
        empty(writing)
        found = {table.name: _copy(table, reading, writing) for table in own_tables()}
        go_on_counting(writing)
        if tallies(writing) != found:
            raise Conflict("Radene i den nye databasen er ikke de samme. Ingenting er flyttet.")
    return found


def refuse_rows(target: Engine) -> None:
    """Conflict where any of our tables in a database has a row."""
    present = set(inspect(target).get_table_names())
    with target.connect() as connection:
        for table in own_tables():
            if (
                table.name in present
                and connection.execute(select(text("1")).select_from(table).limit(1)).first()
            ):
                raise Conflict(
                    "Databasen har alt rader i %(table)s. Flytt til en som er tom.", table=table.name
                )


def _refuse_unfit(source: Engine) -> None:
    if schema.current(source) != schema.newest():
        raise Conflict("Databasen er ikke på nyeste utgave. Kjør «db upgrade» først.")
    with source.connect() as connection:
        dirty = dirty_rows(connection)
    if dirty:
        raise Conflict(_DIRTY, place=f"{dirty[0].table}.{dirty[0].column}", count=dirty[0].rows)


_DIRTY = said("%(count)s rader i %(place)s må rettes først. «db preflight» viser alle. Ingenting er flyttet.")


@contextmanager
def _snapshot(source: Engine) -> Iterator[Connection]:
    """The whole source as it stands at one moment."""
    on_sqlite = source.dialect.name == "sqlite"
    options: dict[str, Any] = {} if on_sqlite else {"isolation_level": "REPEATABLE READ"}
    with source.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def rewriting(target: Engine) -> Iterator[Connection]:
    """One transaction in which rows may come in any order; references are looked at before it ends."""
    with target.connect().execution_options(sqlite_begin="IMMEDIATE") as connection:
        if target.dialect.name == "sqlite":
            with schema.without_references(connection), connection.begin():
                yield connection
                schema.refuse_orphans(connection)
        else:
            with connection.begin():
                _defer(connection, "DEFERRABLE INITIALLY DEFERRED")
                yield connection
                connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
                _defer(connection, "NOT DEFERRABLE")


def _defer(connection: Connection, how: str) -> None:
    quoted = connection.dialect.identifier_preparer.quote
    connection.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    for table in own_tables():
        for rule in table.constraints:
            if isinstance(rule, ForeignKeyConstraint) and rule.name:
                statement = (
                    f"ALTER TABLE {quoted(table.name)} ALTER CONSTRAINT {quoted(str(rule.name))} {how}"
                )
                connection.execute(text(statement))


def empty(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        for table in reversed(own_tables()):
            connection.execute(table.delete())
    else:
        names = ", ".join(f'"{table.name}"' for table in own_tables())
        connection.execute(text(f"TRUNCATE {names}"))


def _copy(table: Table, reading: Connection, writing: Connection) -> Tally:
    """Copy a table; the fingerprint is of what was read."""

    def rows() -> Iterator[tuple[Any, ...]]:
        streamed = {"yield_per": _AT_A_TIME}
        with reading.execute(select(table), execution_options=streamed) as found:
            for some in batched_rows(found):
                writing.execute(insert(table), [_as_given(row) for row in some])
                yield from (tuple(row) for row in some)

    return tally(rows())


def batched_rows(found: Any) -> Iterator[list[Any]]:
    """Rows some at a time, as lists."""
    while some := found.fetchmany(_AT_A_TIME):
        yield list(some)


def _as_given(row: Any) -> Mapping[str, Any]:
    mapping: Mapping[str, Any] = row._mapping  # noqa: SLF001  (SQLAlchemy's documented name)
    return dict(mapping)


def go_on_counting(connection: Connection) -> None:
    """New rows on PostgreSQL are numbered after the highest that came."""
    if connection.dialect.name == "sqlite":
        return
    for table in own_tables():
        column = table.autoincrement_column
        if column is None:
            continue
        name = connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        if name:
            highest = connection.scalar(select(func.max(column)))
            connection.execute(select(func.setval(name, highest or 1, highest is not None)))
