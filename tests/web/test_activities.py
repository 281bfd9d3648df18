"""The log of everything, and follow-ups ticked off where they stand."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.activities import operations
from crm.activities.drafts import Subject, activity_draft, follow_up_draft
from crm.activities.models import Activity, FollowUp
from tests.world import NOW, TODAY, World

SWAP = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def line(db: Session, site: World) -> Activity:
    draft = activity_draft(kind="call", happened_at=NOW, now=NOW, text="Snakket om lokaler")
    made = operations.log_activity(db, site.developer.id, Subject(company_id=site.company.id), draft)
    db.commit()
    return made


@pytest.fixture
def step(db: Session, site: World) -> FollowUp:
    draft = follow_up_draft(text="Ring igjen", due_on=TODAY, owner_id=site.developer.id, today=TODAY)
    made = operations.plan(db, site.developer.id, Subject(company_id=site.company.id), draft)
    db.commit()
    return made


def test_the_log_shows_whom_and_what_in_few_statements(
    developer: FlaskClient, db: Session, site: World, line: Activity, statements: list[str]
):
    for number in range(30):
        draft = activity_draft(kind="note", happened_at=NOW, now=NOW, text=f"Notat {number}")
        operations.log_activity(db, site.developer.id, Subject(partner_id=site.partner.id), draft)
    db.commit()
    statements.clear()
    page = developer.get("/activities/").text
    assert "31 oppføringer" in page
    assert "Snakket om lokaler" in page
    assert len(statements) <= 8
    assert "1 oppføring" in developer.get("/activities/?kind=call").text
    assert developer.get("/activities/?kind=fax").status_code == 400


def test_a_line_is_put_right_and_the_last_contact_with_it(
    developer: FlaskClient, db: Session, site: World, line: Activity
):
    page = developer.get(f"/activities/{line.id}/edit").text
    assert "Snakket om lokaler" in page
    data = {"version": "1", "kind": "note", "on": "2026-11-20", "at": "10:00", "text": "Bare et notat"}
    assert developer.post(f"/activities/{line.id}/edit", data=data).status_code == 303
    db.expire_all()
    assert site.lead.last_contact_at is None
    again = developer.post(f"/activities/{line.id}/edit", data=data)
    assert again.status_code == 422
    assert "Noen andre har rettet" in again.text


def test_a_line_is_taken_out(developer: FlaskClient, db: Session, site: World, line: Activity):
    assert developer.post(f"/activities/{line.id}/delete").location == f"/companies/{site.company.id}"
    assert db.scalars(select(Activity)).all() == []
    assert developer.get(f"/activities/{line.id}/edit").status_code == 404


def test_a_follow_up_is_ticked_where_it_stands_and_back_again(
    developer: FlaskClient, db: Session, step: FollowUp
):
    done = developer.post(f"/activities/follow-ups/{step.id}/finish", headers=SWAP)
    assert "Gjort" in done.text
    assert "<html" not in done.text
    developer.post(f"/activities/follow-ups/{step.id}/finish", headers=SWAP)
    undone = developer.post(f"/activities/follow-ups/{step.id}/reopen", headers=SWAP)
    assert "Gjort:" in undone.text
    db.expire_all()
    assert db.get(FollowUp, step.id).done_at is None


def test_without_script_the_reader_comes_back_to_the_page(developer: FlaskClient, step: FollowUp):
    answer = developer.post(f"/activities/follow-ups/{step.id}/finish", data={"next": "/companies/?q=x"})
    assert answer.location == "/companies/?q=x"


def test_a_reader_ticks_nothing(reader: FlaskClient, db: Session, step: FollowUp):
    assert reader.post(f"/activities/follow-ups/{step.id}/finish").status_code == 403
    db.expire_all()
    assert db.get(FollowUp, step.id).done_at is None


def test_the_way_to_the_log_box_finds_the_company(developer: FlaskClient, line: Activity, site: World):
    assert "Du logget sist på" in developer.get("/activities/new").text
    assert f"/companies/{site.company.id}#log" in developer.get("/activities/new?q=rullestol").text
