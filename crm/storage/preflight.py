"""Dirty rows: values that SQLite let in and that no other database, and no migration, would take.

PostgreSQL refuses such rows itself. Nothing is changed here; what is found is counted and named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import JSON, Boolean, Column, Connection, Date, Enum, Float, Integer, String, Table, inspect

from crm.errors import said
from crm.storage.base import own_tables
from crm.storage.columns import UTCDateTime

_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"


@dataclass(frozen=True, slots=True)
class Dirt:
    """So many rows of a table break a rule; ``column`` is empty where the rule is about the whole row."""

    table: str
    column: str
    rule: str
    rows: int


def dirty_rows(connection: Connection) -> list[Dirt]:
    """Every rule that rows of this database break; reads every table once."""
    if connection.dialect.name != "sqlite":
        return []
    present = set(inspect(connection).get_table_names())
    found = list(_orphans(connection))
    for table in own_tables():
        if table.name in present:
            found += _in_table(connection, table)
    return found


def _orphans(connection: Connection) -> Iterator[Dirt]:
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    for (table, parent), count in Counter((row[0], row[2]) for row in rows).items():
        yield Dirt(table, parent, said("peker på noe som ikke finnes"), count)


def _in_table(connection: Connection, table: Table) -> Iterator[Dirt]:
    there = {str(row[1]) for row in connection.exec_driver_sql(f'PRAGMA table_info("{table.name}")')}
    asked = [
        (column.name, rule, broken)
        for column in table.columns
        if column.name in there
        for rule, broken in _rules(column)
    ]
    if not asked:
        return
    counts = ", ".join(f"count(*) FILTER (WHERE {broken})" for _, _, broken in asked)
    row = connection.exec_driver_sql(f'SELECT {counts} FROM "{table.name}"').one()  # noqa: S608  (names of our own models)
    for (column_name, rule, _), rows in zip(asked, row, strict=True):
        if rows:
            yield Dirt(table.name, column_name, rule, rows)


def _rules(column: Column[object]) -> Iterator[tuple[str, str]]:
    """What no value of a column may be: the rule in words, and in SQL where it is broken."""
    name, kind = f'"{column.name}"', column.type
    if not column.nullable:
        yield said("mangler en verdi"), f"{name} IS NULL"
    if isinstance(kind, Boolean):
        yield said("er verken ja eller nei"), f"{name} NOT IN (0, 1)"
    elif isinstance(kind, Integer):
        yield said("er ikke et helt tall"), f"typeof({name}) NOT IN ('integer', 'null')"
    elif isinstance(kind, Float):
        yield said("er ikke et tall"), f"typeof({name}) NOT IN ('real', 'integer', 'null')"
    elif isinstance(kind, JSON):
        yield said("er ikke gyldig JSON"), f"json_valid({name}) = 0"
    elif isinstance(kind, Date):
        broken = f"{name} NOT GLOB '{_DAY}' OR ({name} NOT NULL AND date({name}) IS NULL)"
        yield said("er ikke en dato"), broken
    elif isinstance(kind, UTCDateTime):
        yield said("er ikke et tidspunkt"), f"{name} NOT NULL AND datetime({name}) IS NULL"
    elif isinstance(kind, String):
        yield from _text_rules(name, kind)


def _text_rules(name: str, kind: String) -> Iterator[tuple[str, str]]:
    yield said("er ikke tekst"), f"typeof({name}) NOT IN ('text', 'null')"
    yield said("inneholder et null-tegn"), f"instr({name}, char(0)) > 0"
    if kind.length and not isinstance(kind, Enum):
        yield said("er for lang"), f"length({name}) > {int(kind.length)}"
