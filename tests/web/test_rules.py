"""«Ukens regler»: read by everybody, changed by those who lead the work."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.matches.models import MatchRun, Suggestion
from crm.registry.models import Unit
from crm.rules import queries
from crm.rules.models import PairKind, PairRule
from tests.web.test_matches import HX, run_round, woken  # noqa: F401  (a fixture for every test here)
from tests.world import ORGNR, World

PAGE = "/matches/rules"
USUAL = {
    "week_size": "",
    "fewest": "20",
    "per_need": "5",
    "per_company": "2",
    "sureness": "20",
    "partner_share": "25",
    "small_share": "30",
    "new_share": "10",
    "control_share": "10",
    "partner_most": "",
    "developer_most": "",
    "pair_rest": "0",
    "company_rest": "0",
    "partner_rest": "0",
}


def test_an_adviser_reads_the_rules_and_cannot_change_them(developer: FlaskClient):
    page = developer.get(PAGE).text
    assert "Til én partner, høyst" in page
    assert "25 prosent" in page.replace("\n", " ")
    assert "<form method" not in page.split("<main")[1]
    for path in (PAGE, f"{PAGE}/capacity", f"{PAGE}/pairs", f"{PAGE}/pairs/1/remove"):
        assert developer.post(path, data=USUAL).status_code == 403


def test_an_administrator_changes_them(administrator: FlaskClient, db: Session):
    answer = administrator.post(PAGE, data=USUAL | {"per_need": "3", "week_size": "40"})
    assert answer.status_code == 303
    rules = queries.rule_set(db)
    assert rules is not None
    assert (rules.per_need, rules.week_size, rules.partner_most) == (3, 40, None)
    page = administrator.get(PAGE).text
    assert "Reglene er lagret" in page
    assert "av Admin Eksempel" in page


@pytest.mark.parametrize(("typed", "told"), [("0", "fra 1 til 25"), ("mange", "Skriv et helt tall.")])
def test_a_figure_that_cannot_be_is_named_and_kept_in_its_field(
    administrator: FlaskClient, db: Session, typed: str, told: str
):
    answer = administrator.post(PAGE, data=USUAL | {"per_need": typed})
    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{typed}" aria-invalid="true"' in answer.text
    assert queries.rule_set(db) is None


def test_two_editors_the_second_is_told(administrator: FlaskClient, db: Session):
    administrator.post(PAGE, data=USUAL)
    administrator.post(PAGE, data=USUAL | {"version": "1", "per_need": "3"})
    answer = administrator.post(PAGE, data=USUAL | {"version": "1", "per_need": "4"})
    assert answer.status_code == 422
    assert "Noen andre endret dette" in answer.text
    db.expire_all()
    rules = queries.rule_set(db)
    assert rules is not None
    assert rules.per_need == 3


def test_limits_of_their_own_are_saved_all_or_none(administrator: FlaskClient, db: Session, site: World):
    mine = {f"partner-{site.partner.id}": "2", f"user-{site.developer.id}": "9"}
    assert administrator.post(f"{PAGE}/capacity", data=mine).status_code == 303
    assert queries.capacities(db).partners == {site.partner.id: 2}
    bad = mine | {f"partner-{site.partner.id}": "4", f"user-{site.developer.id}": "-1"}
    answer = administrator.post(f"{PAGE}/capacity", data=bad)
    assert answer.status_code == 422
    assert 'value="-1" aria-invalid="true"' in answer.text
    db.expire_all()
    assert queries.capacities(db).partners == {site.partner.id: 2}
    assert queries.capacities(db).developers == {site.developer.id: 9}


def test_a_pair_is_ruled_removed_and_brought_back(administrator: FlaskClient, db: Session, site: World):
    form = {"kind": "must", "company": ORGNR, "side": f"need-{site.need.id}", "reason": "Avtalt i møte."}
    assert administrator.post(f"{PAGE}/pairs", data=form).status_code == 303
    rule = db.scalars(select(PairRule)).one()
    assert (rule.kind, rule.company_id) == (PairKind.MUST, site.company.id)
    assert "Avtalt i møte." in administrator.get(PAGE).text
    there = administrator.post(f"{PAGE}/pairs/{rule.id}/remove").location
    page = administrator.get(there).text
    assert "Regelen er fjernet." in page
    undo = page.split('action="/matches/rules/pairs/restore/')[1].split('"')[0]
    assert administrator.post(f"{PAGE}/pairs/restore/{undo}").status_code == 303
    db.expire_all()
    assert db.scalars(select(PairRule.reason)).all() == ["Avtalt i møte."]


def test_a_unit_of_the_register_may_be_named_by_its_number(
    administrator: FlaskClient, db: Session, site: World
):
    assert db.scalars(select(Unit)).first() is None
    form = {"kind": "never", "side": f"partner-{site.partner.id}", "reason": "Habilitet"}
    answer = administrator.post(f"{PAGE}/pairs", data=form | {"company": "923609016"})
    assert "Fant ingen virksomhet" in answer.text
    answer = administrator.post(f"{PAGE}/pairs", data=form | {"company": "a"})
    assert answer.status_code == 422
    answer = administrator.post(f"{PAGE}/pairs", data=form | {"company": "åsen kafé as"})
    assert answer.status_code == 303
    assert "Alle behovene til Sykehuset" in administrator.get(PAGE).text


def test_never_from_a_card_takes_the_suggestion_away_and_undo_brings_it_back(
    administrator: FlaskClient, db: Session, site: World
):
    run_round(db, site)
    first = db.scalars(select(Suggestion).where(Suggestion.company_id == site.company.id)).one()
    address = f"/matches/{first.id}/never"
    asked = {"side": f"need-{site.need.id}", "never_reason": ""}
    answer = administrator.post(address, data=asked, headers=HX)
    assert answer.status_code == 422
    assert "Skriv hvorfor" in answer.text
    answer = administrator.post(address, data=asked | {"never_reason": "De er i tvist."}, headers=HX)
    assert "foreslås ikke igjen" in answer.text
    assert "Viser 1 åpent forslag." in administrator.get("/matches/").text
    rule = db.scalars(select(PairRule)).one()
    administrator.post(f"{PAGE}/pairs/{rule.id}/remove")
    assert "Viser 2 åpne forslag." in administrator.get("/matches/").text
    db.expire_all()
    assert first.answer is None


def test_never_is_about_the_pair_of_the_card_alone(administrator: FlaskClient, db: Session, site: World):
    run_round(db, site)
    first = db.scalars(select(Suggestion).limit(1)).one()
    wrong = {"side": f"need-{site.need.id + 1}", "never_reason": "x"}
    assert administrator.post(f"/matches/{first.id}/never", data=wrong).status_code == 422
    assert db.scalars(select(PairRule)).all() == []


def test_an_adviser_has_no_such_button(developer: FlaskClient, db: Session, site: World):
    run_round(db, site)
    assert "Aldri foreslå" not in developer.get("/matches/").text
    number = db.scalars(select(Suggestion.id).limit(1)).one()
    assert developer.post(f"/matches/{number}/never").status_code == 403


def test_what_could_not_be_kept_is_told_with_names(administrator: FlaskClient, db: Session, site: World):
    run_round(db, site)
    values = {"need": "Reparasjon", "company": "Snekkeren AS"}
    sentence = "«%(company)s» er både påkrevd og utelukket for «%(need)s», og er utelatt."
    run = db.scalars(select(MatchRun)).one()
    run.parameters = {"relaxed": [{"sentence": sentence, "values": values}]}
    db.commit()
    for page in (PAGE, "/matches/"):
        told = administrator.get(page).text
        assert "«Snekkeren AS» er både påkrevd og utelukket for «Reparasjon», og er utelatt." in told
