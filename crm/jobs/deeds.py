"""What our own companies have done before, as far as it stands in our tables: the meetings they came to."""

from __future__ import annotations

from sqlalchemy.orm import Session

from crm.matches import past
from crm.matchmaker.profiles import Evidence


def read_deeds(session: Session) -> dict[int, tuple[Evidence, ...]]:
    """By company its meetings, newest first: what the need was called, and with whom."""
    found: dict[int, list[Evidence]] = {}
    for company_id, title, partner in past.meetings(session):
        found.setdefault(company_id, []).append(Evidence(text=title, source=partner))
    return {company_id: tuple(deeds) for company_id, deeds in found.items()}
