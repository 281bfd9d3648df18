"""What was answered in weeks gone by, for trying a model on; and the meetings that came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm.matches.models import Answer, Introduction, IntroductionState, MatchRun, Suggestion
from crm.partners.models import Need, Partner


@dataclass(frozen=True, slots=True)
class PastAnswer:
    """A yes or a no to a suggestion of a week, how sure it was, and when that week's round began."""

    week: str
    began: datetime
    need_id: int
    company_id: int
    answer: Answer
    probability: float


def answered(session: Session, *, since: str) -> list[PastAnswer]:
    """Every suggestion of the rounds from a week on that got a yes or a no, oldest week first."""
    asked = (
        select(
            MatchRun.week,
            MatchRun.started_at,
            Suggestion.need_id,
            Suggestion.company_id,
            Suggestion.answer,
            Suggestion.probability,
        )
        .join(Suggestion.run)
        .where(MatchRun.week >= since, Suggestion.answer.in_((Answer.YES, Answer.NO)))
        .order_by(MatchRun.week, Suggestion.need_id, Suggestion.rank, Suggestion.id)
    )
    return [
        PastAnswer(week, began, need, company, answer, sure)
        for week, began, need, company, answer, sure in session.execute(asked)
        if began is not None and answer is not None
    ]


def meetings(session: Session) -> list[tuple[int, str, str]]:
    """Each company that has met a partner about a need: its id, the need's title and the partner's name."""
    held = (
        select(Introduction.company_id, Need.title, Partner.name)
        .join(Introduction.need)
        .join(Need.partner)
        .where(Introduction.state == IntroductionState.MET)
        .order_by(Introduction.company_id, Introduction.state_since.desc(), Introduction.id)
    )
    return [(company, title, partner) for company, title, partner in session.execute(held)]


def count_meetings(session: Session) -> int:
    held = select(func.count()).select_from(Introduction)
    return session.scalar(held.where(Introduction.state == IntroductionState.MET)) or 0
