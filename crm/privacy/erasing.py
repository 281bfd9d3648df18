"""Erasing a person: from every table as the catalogue says, from files, and for good.

What is told beforehand is what is done: both come from the same reading. Statistics stay; whom they were of
does not. The trail keeps that somebody was erased, by whom and why, and how many values where.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.consents import operations as consents
from crm.consents.models import Address, Why
from crm.consents.queries import hashed
from crm.contacts.models import Contact
from crm.errors import Conflict
from crm.history import operations as history
from crm.privacy import finding, masking
from crm.privacy.catalogue import Erasure
from crm.privacy.finding import Hit
from crm.privacy.likeness import Likeness
from crm.privacy.masking import Change
from crm.privacy.models import ErasureCause, ErasureRecord, Hold, Restriction, SealedValue
from crm.storage.erasing import without_trace

ERASED = "[slettet]"
_OWN_ROWS = {Contact.__tablename__, "company_roles", "partner_roles"}


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure would do: the values it changes, the rows that go, and what stays."""

    changes: list[Change]
    goes: list[Hit]
    stays: list[Hit]


def likeness(session: Session, contact: Contact) -> Likeness:
    """A contact person as they may be named; of a frozen one what was sealed is read."""
    known = finding.likeness_of(contact)
    if not contact.restricted:
        return known
    asked = select(SealedValue).join(Restriction).where(Restriction.contact_id == contact.id)
    sealed = {
        value.column: value.before
        for value in session.scalars(asked)
        if value.table == Contact.__tablename__ and value.key == [contact.id]
    }
    names, emails, phones = (
        (str(sealed[column]),) if sealed.get(column) else () for column in ("name", "email", "phone")
    )
    return replace(known, names=names, emails=tuple(map(str.casefold, emails)), phones=phones)


def preview(session: Session, person: Likeness) -> Preview:
    """What erasing a person would do; nothing is changed."""
    hits = finding.find(session, person)
    changes = masking.changes(session, person, ERASED, own=False)
    changed = {(change.field.table, change.field.column, change.key) for change in changes}
    rest = [hit for hit in hits if (hit.field.table, hit.field.column, hit.key) not in changed]
    goes = [hit for hit in rest if hit.field.erasure in {Erasure.ROW, Erasure.UNLINK} and hit.linked]
    gone = {id(hit) for hit in goes}
    return Preview(changes, goes, [hit for hit in rest if id(hit) not in gone])


def held(session: Session, contact_id: int) -> Hold | None:
    """Why a person must be kept for now; None where nothing hinders."""
    return session.scalar(select(Hold).where(Hold.contact_id == contact_id))


def erase(
    session: Session, actor_id: int | None, person: Likeness, *, cause: ErasureCause, now: datetime
) -> ErasureRecord:
    """Erase a person from every table, and shut their addresses; Conflict where they must be kept.

    Files, and what the database's own log still holds, are seen to after the commit.
    """
    contact = session.get(Contact, person.contact_id) if person.contact_id else None
    hold = held(session, contact.id) if contact else None
    if hold:
        raise Conflict(
            "Personen må beholdes til ny vurdering %(day)s: %(reason)s",
            day=hold.review_on.isoformat(),
            reason=hold.reason,
        )
    with without_trace(session):
        told = preview(session, person)
        masking.write(session, told.changes)
        made = ErasureRecord(at=now, by_id=actor_id, cause=cause, scope=_scope(told))
        made.hashes = _hashes(session, person, contact)
        session.add(made)
        _shut(session, person, now=now)
        said: dict[str, object] = {"cause": cause.value, "values": sum(made.scope.values())}
        history.record(session, actor_id, "person:erase", subject=made, changes=said)
        if contact is not None:
            history.forget_values(session, Contact.__tablename__, [contact.id])
            session.delete(contact)
        session.flush()
    session.expire_all()
    return made


def _scope(told: Preview) -> dict[str, int]:
    """How many values of each column were changed or went."""
    places = [f"{change.field.table}.{change.field.column}" for change in told.changes]
    return dict(Counter([*places, *(hit.place for hit in told.goes)]))


def _hashes(session: Session, person: Likeness, contact: Contact | None) -> list[Any]:
    """The person as salted hashes: known again in an older copy, and telling nobody who it was."""
    salt = consents.salt(session)
    found = [["email", hashed(salt, Address.EMAIL, email)] for email in person.emails]
    found += [["phone", hashed(salt, Address.PHONE, phone)] for phone in person.phones]
    return found + ([["row", row_hash(salt, contact.id, contact.created_at)]] if contact else [])


def row_hash(salt: str, number: int, created_at: datetime) -> str:
    """What a contact person's row is known by in any copy of the database."""
    return hashed(salt, Address.EMAIL, f"row:{number}@{created_at.isoformat()}")


def _shut(session: Session, person: Likeness, *, now: datetime) -> None:
    for email in person.emails:
        consents.suppress(session, Address.EMAIL, email, Why.ERASED, now=now)
    for phone in person.phones:
        consents.suppress(session, Address.PHONE, phone, Why.ERASED, now=now)
