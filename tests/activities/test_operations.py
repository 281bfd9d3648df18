"""The log: what moves the last contact, and what does not."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm.activities import operations, queries
from crm.activities.drafts import Subject, activity_draft, follow_up_draft
from crm.activities.models import Activity, FollowUp, Kind, Outcome
from crm.companies import operations as companies
from crm.errors import Conflict, InvalidInput
from tests.world import NOW, TODAY, World


def log(
    session: Session, world: World, kind: str, at: datetime, *, outcome: str = "", **more: object
) -> Activity:
    draft = activity_draft(kind=kind, happened_at=at, now=NOW, text="Sagt noe", outcome=outcome, **more)
    return operations.log_activity(session, world.developer.id, Subject(company_id=world.company.id), draft)


def test_a_call_moves_the_last_contact(session: Session, world: World):
    log(session, world, "call", NOW, outcome="reached")
    assert world.lead.last_contact_at == NOW
    assert (world.lead.last_contact_by_id, world.lead.last_contact_kind) == (world.developer.id, "call")


def test_a_note_an_unanswered_call_and_a_follow_up_do_not(session: Session, world: World):
    subject = Subject(company_id=world.company.id)
    log(session, world, "note", NOW)
    log(session, world, "call", NOW, outcome="not_reached")
    step = follow_up_draft(text="Ring igjen", due_on=TODAY, owner_id=world.developer.id, today=TODAY)
    follow_up = operations.plan(session, world.developer.id, subject, step)
    operations.finish(session, world.developer.id, follow_up, now=NOW)
    assert world.lead.last_contact_at is None


def test_editing_the_company_does_not_move_the_last_contact(session: Session, world: World):
    log(session, world, "meeting", NOW - timedelta(days=3))
    companies.change_lead(
        session, world.developer.id, world.lead, companies.LeadDraft(source="Messe", owner_id=world.reader.id)
    )
    assert world.lead.last_contact_at == NOW - timedelta(days=3)


def test_a_back_dated_log_does_not_overwrite_a_newer_contact(session: Session, world: World):
    log(session, world, "visit", NOW - timedelta(days=2))
    log(session, world, "call", NOW - timedelta(days=40))
    assert world.lead.last_contact_at == NOW - timedelta(days=2)
    assert world.lead.last_contact_kind == "visit"


def test_deleting_the_newest_contact_brings_back_the_one_before(session: Session, world: World):
    log(session, world, "call", NOW - timedelta(days=9))
    newest = log(session, world, "call", NOW)
    operations.delete_activity(session, world.developer.id, newest)
    assert world.lead.last_contact_at == NOW - timedelta(days=9)


def test_the_same_form_twice_logs_once(session: Session, world: World):
    step = follow_up_draft(text="Send tilbud", due_on=TODAY, owner_id=world.developer.id, today=TODAY)
    first = log(session, world, "call", NOW, form_key="one", next_step=step)
    again = log(session, world, "call", NOW, form_key="one", next_step=step)
    assert first is again
    assert session.scalar(select(func.count()).select_from(FollowUp)) == 1


def test_the_next_step_becomes_a_follow_up_with_a_date_and_an_owner(session: Session, world: World):
    step = follow_up_draft(text="Send tilbud", due_on=TODAY, owner_id=world.reader.id, today=TODAY)
    log(session, world, "call", NOW, next_step=step)
    planned = session.scalars(queries.follow_ups_of(Subject(company_id=world.company.id))).one()
    assert (planned.text, planned.due_on, planned.owner) == ("Send tilbud", TODAY, world.reader)


def test_a_follow_up_is_ticked_once_and_can_be_opened_again(session: Session, world: World):
    step = follow_up_draft(text="Ring", due_on=TODAY, owner_id=world.developer.id, today=TODAY)
    planned = operations.plan(session, world.developer.id, Subject(partner_id=world.partner.id), step)
    operations.finish(session, world.developer.id, planned, now=NOW)
    with pytest.raises(Conflict):
        operations.finish(session, world.developer.id, planned, now=NOW)
    operations.reopen(session, world.developer.id, planned)
    assert session.scalars(queries.open_follow_ups(world.developer.id)).one() is planned


def test_nothing_can_have_happened_tomorrow():
    with pytest.raises(InvalidInput) as refusal:
        activity_draft(kind="call", happened_at=NOW + timedelta(days=1), now=NOW)
    assert refusal.value.field == "happened_at"


CONTACTS = st.tuples(
    st.sampled_from(list(Kind)), st.sampled_from([None, *Outcome]), st.integers(min_value=0, max_value=900)
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contacts=st.lists(CONTACTS, max_size=8), data=st.data())
def test_the_last_contact_is_the_newest_real_one_in_whatever_order_things_are_logged_and_deleted(
    session: Session, world: World, contacts: list[tuple[Kind, Outcome | None, int]], data: st.DataObject
):
    with session.begin_nested() as savepoint:
        logged = [
            log(session, world, kind.value, NOW - timedelta(hours=hours), outcome=outcome or "")
            for kind, outcome, hours in contacts
        ]
        kept = [line for line in logged if not data.draw(st.booleans())]
        for line in logged:
            if line not in kept:
                operations.delete_activity(session, world.developer.id, line)
        real = [line.happened_at for line in kept if line.is_contact]
        assert world.lead.last_contact_at == (max(real) if real else None)
        savepoint.rollback()
    session.expire_all()
