"""Freezing a person: what names them is sealed away from every page, list and model, and can be put back."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from crm.contacts.models import Contact
from crm.errors import Conflict, InvalidInput
from crm.history import operations as history
from crm.privacy import finding, masking
from crm.privacy.catalogue import fields
from crm.privacy.masking import Change
from crm.privacy.models import Restriction, SealedValue
from crm.spelling import tidy
from crm.storage.base import table_named
from crm.storage.erasing import without_trace

FROZEN = "[begrenset]"


def restrict(
    session: Session, actor_id: int | None, contact: Contact, *, reason: str, now: datetime
) -> Restriction:
    """Seal what names a person; Conflict where that is done, InvalidInput without a reason."""
    if not tidy(reason):
        raise InvalidInput("Skriv hvorfor personen begrenses.", field="reason")
    if contact.restricted:
        raise Conflict("Personen er begrenset alt.")
    made = Restriction(contact_id=contact.id, reason=tidy(reason)[:300], at=now, by_id=actor_id)
    session.add(made)
    session.flush()
    history.record(session, actor_id, "person:restrict", subject=contact, changes={})
    with without_trace(session):
        changes = [
            change
            for change in masking.changes(session, finding.likeness_of(contact), FROZEN, own=True)
            if change.field.table not in {"restrictions", "sealed_values"}
        ]
        session.add_all(_sealed(made, change) for change in changes)
        contact.restricted = True
        session.flush()
        masking.write(session, changes)
    session.expire_all()
    return made


def lift(session: Session, actor_id: int | None, contact: Contact) -> int:
    """Put back what was sealed; how many values were written anew since, and keep what was written."""
    made = session.scalar(select(Restriction).where(Restriction.contact_id == contact.id))
    if made is None:
        raise Conflict("Personen er ikke begrenset.")
    left = 0
    asked = select(SealedValue).where(SealedValue.restriction_id == made.id).order_by(SealedValue.id)
    with without_trace(session):
        for value in session.scalars(asked).all():
            left += not _put_back(session, value)
        session.delete(made)
        session.flush()
        session.expire_all()
        contact.restricted = False
        history.record(session, actor_id, "person:lift", subject=contact, changes={})
    return left


def restriction_of(session: Session, contact_id: int) -> Restriction | None:
    """Why a person is frozen, by whom and since when; None where they are not."""
    asked = select(Restriction).where(Restriction.contact_id == contact_id)
    return session.scalar(asked.options(joinedload(Restriction.by)))


def restrictions(session: Session) -> Sequence[Restriction]:
    """Everybody who is frozen, the latest first."""
    asked = select(Restriction).options(joinedload(Restriction.by)).order_by(Restriction.id.desc())
    return session.scalars(asked).all()


def _sealed(made: Restriction, change: Change) -> SealedValue:
    return SealedValue(
        restriction_id=made.id,
        table=change.field.table,
        column=change.field.column,
        key=list(change.key),
        before=_plain(change.before),
        left=_plain(change.after),
    )


def _put_back(session: Session, value: SealedValue) -> bool:
    """Whether a value was as it was left, and is now as it was before."""
    field = fields().get((value.table, value.column))
    if field is None:
        return False
    column = table_named(value.table).columns[value.column]
    change = Change(field, tuple(value.key), value.before, value.left)
    now = session.execute(select(column).where(change.row)).first()
    if now is None or _plain(now[0]) != value.left:
        return False
    before = base64.b64decode(value.before["bytes"]) if _is_bytes(value.before) else value.before
    masking.write(session, [Change(field, change.key, before, value.left)], back=True)
    return True


def _plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    return {"bytes": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _is_bytes(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"bytes"}
