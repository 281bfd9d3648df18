"""Privacy on the pages: a person is found everywhere, and that somebody looked is written down."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.privacy import contents, finding
from crm.privacy.drafts import likeness_draft
from crm.privacy.models import Access, Act, ErasureRecord
from tests.privacy import planted
from tests.world import World


def test_a_person_is_found_with_what_each_record_is_for(administrator: FlaskClient, db: Session, site: World):
    contact = planted.person(db, site)
    planted.in_database(db, site, contact)
    db.commit()
    page = administrator.post("/privacy/find", data={"name": "Øyvind Testmann", "phone": "97456123"}).text
    assert "Loggen: samtaler, møter, besøk og notater" in page
    assert "Spør Øyvind" not in page  # found by the link alone, which only the contact person's page follows
    assert f"/privacy/persons/{contact.id}" in page
    whole = administrator.get(f"/privacy/persons/{contact.id}").text
    assert "Spør Øyvind" in whole
    assert f'href="/needs/{site.need.id}"' in whole


def test_that_somebody_looked_is_written_down_but_not_for_whom(
    administrator: FlaskClient, db: Session, site: World
):
    administrator.post("/privacy/find", data={"name": "Kari Eksempel"})
    administrator.get(f"/privacy/persons/{site.person.id}")
    seen = db.scalars(select(Access).order_by(Access.id)).all()
    assert [(one.act, one.ids, one.what) for one in seen] == [
        (Act.SEARCH, [site.person.id], ""),
        (Act.VIEW, [site.person.id], ""),
    ]
    assert {one.user_id for one in seen} == {site.administrator.id}


def test_nothing_typed_is_said_on_the_form(administrator: FlaskClient):
    answer = administrator.post("/privacy/find", data={})
    assert answer.status_code == 422
    assert "Skriv navn, e-post eller telefon." in answer.text


def test_an_adviser_finds_nobody_here(developer: FlaskClient, sign_in: Callable[[User], FlaskClient]):
    assert developer.get("/privacy/").status_code == 403
    assert developer.post("/privacy/find", data={"name": "Kari Eksempel"}).status_code == 403


def test_a_person_is_erased_with_what_goes_and_stays_told_first(
    administrator: FlaskClient, db: Session, site: World, app: Flask
):
    contact = planted.person(db, site)
    planted.in_database(db, site, contact)
    db.commit()
    folder = app.extensions["crm.settings"].instance / "lister"
    planted.on_disk(folder)
    told = administrator.get(f"/privacy/persons/{contact.id}/erase").text
    assert "Ring [slettet]" in told
    assert "Steng den under Brukere." in told
    assert "liste.xlsx" in told
    answer = administrator.post(f"/privacy/persons/{contact.id}/erase", data={"cause": "asked"})
    assert answer.status_code == 303
    db.expire_all()
    left = {hit.place for hit in finding.find(db, likeness_draft(name=planted.NAME, phone=planted.PHONE))}
    assert left == {"users.email", "users.email_key", "users.name"}
    assert {path.name for path in folder.iterdir()} == {"annet.txt", "crm.log"}
    assert "Testmann" not in (folder / "crm.log").read_text(encoding="utf-8")
    assert db.scalars(select(ErasureRecord)).one().by_id == site.administrator.id


PAGES = [
    "/contacts/", "/contacts/?q=Testmann", "/companies/", "/activities/", "/search?q=Testmann",
    "/search?q=testmann.no", "/week/", "/matches/", "/needs/", "/partners/", "/board/", "/imports/",
    "/reporting/board.pdf", "/saved/",
    "/companies/export.csv", "/companies/export.xlsx", "/contacts/export.vcf", "/events/", "/prospects/",
]  # fmt: skip


def test_a_frozen_person_stands_on_no_page_until_put_back(
    administrator: FlaskClient, developer: FlaskClient, db: Session, site: World
):
    contact = planted.person(db, site)
    planted.in_database(db, site, contact)
    for user in list(db.scalars(select(User).where(User.name == planted.NAME))):
        db.delete(user)
    db.commit()
    pages = [
        *PAGES, f"/companies/{site.company.id}", f"/needs/{site.need.id}", f"/partners/{site.partner.id}",
        f"/contacts/{contact.id}", f"/companies/{site.other.id}",
    ]  # fmt: skip
    assert any("Testmann" in developer.get(page).get_data(as_text=True) for page in pages[:3])
    administrator.post(f"/privacy/persons/{contact.id}/restrict", data={"reason": "Bestrider"})
    person = likeness_draft(name=planted.NAME, email=planted.EMAIL, phone=planted.PHONE)
    for page in pages:
        with developer.get(page) as answer:
            shown = answer.get_data()
        assert not any(person.is_in(text) for text in contents.texts(shown)), page
    assert administrator.get(f"/contacts/{contact.id}").status_code == 404
    sealed = administrator.get(f"/privacy/persons/{contact.id}").text
    assert planted.NAME in sealed
    administrator.post(f"/privacy/persons/{contact.id}/lift")
    assert planted.NAME in developer.get(f"/contacts/{contact.id}").text


def test_who_must_be_kept_is_not_erased(administrator: FlaskClient, db: Session, site: World):
    here = f"/privacy/persons/{site.person.id}"
    administrator.post(f"{here}/hold", data={"why": "Arkivloven § 9", "review_on": "2036-01-01"})
    answer = administrator.post(f"{here}/erase", data={"cause": "asked"})
    assert answer.status_code == 422
    assert "Arkivloven § 9" in answer.text
    administrator.post(f"{here}/release")
    assert administrator.post(f"{here}/erase", data={"cause": "asked"}).status_code == 303


def test_a_yes_and_a_no_are_noted(administrator: FlaskClient, site: World):
    here = f"/privacy/persons/{site.person.id}"
    said = {"about": "newsletter", "channel": "email", "basis": "consent", "given_on": "2026-11-01"}
    assert "hvor og hvordan personen sa ja" in administrator.post(f"{here}/consents", data=said).text
    administrator.post(f"{here}/consents", data={**said, "source": "Skjema på messa"})
    assert "Skjema på messa" in administrator.get(here).text
    administrator.post(f"{here}/object", data={"about": "newsletter", "channel": "email"})
    assert "<strong>nei</strong>" in administrator.get(here).text
