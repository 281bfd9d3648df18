"""Own fields on the pages: made, filled in, shown in lists, filtered by, and handed over."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.fields import operations, queries
from crm.fields.drafts import field_draft
from crm.fields.models import OwnField, Subject
from tests.world import World


@pytest.fixture
def apprentices(db: Session, site: World) -> OwnField:
    made = operations.create_field(
        db, None, Subject.COMPANY, field_draft(name="Antall lærlinger", kind="number", help_text="De har nå")
    )
    db.commit()
    return made


def values(db: Session, subject: Subject, number_of: int) -> dict[str, object]:
    db.expire_all()
    return dict(queries.values_of(db, subject, [number_of]).get(number_of, {}))


def test_an_administrator_makes_a_field_and_a_wrong_one_says_why(administrator: FlaskClient, db: Session):
    typed = {"subject": "company", "name": "Modenhet", "kind": "choice", "choices": "Tidlig"}
    refused = administrator.post("/fields/", data=typed)
    assert (refused.status_code, "minst to valg" in refused.text) == (422, True)
    made = administrator.post("/fields/", data=typed | {"choices": "Tidlig\nModen"}, follow_redirects=True)
    assert "Feltet «Modenhet» er laget." in made.text
    field = db.scalars(select(OwnField)).one()
    page = administrator.get(f"/fields/{field.id}").text
    assert "modenhet" in page
    changed = {"version": "1", "name": "Nivå", "kind": "choice", "choices": "Tidlig\nModen"}
    assert administrator.post(f"/fields/{field.id}", data=changed).status_code == 303
    assert administrator.post(f"/fields/{field.id}", data=changed).status_code == 422
    assert administrator.post(f"/fields/{field.id}/retire").status_code == 303
    assert "Ta i bruk igjen" in administrator.get("/fields/").text


def test_a_developer_fills_in_what_a_company_is(
    developer: FlaskClient, db: Session, site: World, apprentices: OwnField
):
    here = f"/companies/{site.company.id}"
    assert "De har nå" in developer.get(here).text
    answer = developer.post(
        f"/fields/company/{site.company.id}",
        data={"version": str(site.company.version), apprentices.input_name: "1 234,5"},
    )
    assert answer.headers["Location"] == here
    assert values(db, Subject.COMPANY, site.company.id) == {"antall_laerlinger": 1234.5}
    assert "1\u00a0234,5" in developer.get(here).text


def test_a_wrong_value_is_kept_on_the_page_and_said_beside_its_field(
    developer: FlaskClient, site: World, apprentices: OwnField
):
    data = {"version": str(site.company.version), apprentices.input_name: "tre"}
    answer = developer.post(f"/fields/company/{site.company.id}", data=data)
    assert answer.status_code == 422
    assert 'value="tre"' in answer.text
    assert "som et tall" in answer.text


def test_the_second_of_two_sees_both_values(
    developer: FlaskClient, db: Session, site: World, apprentices: OwnField
):
    seen, field = str(site.company.version), apprentices.input_name
    developer.post(f"/fields/company/{site.company.id}", data={"version": seen, field: "4"})
    late = developer.post(f"/fields/company/{site.company.id}", data={"version": seen, field: "5"})
    assert late.status_code == 409
    assert 'value="5"' in late.text
    assert "Lagret nå: <strong>4</strong>" in late.text
    assert values(db, Subject.COMPANY, site.company.id) == {"antall_laerlinger": 4.0}


@pytest.mark.parametrize("subject", [Subject.CONTACT, Subject.NEED])
def test_persons_and_needs_are_filled_in_too(
    developer: FlaskClient, db: Session, site: World, subject: Subject
):
    record = site.person if subject is Subject.CONTACT else site.need
    draft = field_draft(name="Merknad", kind="text")
    operations.create_field(db, None, subject, draft)
    db.commit()
    page = f"/contacts/{record.id}" if subject is Subject.CONTACT else f"/needs/{record.id}"
    assert "Merknad" in developer.get(page).text
    data = {"version": str(record.version), "own-merknad": "Snakk <b>lavt</b>"}
    assert developer.post(f"/fields/{subject}/{record.id}", data=data).headers["Location"] == page
    assert "Snakk &lt;b&gt;lavt" in developer.get(page).text


def test_lists_have_own_fields_as_columns_filters_and_in_files(
    administrator: FlaskClient, db: Session, site: World, apprentices: OwnField
):
    operations.set_values(db, None, Subject.COMPANY, site.company, {apprentices: 7.0})
    db.commit()
    narrowed = "/companies/?cols=what,own.antall_laerlinger&where=own.antall_laerlinger:min:5"
    page = administrator.get(narrowed).text
    assert "Rullestolverkstedet" in page
    assert "der Antall lærlinger er minst 5" in page
    assert '<th scope="col">Antall lærlinger</th>' in page
    assert "Rullestolverkstedet" not in administrator.get(narrowed.replace(":5", ":8")).text
    asked = administrator.get("/companies/export?cols=what,own.antall_laerlinger").text
    assert re.search(r'value="own.antall_laerlinger"[^>]* checked', asked)
    assert not re.search(r'value="orgnr"[^>]* checked', asked)


class TestFilters:
    def test_a_filter_is_made_step_by_step_without_script(self, developer: FlaskClient):
        first = developer.get("/companies/filter?field=municipality&segment=helse").text
        assert "Elverum" in first
        made = developer.get("/companies/filter?segment=helse&field=municipality&op=is&value=3420&value=0301")
        assert made.headers["Location"] == "/companies/?segment=helse&where=municipality:is:3420,0301"
        page = developer.get(made.headers["Location"]).text
        assert "der Kommune er Elverum ELLER Oslo" in page
        more = developer.get(
            "/companies/filter?where=municipality:is:3420,0301&field=last_contact&op=silent&days=90"
        )
        page = developer.get(more.headers["Location"]).text
        assert "Kommune er Elverum ELLER Oslo OG ingen kontakt siste 90 dager" in page
        assert "Rullestolverkstedet" in page

    def test_one_condition_may_be_enough(self, developer: FlaskClient):
        where = "where=municipality:is:0301;employees:min:5"
        assert "Rullestolverkstedet" not in developer.get(f"/companies/?{where}").text
        page = developer.get(f"/companies/?{where}&any=1").text
        assert "der minst ett stemmer: Kommune er Oslo ELLER Ansatte er minst 5" in page
        assert "Rullestolverkstedet" in page

    def test_what_cannot_be_a_filter_says_so_where_it_was_typed(self, developer: FlaskClient):
        answer = developer.get("/companies/filter?field=employees&op=min&value=mange")
        assert (answer.status_code, "Skriv et tall." in answer.text) == (422, True)
        assert developer.get("/companies/?where=colour:is:red").status_code == 400
        assert developer.get("/companies/filter?field=colour").status_code == 400

    def test_a_saved_view_keeps_its_conditions(self, developer: FlaskClient):
        where = "municipality:is:3420;owner:empty:"
        developer.post(f"/views/?where={where}&any=1", data={"name": "Her"})
        assert "Kommune er Elverum ELLER Ansvarlig er tomt" in developer.get("/views/").text
