"""Suggestions of the weekly round and the answers to them, for programs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import false
from sqlalchemy.orm import Session

from crm.accounts.permissions import Permission
from crm.api.declarations import Call, Resource
from crm.api.paging import Term, piece
from crm.api.shapes import Body, Line, ListQuery, Moment, Named, RecordId, Shape, Version, Words, named
from crm.matches import operations, queries
from crm.matches.drafts import NO_REASONS, SuggestionFilter, answer_draft
from crm.matches.models import Answer, Suggestion
from crm.partners.models import Need
from crm.spelling import tidy

_ANSWERED = {"open": False, "answered": True, "all": None}


class MatchOut(Shape):
    """A company for a need in one week's round: how sure, and what was answered."""

    id: int
    version: int
    week: str
    need: Named
    partner: Named
    company: Named
    rank: int
    probability: float
    answer: Answer | None
    answer_reason: str
    answered_at: Moment | None
    answered_by: Named | None
    snoozed_until: date | None


class MatchQuery(ListQuery):
    week: Annotated[
        str | None,
        Field(pattern="^[0-9]{4}-W[0-9]{2}$", description="The newest finished round unless given"),
    ] = None
    segment: Words = ""
    owner: RecordId | None = None
    need: RecordId | None = None
    company: RecordId | None = None
    answered: Literal["open", "answered", "all"] = "all"


class AnswerIn(Body):
    """Yes; not now, until a day; or no, and why (one of the reasons of the pages, or your own words)."""

    version: Version
    answer: Answer
    reason: Annotated[Line, Field(examples=list(NO_REASONS))] = ""
    until: date | None = None


class Withdrawal(Body):
    version: Version


def read(session: Session, suggestion_id: int) -> MatchOut:
    return told(queries.get_suggestion(session, suggestion_id))


def told(found: Suggestion) -> MatchOut:
    """A suggestion as answered."""
    apart = {"week", "need", "partner", "company", "answered_by"}
    kept = {name: getattr(found, name) for name in MatchOut.model_fields if name not in apart}
    return MatchOut(
        week=found.run.week,
        need=Named(id=found.need_id, name=found.need.title),
        partner=Named(id=found.need.partner_id, name=found.need.partner.name),
        company=Named(id=found.company_id, name=found.company.name),
        answered_by=named(found.answered_by),
        **kept,
    )


resource = Resource("matches", MatchOut, read)
_ORDER = (
    Term(Need.sort_key),
    Term(Suggestion.need_id, int),
    Term(Suggestion.rank, int),
    Term(Suggestion.id, int),
)


@resource.lists(MatchQuery, "List one round's suggestions, need by need, best first")
def index(call: Call[MatchQuery]) -> dict[str, Any]:
    asked, session = call.asked, call.session
    run = queries.find_run(session, asked.week) if asked.week else queries.last_done(session)
    wanted = SuggestionFilter(
        answered=_ANSWERED[asked.answered], segment=tidy(asked.segment), owner=asked.owner, need=asked.need
    )
    rows = queries.suggestions(run.id if run else 0, wanted)
    if asked.company:
        rows = rows.where(Suggestion.company_id == asked.company)
    return piece(session, rows if run else rows.where(false()), _ORDER, asked, told)


@resource.acts(
    "answer", Permission.MATCH_ANSWER, AnswerIn, "Answer a suggestion; a yes opens an introduction"
)
def answer(call: Call[AnswerIn]) -> int:
    asked, found = call.asked, queries.get_suggestion(call.session, call.id)
    found.refuse_if_overtaken(asked.version)
    draft = answer_draft(asked.answer.value, reason=asked.reason, until=asked.until, today=call.today)
    operations.answer(call.session, call.actor.id, found, draft, now=call.now)
    return found.id


@resource.acts("withdraw", Permission.MATCH_ANSWER, Withdrawal, "Take an answer back")
def withdraw(call: Call[Withdrawal]) -> int:
    found = queries.get_suggestion(call.session, call.id)
    found.refuse_if_overtaken(call.asked.version)
    operations.withdraw_answer(call.session, call.actor.id, found)
    return found.id
