"""What was answered in weeks gone by, for trying a model on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.matches.models import Answer, MatchRun, Suggestion


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
