"""The one box: what it finds, what it offers, and what it asks the database."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from crm.activities import operations
from crm.activities.drafts import Subject, activity_draft
from tests.world import NOW, World

SWAP = {"HX-Request": "true", "HX-Request-Type": "partial"}


def test_the_box_finds_every_kind_of_record(developer: FlaskClient, db: Session, site: World):
    draft = activity_draft(kind="call", happened_at=NOW, now=NOW, text="Snakket om rullestoler på øvelsen")
    operations.log_activity(db, site.developer.id, Subject(company_id=site.company.id), draft)
    db.commit()
    found = developer.get("/search/?q=rullestol", headers=SWAP).text
    assert "<html" not in found
    assert "Rullestolverkstedet AS" in found
    assert "Reparasjon av rullestoler" in found
    assert "Snakket om rullestoler på øvelsen" in found
    assert "Kari Eksempel" in developer.get("/search/?q=22%2000%2000%2000").text


def test_the_same_address_is_a_page_without_script(developer: FlaskClient):
    page = developer.get("/search/?q=kari").text
    assert "<html" in page
    assert "Kari Eksempel" in page


def test_finding_takes_few_statements(developer: FlaskClient, statements: list[str]):
    developer.get("/search/?q=eksempel", headers=SWAP)
    assert len(statements) <= 14, "\n".join(statements)


def test_what_was_opened_last_is_offered_first(developer: FlaskClient, site: World):
    developer.get(f"/companies/{site.other.id}")
    developer.get(f"/contacts/{site.person.id}")
    developer.get(f"/needs/{site.need.id}")
    offered = developer.get("/search/", headers=SWAP).text
    places = [offered.index(name) for name in (site.need.title, site.person.name, site.other.name)]
    assert places == sorted(places)
    assert "Åpnet sist" in offered


def test_a_record_that_is_gone_is_not_offered(developer: FlaskClient, site: World):
    developer.get(f"/contacts/{site.person.id}")
    developer.post(f"/contacts/{site.person.id}/delete")
    assert "Kari Eksempel" not in developer.get("/search/", headers=SWAP).text


@pytest.mark.parametrize("typed", ["ny virk", "opprett", "Virksomhet ny"])
def test_commands_are_found_by_their_words_in_any_order(developer: FlaskClient, typed: str):
    assert 'href="/companies/new"' in developer.get("/search/", query_string={"q": typed}).text


def test_a_reader_is_offered_only_what_a_reader_may_do(reader: FlaskClient):
    assert "/companies/new" not in reader.get("/search/?q=ny").text
    assert "/users/" not in reader.get("/search/?q=brukere").text


def test_nothing_found_offers_to_create_it(developer: FlaskClient):
    page = developer.get("/search/?q=finnesikke").text
    assert "Ingen treff på «finnesikke»" in page
    assert "Opprett «finnesikke»" in page
