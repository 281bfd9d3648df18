"""Finding one person in every column of every table that the catalogue says may name one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    LargeBinary,
    String,
    Table,
    Text,
    and_,
    cast,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from crm.contacts.models import Contact
from crm.history.models import Entry
from crm.privacy import catalogue, contents
from crm.privacy.catalogue import Erasure, Field
from crm.privacy.likeness import Likeness
from crm.storage.base import table_named

_AROUND = 60
_BLOCK = 500


@dataclass(frozen=True, slots=True)
class Hit:
    """One value that names the person, or a row that points to them (then ``excerpt`` is empty)."""

    field: Field
    key: tuple[Any, ...]
    excerpt: str
    linked: bool

    @property
    def place(self) -> str:
        return f"{self.field.table}.{self.field.column}"


@dataclass(frozen=True, slots=True)
class Found:
    """A row that may name a person; ``linked`` where it is known to be about them."""

    linked: bool
    key: tuple[Any, ...]
    values: tuple[Any, ...]


def likeness_of(contact: Contact) -> Likeness:
    """A contact person as they may be named elsewhere."""
    return Likeness(
        names=(contact.name,) if contact.name else (),
        emails=(contact.email.casefold(),) if contact.email else (),
        phones=(contact.phone,) if contact.phone else (),
        contact_id=contact.id,
    )


def find(session: Session, person: Likeness) -> list[Hit]:
    """Every place in the database that names a person; reads whole tables, some seconds on large ones."""
    return [
        hit
        for fields in by_table()
        for row in rows_of(session, fields, person)
        for field, value in zip(fields, row.values, strict=True)
        for hit in _in_value(field, row.key, value, person, linked=row.linked)
    ]


def texts(value: Any) -> Iterator[str]:
    """Every text in a value: itself, or what stands in a list or a mapping, its names too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(name)
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, bytes):
        yield from contents.texts(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)


def link_to(table: Table, person: Likeness) -> ColumnElement[bool] | None:
    """Whether a row is about a person we have as a contact: itself, one that points to it, or its trail."""
    if person.contact_id is None:
        return None
    if table is table_named(Contact.__tablename__):
        return table.c.id == person.contact_id
    if table is table_named(Entry.__tablename__):
        return and_(table.c.subject == Contact.__tablename__, table.c.subject_id == person.contact_id)
    pointing = [column for column in table.columns if _points_to_contacts(column)]
    return or_(*(column == person.contact_id for column in pointing)) if pointing else None


def rows_of(session: Session, fields: list[Field], person: Likeness) -> Iterator[Found]:
    """The rows of one table that may name a person, each with its values of the fields."""
    table = table_named(fields[0].table)
    keys, read = list(table.primary_key.columns), [table.c[field.column] for field in fields]
    link, may = link_to(table, person), _may_name(read, person)
    rules = [rule for rule in (link, may) if rule is not None]
    if not rules:
        return
    linked: Any = link if link is not None else false()
    asked = select(linked.label("linked"), *keys, *read).where(or_(*rules))
    for row in session.execute(asked.execution_options(yield_per=_BLOCK)):
        yield Found(bool(row[0]), tuple(row[1 : 1 + len(keys)]), tuple(row[1 + len(keys) :]))


def by_table() -> Iterator[list[Field]]:
    """The columns in which a person can be found, a table at a time."""
    declared = sorted(catalogue.of_persons(), key=lambda field: field.table)
    for _table, fields in groupby(declared, key=lambda field: field.table):
        yield list(fields)


def _in_value(
    field: Field, key: tuple[Any, ...], value: Any, person: Likeness, *, linked: bool
) -> Iterator[Hit]:
    if field.erasure is Erasure.UNLINK and linked and value == person.contact_id:
        yield Hit(field, key, "", linked=True)
        return
    if value is None or (field.erasure is Erasure.ROW and linked and value != ""):
        if value is not None:
            yield Hit(field, key, str(value)[: 2 * _AROUND], linked=True)
        return
    for text in texts(value):
        spans = person.spans(text, near=linked)
        if spans:
            yield Hit(field, key, _excerpt(text, *spans[0]), linked=linked)
            return


def _excerpt(text: str, start: int, end: int) -> str:
    begin, stop = max(0, start - _AROUND), min(len(text), end + _AROUND)
    cut = " ".join(text[begin:stop].split())
    return f"{'…' if begin else ''}{cut}{'…' if stop < len(text) else ''}"


def _may_name(columns: list[Column[Any]], person: Likeness) -> ColumnElement[bool] | None:
    """A cheap rule that lets every row through that names the person, and some that do not."""
    rules: list[ColumnElement[bool]] = []
    for column in columns:
        if column.foreign_keys or not isinstance(column.type, JSON | LargeBinary | String):
            continue
        if isinstance(column.type, LargeBinary):
            rules.append(column.is_not(None))
            continue
        whole = func.lower(cast(column, Text) if isinstance(column.type, JSON) else column)
        rules += [whole.like(pattern, escape="\\") for pattern in person.traces()]
        closed = reduce(lambda text, sign: func.replace(text, sign, ""), _signs(column), whole)
        rules += [closed.contains(digits, autoescape=True) for digits in person.digits()]
    return or_(*rules) if rules else None


def _signs(column: Column[Any]) -> list[str]:
    """What may stand between the digits of a number, as the column holds it."""
    signs = [" ", "-", ".", "/", "(", ")", "\u00a0", "\u2013"]
    return [json.dumps(sign)[1:-1] if isinstance(column.type, JSON) else sign for sign in signs]


def _points_to_contacts(column: Column[Any]) -> bool:
    return any(key.column.table.name == Contact.__tablename__ for key in column.foreign_keys)
