"""Changing many and undoing it, on both databases: all is as before, save what was changed since."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.changes import operations, queries
from crm.changes.drafts import change_draft
from crm.companies import operations as companies
from crm.companies import queries as company_queries
from crm.companies.drafts import CompanyDraft, CompanyFilter, LeadDraft
from crm.companies.models import Company, Lead, Stage
from crm.errors import Conflict, InvalidInput
from crm.history.models import Entry
from tests.world import NOW, TODAY, World

FIELDS = (
    "owner_id",
    "stage",
    "stage_since",
    "board_key",
    "resting_reason",
    "wake_on",
    "cadence_days",
    "contact_due_on",
)
CHANGES = ["owner:", "stage:visit", "stage:parked", "add:beredskap", "remove:helse", "cadence:30", "cadence:"]


def followed(session: Session, world: World, count: int) -> list[Company]:
    made = []
    for number in range(count):
        company = companies.create_company(session, None, CompanyDraft(name=f"Firma {number}"), now=NOW)
        code = ("helse", "livsstil")[number % 2]
        stage = (Stage.IDENTIFIED, Stage.VISIT)[number % 2]
        draft = LeadDraft(owner_id=world.developer.id, segments=frozenset({code}), stage=stage)
        companies.follow(session, None, company, draft, now=NOW)
        made.append(company)
    session.flush()
    return made


def chosen(session: Session, made: list[Company]) -> list[Company]:
    return list(queries.chosen(session, [company.id for company in made], CompanyFilter()))


def state(session: Session) -> dict[int, Any]:
    session.flush()
    session.expire_all()
    found = session.scalars(company_queries.followed()).all()
    return {
        company.id: [getattr(company.lead, field) for field in FIELDS]
        + [sorted(segment.code for segment in company.lead.segments)]
        for company in found
        if company.lead
    }


@pytest.mark.parametrize("typed", CHANGES)
def test_after_undoing_everything_is_as_before(session: Session, world: World, typed: str):
    made = followed(session, world, 5)
    before = state(session)
    draft = change_draft(typed, reason="Venter", today=TODAY)
    if not queries.preview(chosen(session, made), draft).changing:
        with pytest.raises(Conflict):
            operations.change_many(session, world.developer.id, chosen(session, made), draft, now=NOW)
        return
    change = operations.change_many(session, world.developer.id, chosen(session, made), draft, now=NOW)
    assert state(session) != before
    done = operations.undo(session, world.developer.id, change, now=NOW + timedelta(days=29))
    assert (done.restored, done.left) == (change.rows, [])
    assert state(session) == before


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(CHANGES), st.sets(st.integers(0, 5), min_size=1)), min_size=1, max_size=4
    )
)
def test_changes_undone_in_turn_leave_nothing_behind(
    session: Session, world: World, acts: list[tuple[str, set[int]]]
):
    with session.begin_nested() as inside:
        made = followed(session, world, 6)
        before, done = state(session), []
        for place, (typed, picked) in enumerate(acts):
            draft = change_draft(typed, reason="Venter", today=TODAY)
            found = chosen(session, [made[number] for number in sorted(picked)])
            if queries.preview(found, draft).changing:
                at = NOW + timedelta(minutes=place)
                done.append(operations.change_many(session, world.developer.id, found, draft, now=at))
        for change in reversed(done):
            assert (
                operations.undo(session, world.developer.id, change, now=NOW + timedelta(hours=1)).left == []
            )
        assert state(session) == before
        inside.rollback()


def test_what_was_changed_since_is_left_alone_and_named(session: Session, world: World):
    made = followed(session, world, 3)
    draft = change_draft("stage:meeting", today=TODAY)
    change = operations.change_many(session, world.developer.id, chosen(session, made), draft, now=NOW)
    later = session.scalars(select(Lead).where(Lead.company_id == made[1].id)).one()
    later.stage = Stage.ESTABLISHED
    session.flush()
    done = operations.undo(session, world.developer.id, change, now=NOW)
    assert done.restored == 2
    assert done.left == [made[1]]
    session.expire_all()
    assert later.stage is Stage.ESTABLISHED


def test_every_lead_that_changes_leaves_a_line_in_the_trail(session: Session, world: World):
    made = followed(session, world, 4)
    draft = change_draft("stage:visit", today=TODAY)
    change = operations.change_many(session, world.developer.id, chosen(session, made), draft, now=NOW)
    session.flush()
    assert change.rows == 2
    told = session.scalars(select(Entry).where(Entry.action == "lead:update")).all()
    assert [entry.changes["stage"] for entry in told] == [["identified", "visit"]] * 2


def test_a_change_is_undone_once_and_within_thirty_days(session: Session, world: World):
    made = followed(session, world, 2)
    draft = change_draft("stage:lost", reason="Flyttet", today=TODAY)
    change = operations.change_many(session, world.developer.id, chosen(session, made), draft, now=NOW)
    with pytest.raises(Conflict):
        operations.undo(session, world.developer.id, change, now=NOW + timedelta(days=31))
    operations.undo(session, world.developer.id, change, now=NOW)
    with pytest.raises(Conflict):
        operations.undo(session, world.developer.id, change, now=NOW)


@pytest.mark.parametrize(
    "typed",
    ["", "owner", "owner:x", "owner:²", "stage:nowhere", "stage:parked", "add:", "drop:all", "cadence:-1"],
)
def test_what_is_no_change_is_refused(typed: str):
    with pytest.raises(InvalidInput):
        change_draft(typed, today=TODAY)


@pytest.mark.parametrize("typed", ["owner:999999", "add:finnes-ikke"])
def test_an_owner_or_segment_that_is_not_there_is_refused(session: Session, world: World, typed: str):
    made = followed(session, world, 1)
    with pytest.raises(InvalidInput):
        operations.change_many(
            session, world.developer.id, chosen(session, made), change_draft(typed, today=TODAY), now=NOW
        )
