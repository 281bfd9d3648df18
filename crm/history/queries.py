"""Reading the trail."""

from __future__ import annotations

from sqlalchemy import Select, select

from crm.history.models import Entry


def entries_of(subject: str, subject_id: int) -> Select[Entry]:
    """The trail of one record, newest first."""
    found = select(Entry).where(Entry.subject == subject, Entry.subject_id == subject_id)
    return found.order_by(Entry.at.desc(), Entry.id.desc())
