"""Static lists: made from what is ticked, shown as a list of companies, and put away."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.campaigns.models import Campaign, campaign_companies
from tests.world import World


def on(db: Session) -> list[int]:
    db.expire_all()
    return sorted(db.scalars(select(campaign_companies.c.company_id)))


def test_ticked_companies_are_put_on_a_new_list_and_taken_off_again(
    developer: FlaskClient, db: Session, site: World
):
    ids = [str(site.company.id), str(site.other.id), "99999999"]
    answer = developer.post("/lists/put", data={"ids": ids, "new_list": "Messe 2027"})
    assert on(db) == [site.company.id, site.other.id]
    campaign = db.scalars(select(Campaign)).one()
    assert answer.headers["Location"] == f"/companies/?all=1&where=list:is:{campaign.id}"
    page = developer.get(answer.headers["Location"]).text
    assert "2 virksomheter er lagt på lista «Messe 2027»." in page
    assert "der Fast liste er Messe 2027" in page
    assert "Ta av denne lista" in page
    again = {"ids": ids[:1], "campaign": str(campaign.id)}
    assert developer.post("/lists/put", data=again).status_code == 303
    developer.post(f"/lists/{campaign.id}/remove", data={"ids": ids[1:2]})
    assert on(db) == [site.company.id]


def test_all_that_fit_the_filter_are_put_on_a_list(developer: FlaskClient, db: Session, site: World):
    developer.post("/lists/put?segment=helse", data={"every": "1", "new_list": "Helse"})
    assert on(db) == [site.company.id]


def test_a_list_is_named_once_changed_put_away_and_deleted(developer: FlaskClient, db: Session, site: World):
    assert developer.post("/lists/", data={"name": "Messe", "purpose": "Stand"}).status_code == 303
    assert developer.post("/lists/", data={"name": " MESSE "}).status_code == 422
    assert developer.post("/lists/", data={"name": " "}).status_code == 422
    campaign = db.scalars(select(Campaign)).one()
    developer.post(f"/lists/{campaign.id}/change", data={"name": "Messa", "purpose": "Ny stand"})
    page = developer.get("/lists/").text
    assert "Messa" in page
    assert "Ny stand" in page
    developer.post(f"/lists/{campaign.id}/close", data={"closed": "1"})
    assert "Lagt bort" in developer.get("/lists/").text
    developer.post("/lists/put", data={"ids": [str(site.company.id)], "campaign": str(campaign.id)})
    developer.post(f"/lists/{campaign.id}/delete")
    assert on(db) == []


def test_nothing_ticked_and_no_list_chosen_are_said(developer: FlaskClient, site: World):
    assert developer.post("/lists/put", data={"new_list": "X"}).status_code == 422
    assert developer.post("/lists/put", data={"ids": [str(site.company.id)]}).status_code == 422
