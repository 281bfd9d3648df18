"""Writing to rows and keeping what was done, so that every step can be taken back in its turn.

A step is a list as JSON holds it: ``moved`` rows point elsewhere, ``changed`` ones have other values,
``removed`` ones are gone and kept whole, ``added`` ones are new.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Date, Enum, Table, delete, insert, select, update
from sqlalchemy.orm import Session

from crm.duplicates.references import key_of
from crm.history.operations import plain
from crm.storage.columns import UTCDateTime

Row = Mapping[str, Any]
Step = list[Any]


class Journal:
    """The steps taken so far in one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.steps: list[Step] = []

    def move(self, column: Column[Any], rule: Any, of: Table, *, kept: int, lost: int) -> None:
        """Let the rows that point to ``lost`` of a table point to ``kept``."""
        table = column.table
        asked = select(*key_of(table)).where(column == lost, rule).order_by(*key_of(table))
        keys = [key[0] for key in self.session.execute(asked)]
        if keys:
            self.session.execute(update(table).where(column == lost, rule).values({column.name: kept}))
            self.steps.append(["moved", table.name, column.name, of.name, lost, kept, keys])

    def change(self, table: Table, key: int, values: Mapping[str, Any]) -> None:
        """Give one row other values; its version goes up, and is never taken down again."""
        before = row_of(self.session, table, {"id": key})
        changed = {name: value for name, value in values.items() if before[name] != value}
        if changed:
            self.session.execute(update(table).where(table.c.id == key).values(newer(table, changed)))
            pairs = {name: [plain(before[name]), plain(value)] for name, value in changed.items()}
            self.steps.append(["changed", table.name, key, pairs])

    def note(self, table: Table, key: int, before: Row, after: Row) -> None:
        """Keep that a row was changed by somebody else's hand in this transaction."""
        pairs = {
            name: [plain(before[name]), plain(after[name])]
            for name in before
            if name != "version" and before[name] != after[name]
        }
        if pairs:
            self.steps.append(["changed", table.name, key, pairs])

    def remove(self, table: Table, row: Row) -> None:
        self.session.execute(delete(table).where(*matches(table, row)))
        self.steps.append(["removed", table.name, as_json(row)])

    def add(self, table: Table, row: Row) -> None:
        self.session.execute(insert(table).values(dict(row)))
        self.steps.append(["added", table.name, as_json(row)])


def row_of(session: Session, table: Table, key: Mapping[str, Any]) -> Row:
    """One row that is there, by its key."""
    rules = [table.c[name] == value for name, value in key.items()]
    return dict(session.execute(select(table).where(*rules)).mappings().one())


def matches(table: Table, row: Row) -> list[Any]:
    """The rules that find a row by its key."""
    return [column == row[column.name] for column in key_of(table)]


def as_json(row: Row) -> dict[str, Any]:
    return {name: plain(value) for name, value in row.items()}


def typed(column: Column[Any], value: Any) -> Any:
    """A value kept as JSON, as its column takes it."""
    if value is None:
        return None
    if isinstance(column.type, Enum) and column.type.enum_class:
        return column.type.enum_class(value)
    if isinstance(column.type, UTCDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(column.type, Date) else value


def in_blocks(keys: Sequence[Any], size: int = 500) -> list[Sequence[Any]]:
    return [keys[start : start + size] for start in range(0, len(keys), size)]


def newer(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values for a row, with its next version where it counts them."""
    return dict(values) | ({"version": table.c.version + 1} if "version" in table.c else {})
