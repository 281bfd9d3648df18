"""Changing many on the pages: ticked or all that fit, shown first, done at once, undone from the receipt."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.changes.models import BulkChange
from crm.companies import operations
from crm.companies.drafts import CompanyDraft, LeadDraft
from crm.companies.models import Company, Lead, Stage
from tests.world import NOW, World


def followed(db: Session, site: World, count: int) -> list[Company]:
    made = []
    for number in range(count):
        company = operations.create_company(db, None, CompanyDraft(name=f"Firma {number:03} AS"), now=NOW)
        operations.follow(db, None, company, LeadDraft(segments=frozenset({"livsstil"})), now=NOW)
        made.append(company)
    db.commit()
    return made


def stages(db: Session) -> list[str]:
    db.expire_all()
    return sorted(lead.stage.value for lead in db.scalars(select(Lead)))


def test_ticked_rows_are_shown_changed_and_undone(developer: FlaskClient, db: Session, site: World):
    made = followed(db, site, 3)
    ids = [str(made[0].id), str(made[1].id), str(site.other.id)]
    shown = developer.post("/changes/preview", data={"ids": ids, "change": "stage:meeting"}).text
    assert "2 virksomheter endres." in shown
    assert "1 følges ikke og blir stående." in shown
    assert stages(db) == ["identified"] * 4
    answer = developer.post("/changes/", data={"ids": ids, "change": "stage:meeting"})
    assert stages(db) == ["identified", "identified", "meeting", "meeting"]
    receipt = developer.get(answer.location).text
    assert "2 virksomheter endret" in receipt
    assert "Identifisert → Møte" in receipt
    assert developer.post(f"{answer.location}/undo").location == answer.location
    assert stages(db) == ["identified"] * 4
    assert "2 virksomheter er som før." in developer.get(answer.location).text


def test_all_that_fit_the_filter_are_changed(developer: FlaskClient, db: Session, site: World):
    followed(db, site, 60)
    data = {"every": "1", "change": f"owner:{site.developer.id}"}
    shown = developer.post("/changes/preview?segment=livsstil", data=data).text
    assert "60 virksomheter endres." in shown
    assert 'action="/changes/?segment=livsstil"' in shown
    developer.post("/changes/?segment=livsstil", data=data)
    db.expire_all()
    assert db.scalars(select(BulkChange)).one().rows == 60
    assert {lead.owner_id for lead in db.scalars(select(Lead))} == {site.developer.id}


def test_parking_many_asks_why(developer: FlaskClient, db: Session, site: World):
    made = followed(db, site, 2)
    data = {"ids": [str(company.id) for company in made], "change": "stage:parked"}
    assert 'name="reason"' in developer.post("/changes/preview", data=data).text
    refused = developer.post("/changes/", data=data)
    assert refused.status_code == 422
    assert "Skriv kort hvorfor" in refused.text
    assert stages(db) == ["identified"] * 3
    developer.post("/changes/", data={**data, "reason": "Venter på budsjett"})
    assert stages(db) == ["identified", "parked", "parked"]


def test_a_lead_changed_since_is_named_when_the_rest_is_undone(
    developer: FlaskClient, db: Session, site: World
):
    made = followed(db, site, 2)
    data = {"ids": [str(company.id) for company in made], "change": "stage:visit"}
    answer = developer.post("/changes/", data=data)
    developer.post(f"/companies/{made[0].id}/move", data={"stage": "established"})
    developer.post(f"{answer.location}/undo")
    page = developer.get(answer.location).text
    assert "Endret av noen siden, og derfor ikke rørt: Firma 000 AS." in page
    assert stages(db) == ["established", "identified", "identified"]


def test_nothing_or_nonsense_is_refused(developer: FlaskClient, site: World):
    for data in (
        {"change": "stage:visit"},
        {"ids": "1", "change": "x"},
        {"ids": "99999999999", "change": "owner:"},
    ):
        assert developer.post("/changes/preview", data=data).status_code == 422
    assert developer.get("/changes/999").status_code == 404


def test_a_reader_changes_nothing(reader: FlaskClient, db: Session, site: World):
    data = {"ids": str(site.company.id), "change": "stage:visit"}
    assert reader.post("/changes/", data=data).status_code == 403
    assert "Endre de valgte" not in reader.get("/companies/").text
    assert site.lead.stage is Stage.IDENTIFIED
