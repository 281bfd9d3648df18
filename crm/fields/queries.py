"""Questions about own fields and their values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from crm.errors import NotFound
from crm.fields.models import FieldKind, OwnField, OwnValue, Subject, Value

RECORD = {
    Subject.COMPANY: OwnValue.company_id,
    Subject.CONTACT: OwnValue.contact_id,
    Subject.NEED: OwnValue.need_id,
}
"""The column that holds the number of a value's record."""
_BLOCK = 500


def fields() -> Select[OwnField]:
    """Every field in the order pages show them, the retired ones last."""
    order = (OwnField.subject, OwnField.retired_at.is_not(None), OwnField.position, OwnField.id)
    return select(OwnField).order_by(*order)


def in_use(session: Session, subject: Subject) -> Sequence[OwnField]:
    """The fields of a kind of record that are filled in, in the order pages show them."""
    return session.scalars(fields().where(OwnField.subject == subject, OwnField.retired_at.is_(None))).all()


def get_field(session: Session, field_id: int) -> OwnField:
    found = session.get(OwnField, field_id)
    if found is None:
        raise NotFound("Fant ikke feltet.")
    return found


def values_of(session: Session, subject: Subject, ids: Collection[int]) -> dict[int, dict[str, Value]]:
    """The values of some records by the code of the field; a record or field without one is left out.

    One question; for thousands of records ask a block at a time.
    """
    found: dict[int, dict[str, Value]] = {}
    if not ids:
        return found
    record: Any = RECORD[subject]
    asked: Select[Any] = (
        select(record, OwnField.code, OwnValue.number, OwnValue.day, OwnValue.text)
        .join(OwnValue.field)
        .where(record.in_(ids), OwnField.retired_at.is_(None))
    )
    for number_of, code, number, day, text in session.execute(asked):
        kept = number if number is not None else day if day is not None else text
        found.setdefault(number_of, {})[code] = kept
    return found


def kept(session: Session, subject: Subject, ids: Collection[int]) -> dict[int, dict[int, OwnValue]]:
    """The rows of values of some records, by record and field."""
    found: dict[int, dict[int, OwnValue]] = {}
    record, wanted = RECORD[subject], list(ids)
    for start in range(0, len(wanted), _BLOCK):
        rows = select(OwnValue).where(record.in_(wanted[start : start + _BLOCK]))
        for row in session.scalars(rows.options(joinedload(OwnValue.field))):
            found.setdefault(getattr(row, record.key), {})[row.field_id] = row
    return found


def counts(session: Session) -> Mapping[int, int]:
    """How many records have a value of each field."""
    asked = select(OwnValue.field_id, func.count()).group_by(OwnValue.field_id)
    return dict(session.execute(asked).all())


def matching_texts(session: Session, subject: Subject, ids: Collection[int] | None = None) -> dict[int, str]:
    """What fields that count in the matching say of each record, a line a field, with the field's name."""
    record: Any = RECORD[subject]
    asked = (
        select(record, OwnField.name, OwnField.kind, OwnValue.text)
        .join(OwnValue.field)
        .where(OwnField.subject == subject, OwnField.matching, OwnField.retired_at.is_(None))
        .order_by(record, OwnField.position, OwnField.id)
    )
    if ids is not None:
        asked = asked.where(record.in_(ids))
    lines: dict[int, list[str]] = {}
    for number_of, name, kind, text in session.execute(asked):
        if kind in {FieldKind.TEXT, FieldKind.CHOICE} and text:
            lines.setdefault(number_of, []).append(f"{name}: {text}" if kind is FieldKind.CHOICE else text)
    return {number_of: "\n".join(found) for number_of, found in lines.items()}


def filled(session: Session, subject: Subject, number_of: int) -> list[tuple[OwnField, Value | None]]:
    """The fields in use of a kind of record with what each holds of one record, in one question."""
    held = (OwnValue.field_id == OwnField.id) & (RECORD[subject] == number_of)
    asked = select(OwnField, OwnValue).outerjoin(OwnValue, held)
    asked = asked.where(OwnField.subject == subject, OwnField.retired_at.is_(None))
    rows = session.execute(asked.order_by(OwnField.position, OwnField.id))
    return [(field, row.value if row else None) for field, row in rows]


def by_codes(session: Session, subject: Subject, codes: Collection[str]) -> dict[str, OwnField]:
    """Those of the codes that are fields in use, with the field of each."""
    if not codes:
        return {}
    asked = fields().where(OwnField.subject == subject, OwnField.code.in_(codes))
    found = session.scalars(asked.where(OwnField.retired_at.is_(None)))
    return {field.code: field for field in found}
