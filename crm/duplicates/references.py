"""Which columns of all tables point to a record, read off the tables themselves so that none is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import Column, Table, UniqueConstraint

from crm.storage.base import Base

# Columns that hold a record's number without the database knowing: (table, column, table of the record,
# the column that says which kind of record it is). The trail is one of them.
LOOSE: tuple[tuple[str, str, str | None, str | None], ...] = (
    ("history", "subject_id", None, "subject"),
    ("import_rows", "company_id", "companies", None),
)


def references(table: Table) -> list[Column[Any]]:
    """Every column with a foreign key to a table, parents before children."""
    return [
        key.parent
        for other in Base.metadata.sorted_tables
        for key in sorted(other.foreign_keys, key=lambda found: found.parent.name)
        if key.column.table is table
    ]


def loose(table: Table) -> Iterator[tuple[Column[Any], Any]]:
    """The columns that hold numbers of a table's records without a foreign key, and where they do."""
    for name, column, of, kind in LOOSE:
        found = Base.metadata.tables[name]
        if of in {None, table.name}:
            rule = found.c[kind] == table.name[:20] if kind else found.c[column].is_not(None)
            yield found.c[column], rule


@cache
def unique_with(column: Column[Any]) -> tuple[tuple[Column[Any], ...], ...]:
    """For every set of columns that is unique and holds this one: the others of it."""
    table = column.table
    sets = [set(rule.columns) for rule in table.constraints if isinstance(rule, UniqueConstraint)]
    sets += [set(index.columns) for index in getattr(table, "indexes", ()) if index.unique]
    sets.append(set(table.primary_key.columns))
    found = [sorted(one - {column}, key=lambda other: other.name) for one in sets if column in one]
    return tuple(tuple(others) for others in found)


def key_of(table: Table) -> tuple[Column[Any], ...]:
    return tuple(table.primary_key.columns)
