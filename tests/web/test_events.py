"""News of the register on the pages: seen to with one press, put aside with one, with and without script."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import clock
from crm.activities.models import FollowUp
from crm.events import operations
from crm.events.models import Event
from crm.registry.differences import Difference, News
from crm.registry.models import SubUnit
from tests.world import NOW, ORGNR, OTHER_ORGNR, World

HTMX = {"HX-Request": "true"}


@pytest.fixture
def event(db: Session, site: World) -> Event:
    told = Difference(orgnr=ORGNR, news=News.STAFF_DOUBLED, on=date(2026, 11, 20), before="12", after="30")
    nobody = Difference(orgnr=OTHER_ORGNR, news=News.BANKRUPT, on=date(2026, 11, 20))
    assert operations.note(db, [told, nobody], now=NOW) == 1
    db.commit()
    return db.scalars(select(Event)).one()


@pytest.mark.parametrize("path", ["/", "/?who=all", "/events/", "/events/?who=all", "/companies/{}"])
def test_an_event_is_told_on_min_uke_on_its_company_and_in_the_list(
    developer: FlaskClient, event: Event, path: str
):
    page = developer.get(path.format(event.company_id)).get_data(as_text=True)
    assert "Dobbelt så mange ansatte eller mer" in page
    assert "12 → 30" in page
    assert f"/events/{event.id}/follow-up" in page


def test_one_press_makes_a_follow_up_of_whoever_owns_the_lead(
    developer: FlaskClient, db: Session, event: Event, site: World
):
    answer = developer.post(f"/events/{event.id}/follow-up", data={"next": "/?who=me"})
    assert (answer.status_code, answer.location) == (303, "/?who=me")
    step = db.scalars(select(FollowUp)).one()
    assert (step.company_id, step.owner_id) == (event.company_id, site.developer.id)
    assert clock.today() < step.due_on <= clock.today() + timedelta(days=3)
    assert step.due_on.weekday() < 5
    assert "lokaler" in step.text
    assert "Dobbelt" not in developer.get("/").get_data(as_text=True)
    assert developer.post(f"/events/{event.id}/follow-up").status_code == 409
    assert len(db.scalars(select(FollowUp)).all()) == 1


def test_an_event_is_put_aside_and_taken_up_again_where_it_stands(
    developer: FlaskClient, db: Session, event: Event
):
    aside = developer.post(f"/events/{event.id}/put-aside?company=1", headers=HTMX).get_data(as_text=True)
    assert "lagt bort" in aside
    assert "<html" not in aside
    db.refresh(event)
    assert event.settled_at
    again = developer.post(f"/events/{event.id}/take-up-again", headers=HTMX).get_data(as_text=True)
    assert "Følg opp" in again
    db.refresh(event)
    assert event.settled_at is None


def test_the_log_of_a_company_has_its_events_among_what_was_logged(
    developer: FlaskClient, db: Session, event: Event
):
    path = f"/companies/{event.company_id}"
    logged = {"kind": "note", "text": "Etter hendelsen", "form_key": "en", "on": "", "next_text": ""}
    swapped = developer.post(f"{path}/log", data=logged, headers=HTMX).get_data(as_text=True)
    for shown in (swapped, developer.get(path).get_data(as_text=True)):
        timeline = shown.partition('class="timeline"')[2]
        assert timeline.index("Etter hendelsen") < timeline.index("Registeret</strong>")


def test_a_reader_reads_and_presses_nothing(reader: FlaskClient, event: Event):
    page = reader.get("/events/").get_data(as_text=True)
    assert "Dobbelt" in page
    assert "/follow-up" not in page
    assert reader.post(f"/events/{event.id}/put-aside").status_code == 403


@pytest.mark.parametrize(("path", "status"), [("/events/?who=noen", 400), ("/events/?page=x", 400)])
def test_an_address_that_makes_no_sense_is_told(developer: FlaskClient, path: str, status: int):
    assert developer.get(path).status_code == status
    assert developer.post("/events/999/put-aside").status_code == 404


def test_a_name_the_register_gives_is_never_markup(developer: FlaskClient, db: Session, site: World):
    told = Difference(
        orgnr=ORGNR, news=News.NEW_NAME, on=date(2026, 11, 20), before="A", after="<script>x</script>" * 16
    )
    operations.note(db, [told], now=NOW)
    db.commit()
    page = developer.get("/").get_data(as_text=True)
    assert "<script>x" not in page
    assert "&lt;script&gt;" in page.lower()


def test_a_list_of_events_asks_few_questions(
    developer: FlaskClient, db: Session, site: World, statements: list[str]
):
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(60)]
    operations.note(db, [Difference(orgnr=ORGNR, news=News.BANKRUPT, on=day) for day in days], now=NOW)
    db.commit()
    statements.clear()
    assert developer.get("/events/?page=2").status_code == 200
    assert len(statements) <= 8


def test_a_company_with_a_workplace_here_is_said_to_be_here_already(
    developer: FlaskClient, db: Session, site: World
):
    place = SubUnit(
        orgnr="811111112",
        parent=OTHER_ORGNR,
        name="ÅSEN KAFÉ AVD ELVERUM",
        municipality_no="3420",
        municipality="ELVERUM",
        address="Storgata 5, 2406 ELVERUM",
        employees=7,
        digest=b"",
        source="prøve",
        seen_at=NOW,
    )
    db.add(place)
    db.commit()
    page = developer.get(f"/companies/{site.other.id}").get_data(as_text=True)
    assert "Allerede i Elverum" in page
    assert "Storgata 5, 2406 ELVERUM" in page
    assert "7 ansatte" in page
    place.closed_on = date(2026, 1, 1)
    db.commit()
    assert "Allerede i" not in developer.get(f"/companies/{site.other.id}").get_data(as_text=True)
