"""Taking a person out of the texts that name them, column by column as the catalogue says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, LargeBinary, String, UniqueConstraint, and_, update
from sqlalchemy.orm import Session

from crm.privacy import finding
from crm.privacy.catalogue import Erasure, Field
from crm.privacy.finding import Found
from crm.privacy.likeness import Likeness
from crm.storage.base import table_named


@dataclass(frozen=True, slots=True)
class Change:
    """One value that names the person, and what is left of it."""

    field: Field
    key: tuple[Any, ...]
    before: Any
    after: Any

    @property
    def row(self) -> ColumnElement[bool]:
        table = table_named(self.field.table)
        return and_(*(column == part for column, part in zip(table.primary_key, self.key, strict=True)))


def changes(session: Session, person: Likeness, token: str, *, own: bool) -> list[Change]:
    """What masking a person changes; with ``own`` also the values of the person's own row are emptied."""
    return [
        change
        for fields in finding.by_table()
        for row in finding.rows_of(session, fields, person)
        for change in _in_row(fields, row, person, token, own=own)
    ]


def write(session: Session, each: list[Change], *, back: bool = False) -> None:
    """Write what is left of each value, or with ``back`` what it was; who edits meanwhile is told."""
    for change in each:
        table = table_named(change.field.table)
        values = {change.field.column: change.before if back else change.after}
        if "version" in table.c:
            values["version"] = table.c.version + 1
        session.execute(update(table).where(change.row).values(values))


def _in_row(fields: list[Field], row: Found, person: Likeness, token: str, *, own: bool) -> Iterator[Change]:
    for field, value in zip(fields, row.values, strict=True):
        column = table_named(field.table).columns[field.column]
        if field.erasure is Erasure.MASK and value is not None:
            left = _left(column, row.key, value, person, token, near=row.linked)
        elif field.erasure is Erasure.ROW and own and row.linked and value not in {None, ""}:
            left = None if column.nullable else _fitting(column, row.key, token)
        else:
            continue
        if left != value:
            yield Change(field, row.key, value, left)


def _left(
    column: Column[Any], key: tuple[Any, ...], value: Any, person: Likeness, token: str, *, near: bool
) -> Any:
    if isinstance(column.type, LargeBinary):
        return b"" if any(person.is_in(text) for text in finding.texts(value)) else value
    if isinstance(column.type, JSON):
        return masked(value, person, token, near=near)
    left = person.masked(value, token, near=near)
    if left == value:
        return value
    return None if left == token and column.nullable else _fitting(column, key, left)


def masked(value: Any, person: Likeness, token: str, *, near: bool = False) -> Any:
    """A value of any shape with the person taken out of every text in it."""
    if isinstance(value, str):
        return person.masked(value, token, near=near)
    if isinstance(value, dict):
        return {
            person.masked(name, token, near=near): masked(inner, person, token, near=near)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [masked(inner, person, token, near=near) for inner in value]
    if isinstance(value, int) and not isinstance(value, bool) and person.is_in(str(value)):
        return token
    return value


def _fitting(column: Column[Any], key: tuple[Any, ...], text: str) -> str:
    """A text as long as the column takes; where no two rows may have the same, with the row's number."""
    numbered = f"{text} {'-'.join(str(part) for part in key)}" if _is_unique(column) else text
    longest = column.type.length if isinstance(column.type, String) else None
    return numbered[-longest:] if longest and len(numbered) > longest else numbered


def _is_unique(column: Column[Any]) -> bool:
    rules = [rule for rule in column.table.constraints if isinstance(rule, UniqueConstraint)]
    unique = [rule.columns for rule in rules] + [
        index.columns for index in column.table.indexes if index.unique
    ]
    return any(column.name in columns for columns in unique)
