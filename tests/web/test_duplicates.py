"""Look-alikes on the pages: told while typing, asked about once at saving, never in the way."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.companies import operations
from crm.companies.drafts import CompanyDraft, LeadDraft
from crm.companies.models import Company
from crm.contacts import operations as contacts
from crm.contacts.drafts import contact_draft
from crm.contacts.models import Contact
from crm.duplicates import operations as duplicates
from crm.duplicates import queries, searching
from crm.duplicates.models import Kind
from tests.world import NOW, World


def seen(page: str) -> list[str]:
    return re.findall(r'name="seen" value="([^"]+)"', page)


def test_under_the_field_stands_who_is_kept_already(developer: FlaskClient, site: World):
    typed = "name=Rullestolverkstedet&under=name"
    part = developer.get(f"/duplicates/typed/company?{typed}").text
    assert f'href="/companies/{site.company.id}"' in part
    assert "samme navn" in part
    assert seen(part) == [f"companies-{site.company.id}"]
    assert seen(developer.get("/duplicates/typed/company?name=Rullestolverkstedet&under=orgnr").text) == []


def test_under_a_number_stands_the_person_who_has_it(developer: FlaskClient, site: World):
    part = developer.get("/duplicates/typed/person?phone=2200+0000&under=phone").text
    assert "Kari Eksempel" in part
    assert "22 00 00 00" in part


def test_a_reader_does_not_type_and_nonsense_is_no_fault(reader: FlaskClient, developer: FlaskClient):
    assert reader.get("/duplicates/typed/company?name=x").status_code == 403
    for given in ("", "name=%00&under=%00", "under=name&name=" + "x" * 5000, "company=x&name=y"):
        assert developer.get(f"/duplicates/typed/company?{given}").status_code == 200
    assert developer.get("/duplicates/typed/person?company=x").status_code == 400


def test_saving_asks_once_and_then_saves(developer: FlaskClient, db: Session, site: World):
    typed = {"name": "Rullestolverkstedet Elverum", "orgnr": "", "home_page": ""}
    assert developer.post("/companies/new", data=typed).status_code == 303
    asked = developer.post("/companies/new", data=typed)
    assert asked.status_code == 422
    assert "Lagre likevel" in asked.text
    assert "Er det en av disse?" in asked.text
    assert db.query(Company).count() == 3
    assert developer.post("/companies/new", data=typed | {"seen": seen(asked.text)}).status_code == 303
    assert len(db.scalars(select(Company)).all()) == 4


def test_what_was_shown_while_typing_is_not_asked_about(developer: FlaskClient, db: Session, site: World):
    part = developer.get("/duplicates/typed/company?name=Rullestolverkstedet&under=name").text
    typed = {"name": "Rullestolverkstedet", "seen": seen(part)}
    assert developer.post("/companies/new", data=typed).status_code == 303


def test_typing_asks_few_questions(developer: FlaskClient, site: World, statements: list[str]):
    statements.clear()
    address = "/duplicates/typed/company?name=Rullestolverkstedet&home_page=verk.no&under=name"
    developer.get(address)
    assert len(statements) <= 12


def twin(db: Session, site: World) -> Company:
    made = operations.create_company(
        db, None, CompanyDraft(name="Rullestolverkstedet", phone="22334455"), now=NOW
    )
    operations.follow(db, None, made, LeadDraft(owner_id=site.administrator.id), now=NOW)
    db.commit()
    return made


def test_two_are_shown_side_by_side_merged_and_two_again(developer: FlaskClient, db: Session, site: World):
    other, first = twin(db, site), site.company.id
    address = f"/duplicates/companies/{other.id}/{first}"
    page = developer.get(address).text
    assert "Er disse den samme?" in page
    assert page.count("<fieldset") >= 3
    assert "Sak vi følger" in page
    seen_versions = re.findall(r'name="seen" value="([^"]+)"', page)[0]
    given = {"seen": seen_versions, "choice-name": "first", "choice-phone": "second", "choice-nonsense": "x"}
    receipt = developer.post(address, data=given).location
    db.expire_all()
    kept = db.get_one(Company, other.id)
    assert (kept.name, kept.orgnr, kept.phone) == ("Rullestolverkstedet AS", "974760673", "22334455")
    assert "er slått sammen" in developer.get(receipt).text
    led = developer.get(f"/companies/{first}")
    assert led.location == f"/companies/{other.id}"
    assert "slått sammen med denne" in developer.get(led.location).text
    assert "Rullestolverkstedet" in developer.get("/duplicates/merges/").text
    assert developer.post(f"{receipt}/undo").location == receipt
    assert "De er to igjen" in developer.get(receipt).text
    db.expire_all()
    assert db.get_one(Company, first).name == "Rullestolverkstedet AS"
    assert db.get_one(Company, other.id).name == "Rullestolverkstedet"
    assert developer.get(f"/companies/{first}").status_code == 200


def test_two_persons_are_made_one(developer: FlaskClient, db: Session, site: World):
    other = contacts.create_contact(db, None, contact_draft(name="K. Eksempel", email="kari@example.org"))
    db.commit()
    first = site.person.id
    page = developer.get(f"/duplicates/persons/{first}/with?q=Eksempel").text
    assert f"/duplicates/persons/{first}/{other.id}" in page
    address = f"/duplicates/persons/{first}/{other.id}"
    seen_versions = re.findall(r'name="seen" value="([^"]+)"', developer.get(address).text)[0]
    assert developer.post(address, data={"seen": seen_versions}).status_code == 303
    db.expire_all()
    kept = db.get_one(Contact, other.id)
    assert (kept.name, kept.email, kept.phone) == ("Kari Eksempel", "kari@example.org", "+4722000000")
    assert developer.get(f"/contacts/{first}").location == f"/contacts/{other.id}"
    assert "Daglig leder" in developer.get(f"/contacts/{other.id}").text


def test_one_changed_meanwhile_is_looked_at_again(developer: FlaskClient, db: Session, site: World):
    other = twin(db, site)
    address = f"/duplicates/companies/{site.company.id}/{other.id}"
    assert developer.post(address, data={"seen": "0-0"}).location == address
    assert "Se gjennom på nytt" in developer.get(address).text
    assert db.get(Company, site.company.id) is not None


def test_what_cannot_be_merged_is_refused(developer: FlaskClient, reader: FlaskClient, site: World):
    assert developer.get(f"/duplicates/companies/{site.company.id}/{site.company.id}").status_code == 422
    assert developer.get(f"/duplicates/companies/{site.company.id}/99999").status_code == 404
    assert developer.get(f"/duplicates/partners/1/{site.company.id}").status_code == 404
    assert developer.get("/duplicates/merges/999").status_code == 404
    assert developer.get("/companies/99999").status_code == 404
    assert reader.get(f"/duplicates/companies/{site.company.id}/{site.other.id}").status_code == 403


def test_the_page_of_two_asks_few_questions(
    developer: FlaskClient, db: Session, site: World, statements: list[str]
):
    address = f"/duplicates/companies/{site.company.id}/{twin(db, site).id}"
    statements.clear()
    developer.get(address)
    assert len(statements) <= 20


def queued(db: Session, site: World) -> Company:
    other = twin(db, site)
    duplicates.keep_pairs(db, Kind.COMPANY, searching.companies(db)[1])
    db.commit()
    return other


def test_the_queue_shows_pairs_with_reasons_and_lets_them_be_two(
    developer: FlaskClient, reader: FlaskClient, db: Session, site: World
):
    other = queued(db, site)
    page = developer.get("/duplicates/").text
    assert f'href="/duplicates/companies/{site.company.id}/{other.id}"' in page
    assert "Samme navn" in page
    assert "Ikke samme" in page
    assert "Ikke samme" not in reader.get("/duplicates/").text
    pair = db.scalars(queries.pairs(Kind.COMPANY)).one()
    assert developer.post(f"/duplicates/{pair.id}/apart?kind=company").status_code == 303
    assert (
        "Ingen ser ut" in developer.get("/duplicates/").text
        or "ikke lett" in developer.get("/duplicates/").text
    )
    assert "Rullestolverkstedet" in developer.get("/duplicates/apart").text
    assert developer.post(f"/duplicates/{pair.id}/ask-again?kind=company").status_code == 303
    assert "Rullestolverkstedet" in developer.get("/duplicates/").text


def test_the_queue_of_persons_and_nonsense(developer: FlaskClient, site: World):
    assert developer.get("/duplicates/?kind=contact").status_code == 200
    assert developer.get("/duplicates/apart?kind=contact").status_code == 200
    assert developer.get("/duplicates/?kind=partner").status_code == 400
    assert developer.post("/duplicates/999/apart?kind=contact").status_code == 404


def test_the_queue_asks_few_questions_however_long(
    developer: FlaskClient, db: Session, site: World, statements: list[str]
):
    for number in range(12):
        for form in ("AS", "ASA"):
            draft = CompanyDraft(name=f"{chr(65 + number) * 9} Hus {form}")
            operations.create_company(db, None, draft, now=NOW)
    queued(db, site)
    statements.clear()
    assert developer.get("/duplicates/").text.count('class="pair"') == 13
    assert len(statements) <= 6
