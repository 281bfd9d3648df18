"""Privacy on the pages: a person is found everywhere, and that somebody looked is written down."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.privacy.models import Access, Act
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
