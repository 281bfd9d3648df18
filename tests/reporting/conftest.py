"""A year with something in it, beside a year before."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from crm.activities import operations as activities
from crm.activities.drafts import Subject, activity_draft
from crm.companies import operations as companies
from crm.companies.drafts import MoveDraft
from crm.companies.models import Stage
from crm.history.models import Entry
from crm.matches.models import Answer, Introduction, IntroductionState, MatchRun, RunState, Suggestion
from tests.world import World

TODAY = date(2026, 11, 25)


def at(year: int, month: int = 6, day: int = 1) -> datetime:
    return datetime(year, month, day, 10, tzinfo=UTC)


@pytest.fixture
def told(session: Session, world: World) -> World:
    """The lead is a year old, was called in both years, met in 2026, and has come all the way since."""
    fill(session, world)
    return world


def fill(session: Session, world: World) -> None:
    world.lead.created_at = at(2025, 2)
    for moment, kind, outcome in (
        (at(2025), "call", "reached"),
        (at(2025, 12, 31), "call", "reached"),
        (at(2026, 3), "call", "reached"),
        (at(2026, 4), "call", "not_reached"),
        (at(2026, 5), "meeting", "agreed"),
        (at(2026, 6), "note", ""),
    ):
        draft = activity_draft(kind=kind, happened_at=moment, now=moment, text="x", outcome=outcome)
        activities.log_activity(session, world.developer.id, Subject(company_id=world.company.id), draft)
    move = MoveDraft(stage=Stage.ESTABLISHED)
    companies.move_lead(session, world.developer.id, world.lead, move, now=at(2026, 9))
    session.flush()
    session.query(Entry).filter_by(action="lead:move").one().at = at(2026, 9)
    pair = {"need_id": world.need.id, "company_id": world.company.id}
    for week, month, answer in (("2026-W10", 3, Answer.NOT_NOW), ("2026-W20", 5, Answer.YES)):
        run = MatchRun(week=week, state=RunState.DONE, parameters={}, created_at=at(2026, month))
        session.add(run)
        session.flush()
        found = Suggestion(
            run_id=run.id, rank=1, score=1.0, probability=0.5, reasons=[], against={}, answer=answer, **pair
        )
        session.add(found)
    brought = Introduction(
        state=IntroductionState.MET,
        state_since=at(2026, 6),
        opened_by_id=world.developer.id,
        created_at=at(2026, 5),
        **pair,
    )
    session.add(brought)
    session.flush()
