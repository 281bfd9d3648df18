"""Validated input about matches."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crm.errors import InvalidInput
from crm.matches.models import Answer, IntroductionState
from crm.spelling import tidy

NO_REASONS = ("wrong_industry", "too_far", "too_small", "not_relevant", "already_in_touch", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionDraft:
    """One suggestion as the matchmaker found it; reasons are kind, contribution and values.

    ``control`` tells that it was drawn by lot, to compare the chosen ones with; ``parts`` is what the bias
    and each signal add to the score.
    """

    need_id: int
    company_id: int
    rank: int
    score: float
    probability: float
    reasons: list[dict[str, Any]] = field(default_factory=list)
    against: dict[str, Any] = field(default_factory=dict)
    control: bool = False
    parts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDraft:
    answer: Answer
    reason: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionFilter:
    """What a round's list is narrowed to; ``unowned`` asks for companies nobody has, beside the owner's."""

    answered: bool | None = None
    segment: str = ""
    owner: int | None = None
    unowned: bool = False
    need: int | None = None
    by_company: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveDraft:
    """How far an introduction has come, and what came of it."""

    state: IntroductionState
    outcome: str = ""


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


def move_draft(state: str, *, outcome: str = "") -> MoveDraft:
    """Where an introduction goes, from typed values; one that ends says why."""
    if state not in {known.value for known in IntroductionState}:
        raise InvalidInput("Velg hvor langt koblingen er kommet.", field="state")
    chosen, clean = IntroductionState(state), tidy(outcome)
    if chosen is IntroductionState.DECLINED and not clean:
        raise InvalidInput("Skriv kort hvorfor det ikke ble noe, så den neste forstår det.", field="outcome")
    if len(clean) > 300:
        raise InvalidInput("Hold teksten på under 300 tegn.", field="outcome")
    return MoveDraft(state=chosen, outcome=clean)
