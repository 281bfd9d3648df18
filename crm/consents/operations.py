"""Acts about who may be addressed: agreeing, objecting, and shutting an address for good."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.consents import queries
from crm.consents.drafts import ConsentDraft, Objection
from crm.consents.models import Address, Basis, Channel, Consent, Salt, Suppression, Why
from crm.contacts.models import Contact
from crm.errors import Conflict
from crm.history import operations as history


def give(
    session: Session, actor_id: int | None, contact: Contact, draft: ConsentDraft, *, now: datetime
) -> Consent:
    """Keep that a person may be addressed; Conflict for an address that was shut."""
    kind = Address.EMAIL if draft.channel is Channel.EMAIL else Address.PHONE
    address = contact.email if kind is Address.EMAIL else contact.phone
    if address and queries.suppressed(session, kind, [address]):
        raise Conflict(
            "Adressen er sperret fordi eieren har sagt nei eller er slettet. Bare eieren selv kan åpne den."
        )
    made = Consent(
        contact_id=contact.id,
        about=draft.about,
        channel=draft.channel,
        basis=draft.basis,
        source=draft.source,
        text_version=draft.text_version,
        given_at=draft.given_at,
        by_id=actor_id,
        created_at=now,
    )
    session.add(made)
    said: dict[str, object] = {"about": draft.about.value, "channel": draft.channel.value}
    history.record(session, actor_id, "consent:give", subject=contact, changes=said)
    return made


def withdraw(
    session: Session, actor_id: int | None, contact: Contact, draft: Objection, *, now: datetime
) -> None:
    """A person says no to being addressed for something by a channel; it counts from this moment."""
    standing = select(Consent).where(
        Consent.contact_id == contact.id,
        Consent.about == draft.about,
        Consent.channel == draft.channel,
        Consent.withdrawn_at.is_(None),
    )
    given = list(session.scalars(standing))
    for consent in given:
        consent.withdrawn_at, consent.withdrawn_how = now, draft.how
    if not given:  # the objection itself is kept, so that it is the last word
        session.add(_kept(contact, actor_id, draft, now=now))
    said: dict[str, object] = {"about": draft.about.value, "channel": draft.channel.value}
    history.record(session, actor_id, "consent:withdraw", subject=contact, changes=said)


def suppress(session: Session, kind: Address, address: str, why: Why, *, now: datetime) -> str:
    """Shut an address for good; gives its hash, which is all that is kept of it."""
    made = queries.hashed(salt(session), kind, address)
    known = select(Suppression.id).where(Suppression.kind == kind, Suppression.hash == made)
    if session.scalar(known) is None:
        session.add(Suppression(kind=kind, hash=made, why=why, at=now))
        session.flush()
    return made


def salt(session: Session) -> str:
    """What addresses are hashed with, made at first use."""
    found = session.scalar(select(Salt.salt))
    if found is None:
        found = secrets.token_hex(32)
        session.add(Salt(id=1, salt=found))
        session.flush()
    return found


def _kept(contact: Contact, actor_id: int | None, draft: Objection, *, now: datetime) -> Consent:
    return Consent(
        contact_id=contact.id,
        about=draft.about,
        channel=draft.channel,
        basis=Basis.LEGITIMATE_INTEREST,
        source=draft.how,
        text_version="",
        given_at=now,
        by_id=actor_id,
        withdrawn_at=now,
        withdrawn_how=draft.how,
        created_at=now,
    )
