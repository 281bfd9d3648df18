"""Acts for people's privacy: writing down who looked at what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from crm.privacy.models import Access, Act


def note_access(
    session: Session, user_id: int | None, act: Act, *, subject: str, ids: Iterable[int], now: datetime
) -> Access:
    """Write down that somebody saw or took out records of one kind; of a search, no word of what for."""
    seen = sorted(ids)
    entry = Access(at=now, user_id=user_id, act=act, subject=subject, rows=len(seen), ids=seen)
    entry.lowest, entry.highest = (seen[0], seen[-1]) if seen else (None, None)
    session.add(entry)
    return entry
