"""A cell changed where it stands: owner, next step and own fields; the second of two sees both."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import clock
from crm.activities import operations as activities
from crm.activities.drafts import Subject, follow_up_draft
from crm.activities.models import FollowUp
from crm.companies.models import Lead
from crm.fields import operations, queries
from crm.fields.drafts import field_draft
from crm.fields.models import Subject as FieldSubject
from tests.world import World

SWAP = {"HX-Request": "true"}


def test_the_owner_is_changed_in_the_list_and_on_a_page_without_script(
    developer: FlaskClient, db: Session, site: World
):
    here = f"/companies/{site.company.id}/cell/owner"
    assert f'href="{here}' in developer.get("/companies/?cols=owner").text
    assert "<h1" in developer.get(here).text
    assert "<h1" not in developer.get(here, headers=SWAP).text
    data = {"value": "", "version": str(site.lead.version), "next": "/companies/?stage=identified"}
    assert developer.post(here, data=data).headers["Location"] == "/companies/?stage=identified"
    db.expire_all()
    assert db.scalars(select(Lead)).one().owner_id is None


def test_the_second_of_two_sees_what_is_stored_and_keeps_what_was_typed(
    administrator: FlaskClient, db: Session, site: World
):
    own = operations.create_field(
        db, None, FieldSubject.COMPANY, field_draft(name="Antall lærlinger", kind="number")
    )
    db.commit()
    here, seen = f"/companies/{site.company.id}/cell/own.{own.code}", str(site.company.version)
    first = administrator.post(here, data={"value": "3", "version": seen}, headers=SWAP)
    assert (first.status_code, ">3</a>" in first.text) == (200, True)
    late = administrator.post(here, data={"value": "4", "version": seen}, headers=SWAP)
    assert late.status_code == 409
    assert 'value="4"' in late.text
    assert "Lagret nå: <strong>3</strong>" in late.text
    wrong = administrator.post(here, data={"value": "x", "version": str(int(seen) + 1)}, headers=SWAP)
    assert (wrong.status_code, "som et tall" in wrong.text) == (422, True)
    db.expire_all()
    assert queries.values_of(db, FieldSubject.COMPANY, [site.company.id]) == {
        site.company.id: {own.code: 3.0}
    }


def test_the_day_of_the_next_step_is_changed(developer: FlaskClient, db: Session, site: World):
    here = f"/companies/{site.company.id}/cell/next_step"
    assert developer.get(here).status_code == 404
    today = clock.today()
    draft = follow_up_draft(text="Ring", due_on=today, owner_id=site.developer.id, today=today)
    step = activities.plan(db, site.developer.id, Subject(company_id=site.company.id), draft)
    db.commit()
    day = (today + timedelta(days=9)).isoformat()
    assert developer.post(here, data={"value": "x", "version": str(step.version)}).status_code == 422
    assert developer.post(here, data={"value": day, "version": str(step.version)}).status_code == 303
    db.expire_all()
    assert db.scalars(select(FollowUp)).one().due_on.isoformat() == day


def test_there_is_no_other_cell(developer: FlaskClient, site: World):
    assert developer.get(f"/companies/{site.company.id}/cell/name").status_code == 404
    assert developer.get(f"/companies/{site.other.id}/cell/owner").status_code == 404
