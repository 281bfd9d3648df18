"""The whole story of a company on one page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from crm.activities.models import Activity, Kind
from crm.companies import operations
from crm.companies.drafts import MoveDraft
from crm.companies.models import Stage
from tests.world import NOW, World


def test_the_story_tells_contacts_and_moves_with_who_did_it(developer: FlaskClient, db: Session, site: World):
    operations.move_lead(db, site.developer.id, site.lead, MoveDraft(stage=Stage.MEETING), now=NOW)
    told = {"company_id": site.company.id, "by_id": site.developer.id, "happened_at": NOW}
    db.add(Activity(kind=Kind.CALL, text="Snakket om ramper", **told))
    db.commit()
    page = developer.get(f"/companies/{site.company.id}/timeline").text
    assert "Snakket om ramper" in page
    assert "til Møte" in page
    assert "Dev Eksempel" in page
    moves = developer.get(f"/companies/{site.company.id}/timeline?kind=lead").text
    assert "Snakket om ramper" not in moves


def test_what_is_older_is_a_press_away(developer: FlaskClient, db: Session, site: World):
    told = {"company_id": site.company.id, "by_id": site.developer.id, "kind": Kind.NOTE}
    for number in range(60):
        db.add(Activity(text=f"Linje {number:02}.", happened_at=NOW - timedelta(hours=number), **told))
    db.commit()
    address = f"/companies/{site.company.id}/timeline?kind=contact"
    first = developer.get(address).text
    assert "Linje 00." in first
    assert "Linje 59." not in first
    rest = first.split('data-variant="secondary" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "Linje 59." in developer.get(rest).text


@pytest.mark.parametrize("query", ["kind=x", "after=x", "after=2026-11-20~contact~1", "after=~~"])
def test_an_address_nobody_gave_out_is_refused(developer: FlaskClient, site: World, query: str):
    assert developer.get(f"/companies/{site.company.id}/timeline?{query}").status_code == 400
