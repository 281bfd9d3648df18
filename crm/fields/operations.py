"""Acts on own fields and their values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from crm.errors import Conflict
from crm.fields import queries
from crm.fields.drafts import FieldDraft, code_of
from crm.fields.models import FieldKind, OwnField, OwnValue, Subject, Value
from crm.history import operations as history
from crm.spelling import fold
from crm.storage.base import Base

MOST = 60


def create_field(session: Session, actor_id: int | None, subject: Subject, draft: FieldDraft) -> OwnField:
    """A new field; Conflict where one has that name already, or there are too many."""
    _refuse_double(session, subject, draft.name, None)
    held = session.scalars(select(OwnField.code).where(OwnField.subject == subject)).all()
    if len(held) >= MOST:
        raise Conflict("Det kan være høyst 60 egne felt av hvert slag.")
    field = OwnField(subject=subject, code=_free_code(draft.name, set(held)), position=len(held))
    _take_in(field, draft)
    session.add(field)
    history.record(session, actor_id, "field:create", subject=field)
    return field


def change_field(
    session: Session, actor_id: int | None, field: OwnField, draft: FieldDraft, *, seen: int | None = None
) -> None:
    """Another name, help or list of choices; Conflict for another kind, or a choice that is in use."""
    field.refuse_if_overtaken(seen)
    if draft.kind is not field.kind:
        raise Conflict("Et felt kan ikke bytte slag. Lag et nytt felt.", field="kind")
    _refuse_double(session, field.subject, draft.name, field.id)
    _refuse_used(session, field, draft)
    _take_in(field, draft)
    history.record(session, actor_id, "field:update", subject=field)


def retire_field(
    session: Session, actor_id: int | None, field: OwnField, *, retired: bool, now: datetime
) -> None:
    """Stop using a field, or take it into use again; what was filled in stays."""
    if not retired:
        _refuse_double(session, field.subject, field.name, field.id)
    field.retired_at = now if retired else None
    history.record(session, actor_id, "field:retire" if retired else "field:restore", subject=field)


def set_values(
    session: Session,
    actor_id: int | None,
    subject: Subject,
    record: Base,
    values: Mapping[OwnField, Value | None],
) -> bool:
    """Fill in fields of one record; None empties one. Whether anything changed.

    The record gets a new version and a line in its trail, fields named ``own.<code>``.
    """
    number_of = int(record.id)  # type: ignore[attr-defined]
    by_id = {field.id: value for field, value in values.items()}
    changes = write_values(session, subject, {number_of: by_id}, {field.id: field for field in values})
    changed = changes.get(number_of)
    if not changed:
        return False
    flag_modified(record, "created_at")
    history.record(session, actor_id, f"{subject.value}:own", subject=record, changes=dict(changed))
    return True


def write_values(
    session: Session,
    subject: Subject,
    wanted: Mapping[int, Mapping[int, Value | None]],
    known: Mapping[int, OwnField],
) -> dict[int, dict[str, list[object]]]:
    """Fill in fields of many records, ``record -> field -> value``, without a trail; the caller flushes.

    Gives what changed of each record, ``own.<code>`` to its value before and after, as a trail keeps it.
    """
    present = queries.kept(session, subject, wanted)
    changes: dict[int, dict[str, list[object]]] = {}
    for number_of, values in wanted.items():
        rows = present.get(number_of, {})
        for field_id, value in values.items():
            row = rows.get(field_id)
            before = row.value if row else None
            if before == value:
                continue
            _put(session, row or _fresh(subject, number_of, field_id), value)
            pair = [history.plain(before), history.plain(value)]
            changes.setdefault(number_of, {})[f"own.{known[field_id].code}"] = pair
    return changes


def _fresh(subject: Subject, number_of: int, field_id: int) -> OwnValue:
    row = OwnValue(field_id=field_id)
    setattr(row, queries.RECORD[subject].key, number_of)
    return row


def _put(session: Session, row: OwnValue, value: Value | None) -> None:
    """Keep a value in its column, or take the row away with the last of it."""
    if value is None:
        session.delete(row)
        return
    row.number = value if isinstance(value, float) else None
    row.day = value if isinstance(value, date) else None
    row.text = value if isinstance(value, str) else None
    row.text_key = fold(value)[:400] if isinstance(value, str) else None
    session.add(row)


def _take_in(field: OwnField, draft: FieldDraft) -> None:
    field.name, field.help, field.kind = draft.name, draft.help, draft.kind
    field.choices, field.matching = list(draft.choices), draft.matching


def _refuse_double(session: Session, subject: Subject, name: str, own_id: int | None) -> None:
    for other in queries.in_use(session, subject):
        if other.id != own_id and fold(other.name) == fold(name):
            raise Conflict("Det finnes alt et felt som heter «%(name)s».", field="name", name=other.name)


def _refuse_used(session: Session, field: OwnField, draft: FieldDraft) -> None:
    """Conflict when a choice that some record has would be gone."""
    gone = {fold(one): one for one in field.choices} if field.kind is FieldKind.CHOICE else {}
    for one in draft.choices:
        gone.pop(fold(one), None)
    if not gone:
        return
    used = select(OwnValue.text).where(OwnValue.field_id == field.id, OwnValue.text_key.in_(gone)).limit(1)
    if (still := session.scalar(used)) is not None:
        raise Conflict("Valget «%(value)s» er i bruk og kan ikke tas bort.", field="choices", value=still)


def _free_code(name: str, held: set[str]) -> str:
    """A code no field of this kind of record has had."""
    wanted, number = code_of(name), 1
    while (code := wanted if number == 1 else f"{wanted}_{number}") in held:
        number += 1
    return code
