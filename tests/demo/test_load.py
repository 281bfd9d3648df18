"""Loading the demo: whole, once, and alive on whatever day it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import clock
from crm.accounts import operations as accounts
from crm.accounts.drafts import user_draft
from crm.accounts.models import LinkPurpose, User
from crm.activities import queries as activities
from crm.activities.models import Activity, FollowUp
from crm.companies import queries as companies
from crm.companies.models import Company, Lead
from crm.demo import content, days
from crm.demo.load import load_demo
from crm.demo.start import first_start
from crm.errors import NotAllowed
from crm.matches import queries as matches
from crm.matches.models import RunState
from crm.orgnr import parse_orgnr
from crm.partners.models import Need
from crm.segments import operations as segments
from tests.world import NOW, TODAY, World

WHOLE = {
    "users": 4,
    "companies": 80,
    "leads": 30,
    "contacts": 46,
    "partners": 12,
    "needs": 31,
    "offers": 39,
    "activities": 104,
    "follow_ups": 43,
}
MONDAY_AT_DAWN, FRIDAY, SATURDAY, SUNDAY = (
    datetime(2026, 11, day, hour, 0, tzinfo=UTC) for day, hour in ((23, 5), (27, 14), (28, 9), (29, 21))
)
NEW_YEAR = datetime(2027, 1, 1, 0, 30, tzinfo=UTC)
DAYS = [MONDAY_AT_DAWN, FRIDAY, SATURDAY, SUNDAY, NEW_YEAR]
A_WEEK = [MONDAY_AT_DAWN + timedelta(days=day) for day in range(7)]


def test_the_counts_of_each_table_are_told(session: Session, world: World):
    assert load_demo(session, now=NOW) == WHOLE


def test_loaded_again_there_is_nothing_new(session: Session, world: World):
    load_demo(session, now=NOW)
    assert not any(load_demo(session, now=NOW + timedelta(days=9)).values())


def test_what_somebody_took_out_does_not_come_back(session: Session, world: World):
    load_demo(session, now=NOW)
    session.delete(session.scalars(select(Activity).where(Activity.demo)).first())
    session.flush()
    assert not any(load_demo(session, now=NOW).values())


def test_its_companies_carry_synthetic_numbers_and_say_where_their_facts_are_from(
    session: Session, world: World
):
    load_demo(session, now=NOW)
    for company in session.scalars(select(Company).where(Company.demo)):
        assert parse_orgnr(company.orgnr or "", demo=True)[0] in "23"
        assert company.facts_source == "demo"
        assert company.purpose


@pytest.mark.parametrize("now", DAYS, ids=str)
def test_whatever_the_day_the_week_has_something_late_something_today_and_something_ahead(
    session: Session, world: World, now: datetime
):
    load_demo(session, now=now, owner_id=world.developer.id)
    today = now.astimezone(clock.OSLO).date()
    mine = [step.due_on for step in session.scalars(activities.open_follow_ups(world.developer.id))]
    assert min(mine) < today
    assert today in mine
    assert any(today < due <= today + timedelta(days=7) for due in mine)
    quiet = companies.gone_quiet(world.developer.id, before=now - timedelta(days=60))
    assert session.scalars(quiet).first()
    _all_happened_on_working_days_before(session, now)


def _all_happened_on_working_days_before(session: Session, now: datetime) -> None:
    for line in session.scalars(select(Activity).where(Activity.demo)):
        assert line.happened_at < now
        assert line.happened_at.astimezone(clock.OSLO).weekday() < 5
    for step in session.scalars(select(FollowUp).where(FollowUp.done_at.is_not(None))):
        assert step.created_at <= (step.done_at or now) <= now


@pytest.mark.parametrize("now", A_WEEK, ids=str)
def test_moved_days_keep_the_order_of_the_story(now: datetime):
    for lead in content.leads():
        when = days.moments(lead.get("activity", []), now=now)
        assert when == sorted(set(when))


def test_the_last_contact_of_each_lead_is_that_of_its_log(session: Session, world: World):
    load_demo(session, now=NOW)
    for lead in session.scalars(select(Lead)):
        newest = activities.newest_contact(session, lead.company_id)
        assert lead.last_contact_at == (newest.happened_at if newest else None)


def test_the_needs_can_still_be_met(session: Session, world: World):
    load_demo(session, now=NOW)
    assert all(
        need.valid_until and need.valid_until > TODAY
        for need in session.scalars(select(Need).where(Need.demo))
    )


def test_one_who_is_there_gets_a_share_of_the_leads(session: Session, world: World):
    load_demo(session, now=NOW, owner_id=world.reader.id)
    owned = session.scalar(select(func.count()).where(Lead.owner_id == world.reader.id)) or 0
    assert 8 <= owned <= 12


def test_its_colleagues_cannot_sign_in(session: Session, world: World):
    load_demo(session, now=NOW)
    colleague = session.scalars(select(User).where(User.demo)).first()
    assert colleague
    with pytest.raises(NotAllowed):
        accounts.sign_in(session, colleague.email, "", address="::1", now=NOW)
    for purpose in LinkPurpose:
        with pytest.raises(NotAllowed):
            accounts.issue_link(session, colleague, purpose, now=NOW)


class TestFirstStart:
    def test_an_empty_program_gets_the_demo_and_asks_for_the_round(self, session: Session):
        segments.ensure_starter(session)
        owner = accounts.create_user(session, None, user_draft("admin@localhost", "administrator"))
        assert first_start(session, owner.id, now=NOW)
        run = matches.find_run(session, "2026-W48")
        assert run
        assert run.state is RunState.WAITING

    def test_a_program_in_use_is_left_alone(self, session: Session, world: World):
        assert not first_start(session, world.administrator.id, now=NOW)
        assert session.scalar(select(func.count()).where(Company.demo)) == 0
