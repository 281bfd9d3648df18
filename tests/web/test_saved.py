"""Saved views on the pages: kept from the list, shown above it, told in words."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.saved.models import SavedView
from tests.world import World


def test_a_list_is_kept_and_stands_above_the_list(developer: FlaskClient, db: Session, site: World):
    answer = developer.post("/views/?segment=helse&sort=stage&page=2", data={"name": "Helse først"})
    assert answer.location == "/companies/?segment=helse&sort=stage"
    page = developer.get(answer.location).text
    assert 'aria-current="page">Helse først</a>' in page
    words = developer.get("/views/").text
    assert "I Helse" in words
    assert "Helse først" in words


def test_the_list_with_its_views_takes_at_most_eight_statements(
    developer: FlaskClient, site: World, statements: list[str]
):
    developer.post("/views/?segment=helse", data={"name": "Helse"})
    statements.clear()
    developer.get("/companies/?segment=helse")
    assert len(statements) <= 8, "\n".join(statements)


def test_chosen_columns_are_kept(developer: FlaskClient, site: World):
    page = developer.get("/companies/?col=orgnr&col=employees").text
    assert "974 760 673" in page.replace("\u00a0", " ")
    again = developer.get("/companies/").text
    assert "974 760 673" in again.replace("\u00a0", " ")
    assert '<th scope="col">Sist kontakt</th>' not in again
    assert '<th scope="col">Sist kontakt</th>' in developer.get("/companies/?cols=last_contact,nonsense").text


def test_a_shared_view_is_seen_and_not_changed_by_others(
    developer: FlaskClient, reader: FlaskClient, db: Session, site: World
):
    developer.post("/views/?stage=visit", data={"name": "Besøk", "shared": "1"})
    developer.post("/views/", data={"name": "Bare min"})
    seen = reader.get("/views/").text
    assert "Besøk" in seen
    assert "Bare min" not in seen
    shared = db.scalars(select(SavedView).where(SavedView.shared)).one()
    own = db.scalars(select(SavedView).where(~SavedView.shared)).one()
    assert reader.post(f"/views/{shared.id}/pin").status_code == 303
    assert "Besøk" in reader.get("/companies/").text
    assert reader.post(f"/views/{shared.id}/delete").status_code == 403
    assert reader.post(f"/views/{own.id}/pin").status_code == 404
    assert developer.post(f"/views/{shared.id}/delete").status_code == 303
    assert "Besøk</a>" not in reader.get("/views/").text


def test_a_view_without_a_name_is_refused(developer: FlaskClient, site: World):
    assert developer.post("/views/", data={"name": " "}).status_code == 422
