"""Validated input about matches."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crm.errors import InvalidInput
from crm.matches.models import Answer
from crm.spelling import tidy

NO_REASONS = ("wrong_industry", "too_far", "too_small", "not_relevant", "already_in_touch", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionDraft:
    """One suggestion as the matchmaker found it; reasons are kind, contribution and values."""

    need_id: int
    company_id: int
    rank: int
    score: float
    probability: float
    reasons: list[dict[str, Any]] = field(default_factory=list)
    against: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDraft:
    answer: Answer
    reason: str = ""
    until: date | None = None


def answer_draft(answer: str, *, today: date, reason: str = "", until: date | None = None) -> AnswerDraft:
    """What was answered: a no says why, a not now says until when."""
    if answer not in {known.value for known in Answer}:
        raise InvalidInput("Svar ja, ikke nå eller nei.", field="answer")
    chosen, clean = Answer(answer), tidy(reason)[:300]
    if chosen is Answer.NO and not clean:
        raise InvalidInput("Velg hvorfor forslaget ikke passer, så blir de neste bedre.", field="reason")
    if chosen is Answer.NOT_NOW and (until is None or until <= today):
        raise InvalidInput("Velg en dag fram i tid da forslaget kan komme tilbake.", field="until")
    return AnswerDraft(answer=chosen, reason=clean, until=until if chosen is Answer.NOT_NOW else None)
