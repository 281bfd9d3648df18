"""Making a copy of the database that tells of nobody, to test on and to hand to those who help."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, LargeBinary, String, Table, select, update
from sqlalchemy.orm import Session

from crm.privacy import catalogue
from crm.privacy.catalogue import Field, Kind
from crm.storage.base import Base
from crm.storage.erasing import without_trace


def anonymise(session: Session) -> int:
    """Put a made-up value in place of every personal and secret one; how many rows were written over.

    Numbers, days, stages and who did what to which record stay, so that the program behaves as it did.
    """
    rows = 0
    by_table: dict[str, list[Field]] = {}
    for field in catalogue.fields().values():
        if field.kind is not Kind.NONE and field.table in Base.metadata.tables:
            by_table.setdefault(field.table, []).append(field)
    with without_trace(session):
        for table, fields in by_table.items():
            rows += _write_over(session, Base.metadata.tables[table], fields)
    return rows


def _write_over(session: Session, table: Table, fields: list[Field]) -> int:
    columns = [table.c[field.column] for field in fields if not table.c[field.column].foreign_keys]
    keys = list(table.primary_key.columns)
    written = [column for column in columns if column not in set(keys)]
    if not written:
        return 0
    held = session.execute(select(*keys, *written)).all()
    for row in held:
        key = tuple(row[: len(keys)])
        pairs = zip(written, row[len(keys) :], strict=True)
        values = {column.name: _made_up(column, value, key) for column, value in pairs}
        rules = [column == part for column, part in zip(keys, key, strict=True)]
        session.execute(update(table).where(*rules).values(values))
    return len(held)


def _made_up(column: Column[Any], value: Any, key: tuple[Any, ...]) -> Any:
    """A value of the column's shape that says nothing, and is another for every row."""
    if value is None or (column.nullable and not isinstance(column.type, JSON)):
        return None
    if isinstance(column.type, JSON):
        return type(value)()
    if isinstance(column.type, LargeBinary):
        return "-".join(map(str, key)).encode()
    if not isinstance(column.type, String):
        return value
    number = "-".join(map(str, key))
    text = (
        f"{column.name}{number}@example.invalid"
        if "email" in column.name
        else f"{column.table.name} {number}"
    )
    return text[-column.type.length :] if column.type.length else text
