"""Look-alikes on the pages: told while typing, asked about once at saving, never in the way."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.companies.models import Company
from tests.world import World


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
