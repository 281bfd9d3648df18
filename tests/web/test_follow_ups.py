"""Follow-ups by how near they are: put off, ticked off, followed by the next, read from a calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import clock
from crm.activities import operations
from crm.activities.drafts import Subject, activity_draft, follow_up_draft
from crm.activities.models import CalendarFeed, FollowUp
from crm.companies import due as due_leads
from crm.companies import operations as companies
from crm.companies.drafts import MoveDraft
from crm.companies.models import Stage
from crm.web.week import contents
from crm.workdays import is_workday, reminder_day
from tests.world import NOW, World

SWAP = {"HX-Request": "true", "HX-Request-Type": "partial"}


def plan(db: Session, site: World, *days: int) -> list[FollowUp]:
    today, made = clock.today(), []
    for day in days:
        due = today + timedelta(days=day)
        draft = follow_up_draft(text=f"Steg {day}", due_on=due, owner_id=site.developer.id, today=today)
        made.append(operations.plan(db, site.developer.id, Subject(company_id=site.company.id), draft))
    db.commit()
    return made


def test_follow_ups_stand_in_groups_that_are_counted(developer: FlaskClient, db: Session, site: World):
    plan(db, site, -3, -1, 0, 1, 30)
    page = developer.get("/week/follow-ups").text
    for said in ("Forfalt 2", "I dag 1", "I morgen 1", "Alle 5"):
        assert said in " ".join(page.split())
    late = developer.get("/week/follow-ups?due=late").text
    assert "Steg -3" in late
    assert "Steg 0" not in late
    assert "Steg 30" in developer.get("/week/follow-ups?due=later").text
    assert developer.get("/week/follow-ups?due=x").status_code == 400


@pytest.mark.parametrize("day", [date(2026, 11, 23) + timedelta(days=ahead) for ahead in range(7)])
def test_every_day_to_come_falls_in_one_group(day: date):
    bounds = contents.due_bounds(day)
    for ahead in range(-20, 20):
        due = day + timedelta(days=ahead)
        groups = [
            name
            for name in ("late", "day", "tomorrow", "rest", "later")
            if (bounds[name][0] or due) <= due <= (bounds[name][1] or due)
        ]
        assert len(groups) == 1, (due, groups)


def test_the_groups_take_few_statements(
    developer: FlaskClient, db: Session, site: World, statements: list[str]
):
    plan(db, site, *range(-5, 25))
    statements.clear()
    developer.get("/week/follow-ups")
    assert len(statements) <= 8, "\n".join(statements)


def test_a_follow_up_is_put_off_where_it_stands(developer: FlaskClient, db: Session, site: World):
    step = plan(db, site, 0)[0]
    day = clock.today() + timedelta(days=9)
    address = f"/activities/follow-ups/{step.id}/postpone"
    answer = developer.post(address, data={"to": day.isoformat()}, headers=SWAP)
    assert "<html" not in answer.text
    db.expire_all()
    assert step.due_on == day
    assert developer.post(address, data={"to": "i morra"}, headers=SWAP).status_code == 422
    assert developer.post(address, data={"to": "2999-01-01"}, headers=SWAP).status_code == 422


def test_what_is_done_suggests_the_next_step(developer: FlaskClient, db: Session, site: World):
    step = plan(db, site, 0)[0]
    done = developer.post(f"/activities/follow-ups/{step.id}/finish", headers=SWAP).text
    assert "Hva er neste steg?" in done
    assert 'value="Følg opp: steg 0"' in done
    day = clock.today() + timedelta(days=14)
    data = {"text": "Send avtalen", "to": day.isoformat()}
    answer = developer.post(f"/activities/follow-ups/{step.id}/next", data=data, headers=SWAP)
    assert "Send avtalen" in answer.text
    made = db.scalars(select(FollowUp).where(FollowUp.text == "Send avtalen")).one()
    assert (made.company_id, made.due_on, made.owner_id) == (site.company.id, day, site.developer.id)


def test_a_reader_puts_nothing_off(reader: FlaskClient, db: Session, site: World):
    step = plan(db, site, 0)[0]
    for act in ("postpone", "next"):
        assert (
            reader.post(f"/activities/follow-ups/{step.id}/{act}", data={"to": "2027-01-01"}).status_code
            == 403
        )


def test_a_rhythm_counts_from_real_contact_alone(developer: FlaskClient, db: Session, site: World):
    assert developer.post(f"/companies/{site.company.id}/cadence", data={"cadence": "30"}).status_code == 303
    db.expire_all()
    begun = site.lead.created_at.astimezone(clock.OSLO).date()
    assert site.lead.contact_due_on == reminder_day(begun + timedelta(days=30))
    subject = Subject(company_id=site.company.id)
    for kind, moved in (("note", False), ("call", True)):
        before = site.lead.contact_due_on
        draft = activity_draft(kind=kind, happened_at=NOW, now=NOW, text="Om lokaler")
        operations.log_activity(db, site.developer.id, subject, draft)
        assert (site.lead.contact_due_on != before) is moved
    due = site.lead.contact_due_on
    assert due == reminder_day(NOW.date() + timedelta(days=30))
    assert is_workday(due)
    assert db.scalars(due_leads.contact_due(site.developer.id, on=due)).all() == [site.company]
    assert db.scalars(due_leads.contact_due(site.reader.id, on=due)).all() == []


def test_a_lead_at_rest_keeps_no_rhythm(db: Session, site: World):
    companies.set_cadence(db, None, site.lead, 30)
    companies.move_lead(db, None, site.lead, MoveDraft(stage=Stage.PARKED, reason="x"), now=NOW)
    assert site.lead.contact_due_on is None
    companies.move_lead(db, None, site.lead, MoveDraft(stage=Stage.CONTACTED), now=NOW)
    assert site.lead.contact_due_on is not None


@pytest.mark.parametrize("typed", ["0", "999", "x", "-1", "²"])
def test_a_rhythm_that_cannot_be_is_refused(developer: FlaskClient, db: Session, site: World, typed: str):
    answer = developer.post(f"/companies/{site.company.id}/cadence", data={"cadence": typed})
    assert answer.status_code == 422
    db.expire_all()
    assert site.lead.cadence_days is None


def address_of(page: str) -> str:
    return page.split('value="http://localhost', 1)[1].split('"', 1)[0]


def test_a_calendar_shows_what_is_open_and_the_rhythms(
    developer: FlaskClient, stranger: FlaskClient, db: Session, site: World
):
    plan(db, site, 2)
    companies.set_cadence(db, None, site.lead, 14)
    db.commit()
    address = address_of(developer.post("/calendar/open").text)
    answer = stranger.get(address)
    assert answer.mimetype == "text/calendar"
    events = {
        str(event["summary"]): event.decoded("dtstart") for event in Calendar.from_ical(answer.data).events
    }
    assert events["Steg 2 (Rullestolverkstedet AS)"] == clock.today() + timedelta(days=2)
    assert events["Ta kontakt med Rullestolverkstedet AS"] == site.lead.contact_due_on


def test_a_calendar_is_read_with_its_own_secret_alone(
    developer: FlaskClient, stranger: FlaskClient, db: Session, site: World
):
    first = address_of(developer.post("/calendar/open").text)
    second = address_of(developer.post("/calendar/open").text)
    assert stranger.get(first).status_code == 404
    assert stranger.get(second).status_code == 200
    assert stranger.get("/calendar/x.ics").status_code == 404
    kept = db.scalars(select(CalendarFeed)).one()
    assert kept.token_hash not in second
    site.developer.active = False
    db.commit()
    assert stranger.get(second).status_code == 404


def test_a_closed_calendar_is_gone(developer: FlaskClient, stranger: FlaskClient, site: World):
    address = address_of(developer.post("/calendar/open").text)
    developer.post("/calendar/close")
    assert stranger.get(address).status_code == 404
