"""Acts for people's privacy: writing down who looked at what, and keeping whom we must."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from crm.contacts.models import Contact
from crm.history import operations as history
from crm.privacy.drafts import HoldDraft
from crm.privacy.models import Access, Act, Hold


def note_access(
    session: Session, user_id: int | None, act: Act, *, subject: str, ids: Iterable[int], now: datetime
) -> Access:
    """Write down that somebody saw or took out records of one kind; of a search, no word of what for."""
    seen = sorted(ids)
    entry = Access(at=now, user_id=user_id, act=act, subject=subject, rows=len(seen), ids=seen)
    entry.lowest, entry.highest = (seen[0], seen[-1]) if seen else (None, None)
    session.add(entry)
    return entry


def hold(
    session: Session, actor_id: int | None, contact: Contact, draft: HoldDraft, *, now: datetime
) -> Hold:
    """Keep a person from being erased, with why and until when; a newer reason takes the older's place."""
    made = session.scalar(select(Hold).where(Hold.contact_id == contact.id)) or Hold(contact_id=contact.id)
    made.reason, made.review_on, made.at, made.by_id = draft.reason, draft.review_on, now, actor_id
    session.add(made)
    history.record(session, actor_id, "person:hold", subject=contact, changes={})
    return made


def release(session: Session, actor_id: int | None, contact: Contact) -> None:
    """Nothing keeps a person from being erased any longer."""
    session.execute(delete(Hold).where(Hold.contact_id == contact.id))
    history.record(session, actor_id, "person:release", subject=contact, changes={})
