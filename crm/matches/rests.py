"""Who rests: pairs, companies and partners that the next weeks leave in peace for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import clock
from crm.matches.models import Introduction, MatchRun, Suggestion
from crm.partners.models import Need


def pairs_left_open(session: Session, week: str, *, weeks: int) -> set[tuple[int, int]]:
    """Needs and companies that one of the last weeks' rounds suggested and nobody answered."""
    monday = clock.monday_of(week)
    past = [clock.iso_week(monday - timedelta(weeks=back)) for back in range(1, weeks + 1)]
    asked = select(Suggestion.need_id, Suggestion.company_id).join(Suggestion.run)
    left = asked.where(MatchRun.week.in_(past), Suggestion.answer.is_(None))
    return {(need, company) for need, company in session.execute(left)}


def companies_introduced(session: Session, *, since: datetime) -> set[int]:
    """Companies that were introduced to somebody from a moment on."""
    return set(session.scalars(select(Introduction.company_id).where(Introduction.created_at >= since)))


def partners_introduced(session: Session, *, since: datetime) -> set[int]:
    """Partners that somebody was introduced to from a moment on."""
    asked = select(Need.partner_id).join(Introduction, Introduction.need_id == Need.id)
    return set(session.scalars(asked.where(Introduction.created_at >= since)))


def pairs_introduced(session: Session) -> set[tuple[int, int]]:
    """Needs and companies that were brought together, whatever came of it."""
    asked = select(Introduction.need_id, Introduction.company_id)
    return {(need, company) for need, company in session.execute(asked)}
