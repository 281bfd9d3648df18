"""Loading the demo: whole, once, and alive on whatever day it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import clock
from crm.accounts import operations as accounts
from crm.accounts.drafts import user_draft
from crm.activities import queries as activities
from crm.activities.models import Activity, FollowUp
from crm.companies import due
from crm.companies.models import Company
from crm.demo import content, days
from crm.demo.fill import fill
from crm.demo.load import load_demo
from crm.demo.remove import remove_demo
from crm.demo.start import first_start
from crm.history.models import Entry
from crm.matches import queries as matches
from crm.matches.models import RunState
from crm.segments import operations as segments
from tests.demo.snapshots import snapshot
from tests.world import NOW, World

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
    quiet = due.gone_quiet(world.developer.id, before=now - timedelta(days=60))
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


class TestRoundTrip:
    def test_it_goes_whole_and_what_was_there_before_is_as_it_was(self, session: Session, world: World):
        before = snapshot(session)
        trail = session.scalar(select(func.count()).select_from(Entry))
        load_demo(session, now=NOW, owner_id=world.developer.id)
        gone = remove_demo(session, world.administrator.id)
        assert snapshot(session) == before
        assert (gone["companies"], gone["users"]) == (80, 4)
        assert (
            session.scalar(select(func.count()).select_from(Entry)) == (trail or 0) + 1
        )  # that it was removed

    def test_without_a_demo_nothing_is_removed(self, session: Session, world: World):
        before = snapshot(session)
        assert not any(remove_demo(session, world.administrator.id).values())
        assert snapshot(session) == before

    def test_synthetic_records_go_too(self, session: Session, world: World):

        before = snapshot(session)
        fill(session, count=20, now=NOW)
        remove_demo(session, world.administrator.id)
        assert snapshot(session) == before
