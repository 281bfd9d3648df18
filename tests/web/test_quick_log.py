"""Logging in one line: read as it is typed, put right where it guessed wrong, logged once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import clock
from crm.activities.models import Activity, FollowUp, Kind
from crm.search.quick_log import guess
from tests.world import World

SWAP = {"HX-Request": "true", "HX-Request-Type": "partial"}
LINE = "ringte Kari Eksempel om helsepark, følg opp om to uker"


def test_the_line_is_read_with_whom_it_names(developer: FlaskClient, site: World):
    page = developer.get("/activities/new", query_string={"line": LINE}, headers=SWAP).text
    assert "<html" not in page
    assert f'<option selected value="company:{site.company.id}">Rullestolverkstedet AS</option>' in page
    assert f'<option selected value="{site.person.id}">Kari Eksempel</option>' in page
    assert '<option value="call" selected>' in page
    assert "Helsepark</textarea>" in page
    assert 'value="Følg opp helsepark"' in page


def test_reading_takes_few_statements(developer: FlaskClient, statements: list[str]):
    developer.get("/activities/new", query_string={"line": LINE}, headers=SWAP)
    assert len(statements) <= 10, "\n".join(statements)


def test_what_was_read_is_logged_with_its_next_step(developer: FlaskClient, db: Session, site: World):
    day = clock.today() + timedelta(days=14)
    data = {
        "line": LINE,
        "form_key": "k",
        "kind": "call",
        "subject": f"company:{site.company.id}",
        "contact_id": str(site.person.id),
        "text": "Helsepark",
        "next_text": "Følg opp helsepark",
        "next_on": day.isoformat(),
    }
    for _ in range(2):
        answer = developer.post("/activities/quick", data=data)
        assert answer.location == f"/companies/{site.company.id}"
    line, step = db.scalars(select(Activity)).one(), db.scalars(select(FollowUp)).one()
    assert (line.kind, line.contact_id, line.text) == (Kind.CALL, site.person.id, "Helsepark")
    assert (step.text, step.due_on) == ("Følg opp helsepark", day)


def test_a_line_about_a_partner_lands_in_the_partners_log(developer: FlaskClient, db: Session, site: World):
    page = developer.get("/activities/new?line=møte med Sykehuset om lokaler", headers=SWAP).text
    assert f'<option selected value="partner:{site.partner.id}">' in page
    data = {"line": "x", "kind": "meeting", "subject": f"partner:{site.partner.id}", "text": "Lokaler"}
    assert developer.post("/activities/quick", data=data).location == f"/partners/{site.partner.id}"
    assert db.scalars(select(Activity)).one().partner_id == site.partner.id


@pytest.mark.parametrize(
    ("line", "person", "company"),
    [
        ("ringte kari", True, True),
        ("ringte Eksempel Kari igjen", True, True),
        ("snakket med Kari hos Rullestolverkstedet", True, True),
        ("besøkte rullestolverkstedet", False, True),
        ("ringte 22 00 00 00", True, True),
        ("ringte Ingen Vi Kjenner", False, False),
    ],
)
def test_who_is_meant(db: Session, site: World, line: str, person: bool, company: bool):
    read = guess(db, line, today=clock.today())
    assert (read.person == site.person) is person
    assert (read.companies[:1] == [site.company]) is company


def test_without_a_company_it_asks_for_one_and_keeps_what_was_typed(
    developer: FlaskClient, db: Session, site: World
):
    data = {"line": "ringte noen", "kind": "call", "subject": "", "text": "Om lokaler"}
    answer = developer.post("/activities/quick", data=data)
    assert answer.status_code == 422
    assert "Velg hvem det gjelder." in answer.text
    assert "Om lokaler" in answer.text
    assert db.scalars(select(Activity)).all() == []
    assert developer.post("/activities/quick", data={**data, "subject": "company:999999"}).status_code == 404
    assert developer.post("/activities/quick", data={**data, "subject": "x"}).status_code == 404


def test_the_box_offers_to_log_what_reads_as_done(developer: FlaskClient, reader: FlaskClient, site: World):
    typed = {"q": "ringte Kari om helsepark"}
    assert "/activities/new?line=ringte+Kari" in developer.get("/search/", query_string=typed).text
    assert "/activities/new?line" not in reader.get("/search/", query_string=typed).text
    assert "/activities/new?line" not in developer.get("/search/?q=Ringsaker").text
