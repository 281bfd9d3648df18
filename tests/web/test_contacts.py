"""Pages of contact persons."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from crm.contacts import operations, queries
from crm.contacts.drafts import contact_draft
from crm.contacts.models import Contact
from crm.partners import operations as partners
from tests.world import World


def test_the_list_shows_roles_at_companies_and_partners(reader: FlaskClient, db: Session, site: World):
    partners.add_person(db, None, site.partner, site.person, title="Rådgiver")
    db.commit()
    page = reader.get("/contacts/").text
    assert "Daglig leder" in page
    assert "Rullestolverkstedet AS" in page
    assert "Rådgiver" in page
    assert 'href="tel:+4722000000"' in page
    assert "22 00 00 00" in page


def test_the_list_asks_few_questions_however_long(
    reader: FlaskClient, db: Session, site: World, statements: list[str]
):
    for number in range(60):
        draft = contact_draft(name=f"Person {number:02}", title="Leder")
        person = operations.create_contact(db, None, draft, company=site.company)
        partners.add_person(db, None, site.partner, person, title="Styreleder")
    db.commit()
    statements.clear()
    page = reader.get("/contacts/").text
    assert page.count("<tr>") == 51
    assert page.count("Styreleder") == 49
    assert len(statements) <= 8


@pytest.mark.parametrize("typed", ["kari", "22000000", "%2B47 22 00 00 00", "2200 0000"])
def test_a_person_is_found_by_name_or_number(reader: FlaskClient, typed: str):
    assert "Kari Eksempel" in reader.get(f"/contacts/?q={typed}").text


def test_an_empty_answer_offers_a_way_on(developer: FlaskClient):
    page = developer.get("/contacts/?q=Ola").text
    assert "Fjern filter" in page
    assert 'href="/contacts/new?name=Ola"' in page
    assert developer.get("/contacts/?q=%00").status_code == 200
    assert developer.get("/contacts/?page=x").status_code == 400


@pytest.mark.parametrize("path", ["new", "{id}/edit", "{id}/delete"])
def test_a_reader_may_not_write(reader: FlaskClient, site: World, path: str):
    assert reader.get(f"/contacts/{path.format(id=site.person.id)}").status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "new",
        "{id}/edit",
        "{id}/delete",
        "{id}/roles",
        "{id}/roles/remove",
        "{id}/informed",
        "{id}/informed/undo",
    ],
)
def test_a_reader_may_not_post(reader: FlaskClient, site: World, path: str):
    assert reader.post(f"/contacts/{path.format(id=site.person.id)}").status_code == 403


def test_a_stranger_is_led_to_the_door(stranger: FlaskClient, site: World):
    assert stranger.get(f"/contacts/{site.person.id}").status_code == 302


def test_the_page_is_for_reading(reader: FlaskClient, site: World):
    page = reader.get(f"/contacts/{site.person.id}").text
    assert "Kari Eksempel" in page
    assert "ikke ennå" in page
    assert "Har informert i dag" not in page
    assert reader.get("/contacts/999").status_code == 404


def test_a_person_at_a_company_leads_back_to_it(developer: FlaskClient, db: Session, site: World):
    answer = developer.post(
        f"/contacts/new?company={site.company.id}", data={"name": "Ola Eksempel", "title": "Selger"}
    )
    assert answer.location == f"/companies/{site.company.id}"
    made = db.query(Contact).filter_by(name="Ola Eksempel").one()
    assert [role.title for role in queries.get_contact(db, made.id).roles] == ["Selger"]


def test_a_person_at_a_partner_leads_back_to_it(developer: FlaskClient, site: World):
    answer = developer.post(
        f"/contacts/new?partner={site.partner.id}", data={"name": "Berit Eksempel", "title": "Lege"}
    )
    assert answer.location == f"/partners/{site.partner.id}#people"
    assert "Berit Eksempel" in developer.get(f"/partners/{site.partner.id}").text


def test_a_person_alone_leads_to_the_person(developer: FlaskClient, db: Session):
    answer = developer.post("/contacts/new", data={"name": "Ola Eksempel"})
    made = db.query(Contact).filter_by(name="Ola Eksempel").one()
    assert answer.location == f"/contacts/{made.id}"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Skriv navnet"),
        ({"name": "X", "phone": "12"}, "ikke et telefonnummer"),
        ({"name": "X", "email": "tull"}, "ikke en e-postadresse"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(
    developer: FlaskClient, db: Session, site: World, typed: dict[str, str], said: str
):
    answer = developer.post(f"/contacts/new?company={site.company.id}", data=typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert db.query(Contact).count() == 1


def test_both_a_company_and_a_partner_is_nonsense(developer: FlaskClient, site: World):
    assert (
        developer.get(f"/contacts/new?company={site.company.id}&partner={site.partner.id}").status_code == 400
    )
    assert developer.get("/contacts/new?company=999").status_code == 404


def test_a_number_we_know_asks_whether_it_is_the_same_person(
    developer: FlaskClient, db: Session, site: World
):
    address, typed = f"/contacts/new?partner={site.partner.id}", {"name": "K. Eksempel", "phone": "22000000"}
    asked = developer.post(address, data=typed)
    assert asked.status_code == 422
    assert f'action="/contacts/{site.person.id}/roles?partner={site.partner.id}"' in asked.text
    back = f"/partners/{site.partner.id}#people"
    used = developer.post(f"/contacts/{site.person.id}/roles?partner={site.partner.id}", data={"next": back})
    assert used.location == back
    assert "Lagre likevel" in asked.text
    seen = re.findall(r'name="seen" value="([^"]+)"', asked.text)
    assert developer.post(address, data=typed | {"seen": seen}).status_code == 303
    assert db.query(Contact).count() == 2


def test_the_second_of_two_editors_keeps_the_text(developer: FlaskClient, db: Session, site: World):
    address = f"/contacts/{site.person.id}/edit"
    seen = re.search(r'name="version" id="version" value="(\d+)"', developer.get(address).text)
    assert seen
    assert developer.post(address, data={"name": "Den andres", "version": seen[1]}).status_code == 303
    refused = developer.post(address, data={"name": "Min", "version": seen[1]})
    assert refused.status_code == 422
    assert "Noen andre endret dette" in refused.text
    assert 'value="Min"' in refused.text
    db.expire_all()
    assert queries.get_contact(db, site.person.id).name == "Den andres"


def test_a_role_is_added_removed_and_given_back(developer: FlaskClient, site: World):
    address, where = f"/contacts/{site.person.id}", f"partner={site.partner.id}"
    assert "Sykehuset" in developer.get(f"{address}?place=syke").text
    assert developer.post(f"{address}/roles?{where}", data={"title": "Rådgiver"}).status_code == 303
    assert "Rådgiver" in developer.get(address).text
    gone = developer.post(f"{address}/roles/remove?{where}")
    shown = developer.get(gone.location).text
    assert 'value="Rådgiver"' in shown
    assert f'action="{address}/roles?{where}"' in shown
    assert developer.post(f"{address}/roles/remove?{where}").status_code == 404
    assert developer.post(f"{address}/roles", data={"title": "x"}).status_code == 400


def test_a_role_at_a_company_is_removed_too(developer: FlaskClient, db: Session, site: World):
    assert (
        developer.post(f"/contacts/{site.person.id}/roles/remove?company={site.company.id}").status_code
        == 303
    )
    db.expire_all()
    assert queries.get_contact(db, site.person.id).roles == []


def test_informed_is_marked_and_taken_back(developer: FlaskClient, site: World):
    address = f"/contacts/{site.person.id}"
    developer.post(f"{address}/informed")
    assert "i dag" in developer.get(address).text
    assert "Har informert i dag" not in developer.get(address).text
    developer.post(f"{address}/informed/undo")
    assert "Har informert i dag" in developer.get(address).text


def test_deleting_says_what_goes_and_what_stays_and_needs_a_second_press(
    developer: FlaskClient, db: Session, site: World
):
    developer.post(
        f"/companies/{site.company.id}/log",
        data={"kind": "call", "text": "Om samarbeid", "outcome": "", "contact_id": str(site.person.id)},
    )
    page = developer.get(f"/contacts/{site.person.id}/delete").text
    assert "Dette forsvinner" in page
    assert "Dette blir stående: én linje" in page
    assert db.query(Contact).count() == 1
    assert developer.post(f"/contacts/{site.person.id}/delete").location == "/contacts/"
    assert db.query(Contact).count() == 0
    assert "Om samarbeid" in developer.get(f"/companies/{site.company.id}").text


def test_a_person_leaves_with_one_press_and_where_they_were_is_kept(
    developer: FlaskClient, db: Session, site: World
):
    person, company = site.person.id, site.company.id
    assert "Sluttet" in developer.get(f"/contacts/{person}").text
    assert developer.post(f"/contacts/{person}/roles/leave?company={company}").status_code == 303
    page = developer.get(f"/contacts/{person}").text
    assert "Tidligere" in page
    assert "Daglig leder" in page
    assert "1 har sluttet" in developer.get(f"/companies/{company}").text
    assert db.scalars(queries.at_company(company)).all() == []
    past = db.scalars(queries.past_of(person)).one()
    assert developer.post(f"/contacts/{person}/roles/{past.id}/back").status_code == 303
    assert "har sluttet" not in developer.get(f"/companies/{company}").text
    assert [role.title for role in db.scalars(queries.at_company(company))] == ["Daglig leder"]


def test_one_who_is_not_there_cannot_leave(developer: FlaskClient, site: World):
    assert (
        developer.post(f"/contacts/{site.person.id}/roles/leave?company={site.other.id}").status_code == 404
    )
    assert developer.post(f"/contacts/{site.person.id}/roles/99/back").status_code == 404
