"""Erasing again what an older copy of the database brought back, from the ledger beside the database."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.consents.models import Address
from crm.consents.queries import hashed
from crm.contacts.models import Contact
from crm.privacy import erasing, files
from crm.privacy.models import ErasureCause, Hold

_NUMBER = Address.PHONE


def erase_again(session: Session, instance: Path, *, now: datetime) -> int:
    """Erase every contact person who was erased after the copy was made; how many.

    Somebody is known again by their own row, or by an address they had before the erasure; who came back
    later by their own will is left alone.
    """
    told = list(files.remembered(instance))
    if not told:
        return 0
    done = 0
    for contact in session.scalars(select(Contact).order_by(Contact.id)).all():
        line = next((line for line in told if _is_of(contact, line)), None)
        if line is not None:
            hold = session.scalar(select(Hold).where(Hold.contact_id == contact.id))
            if hold is not None:
                session.delete(hold)
                session.flush()
            person = erasing.likeness(session, contact)
            erasing.erase(session, None, person, cause=ErasureCause(line["cause"]), now=now)
            done += 1
    return done


def _is_of(contact: Contact, line: dict[str, Any]) -> bool:
    """Whether an erasure was of this person."""
    salt, hashes = line["salt"], {tuple(pair) for pair in line["hashes"]}
    if ("row", erasing.row_hash(salt, contact.id, contact.created_at)) in hashes:
        return True
    if contact.created_at > datetime.fromisoformat(line["at"]):
        return False
    email = contact.email and ("email", hashed(salt, Address.EMAIL, contact.email)) in hashes
    return bool(email or (contact.phone and ("phone", hashed(salt, _NUMBER, contact.phone)) in hashes))
