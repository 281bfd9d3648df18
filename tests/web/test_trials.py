"""«Hva om»: asked for on a page, done by the worker, saved only when pressed."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import clock
from crm.partners import queries as partners
from crm.partners.models import Need
from crm.rules import queries as ruled
from crm.trials import operations
from crm.trials.models import Trial, TrialKind, TrialState
from tests.web.test_matches import woken  # noqa: F401  (nobody is really woken)
from tests.world import World

PAGE = "/matches/what-if"
WEIGHTS = {"weight-text": "100", "weight-industry": "150", "weight-place": "100"}
NEW_TEXT = "Vi trenger noen som kan grave ut tomten til det nye bygget vårt."
ROW = {
    "kind": "in",
    "need": "1",
    "company": "974760673",
    "company_id": 1,
    "title": "Graving",
    "name": "GRAVEREN AS",
    "before": 0.21,
    "after": 0.64,
    "places": [None, 1],
    "parts": [["industry", 1.9], ["text", -0.05]],
}
WHAT_IF = {
    "sizes": [10, 11],
    "counts": {"in": 1, "out": 0, "moved": 0},
    "in": [ROW],
    "out": [],
    "moved": [],
    "weights": [{}, {}],
}
BACK_TEST: dict[str, Any] = {
    "top": 5,
    "weeks": [{"week": "2026-W40", "yes": 4, "yes_top": 3, "no": 5, "no_top": 1, "new": 2, "order": 0.8}],
    "sums": {"yes": 4, "yes_top": 3, "no": 5, "no_top": 1, "new": 2},
    "order": 0.8,
    "left_out": 1,
    "rows": [ROW | {"yes": True, "then": 0.5, "now": 0.6, "top": True, "week": "2026-W40"}],
}


def ask(client: FlaskClient, db: Session, **typed: str) -> Trial:
    answer = client.post(PAGE, data=WEIGHTS | {"kind": "what_if"} | typed)
    assert answer.status_code == 303, answer.text
    return db.get_one(Trial, int(answer.location.rsplit("/", 1)[1]))


def finish(db: Session, trial: Trial, found: dict[str, Any]) -> str:
    claim = operations.claim(db, trial.id, now=clock.now())
    assert claim
    operations.finish(db, trial.id, claim, found, now=clock.now())
    db.commit()
    db.expire_all()
    return f"{PAGE}/{trial.id}"


def test_the_page_offers_what_counts_and_the_open_needs(developer: FlaskClient, site: World):
    page = developer.get(PAGE).text
    assert "Ingenting lagres uten at du ber om det." in page
    assert 'name="weight-industry" value="100"' in page
    assert "Reparasjon av rullestoler (Sykehuset)" in page
    chosen = developer.get(f"{PAGE}?need={site.need.id}").text
    assert "reparere rullestoler og ganghjelpemidler raskt" in chosen


def test_the_worker_is_asked_and_the_page_waits(developer: FlaskClient, db: Session, woken: list[str]):  # noqa: F811
    trial = ask(developer, db)
    assert woken == ["trial"]
    assert trial.asked["weights"] == {"industry": 150, "place": 100, "text": 100}
    page = developer.get(f"{PAGE}/{trial.id}").text
    assert "Venter på tur" in page
    assert 'hx-trigger="every 1s"' in page
    assert 'value="150"' in page


def test_a_what_if_tells_what_comes_in_and_why(developer: FlaskClient, db: Session):
    page = developer.get(finish(db, ask(developer, db), WHAT_IF)).text
    assert "Uka ville fått 1 nytt forslag" in page
    assert "Graveren AS" in page
    assert "21\u00a0% → 64\u00a0%" in page
    assert "Bransjen +1,90" in page
    assert "Ingen går ut." in page
    assert "Ta vektene i bruk" not in page  # an adviser cannot


def test_a_back_test_tells_what_was_answered(developer: FlaskClient, db: Session):
    address = finish(db, ask(developer, db, kind="back_test", weeks="26"), BACK_TEST)
    page = developer.get(address).text
    assert "Av 4 par som fikk ja, ville modellen hatt 3 blant de 5 første til behovet." in page
    assert "Et ja lå over et nei i 80\u00a0% av tilfellene (50 % er som loddtrekning)." in page
    assert "1 par kan ikke slås opp lenger og er utelatt." in page
    assert "Uke 40" in page


def test_weights_are_put_in_use_only_when_pressed_and_can_be_put_back(
    administrator: FlaskClient, db: Session
):
    address = finish(db, ask(administrator, db), WHAT_IF)
    assert ruled.rule_set(db) is None
    assert "Ta vektene i bruk" in administrator.get(address).text
    assert administrator.post(f"{address}/weights").status_code == 303
    rules = ruled.rule_set(db)
    assert rules is not None
    assert rules.weights == {"industry": 150}
    page = administrator.get("/matches/rules").text
    assert "Bransjen: 150\u00a0%." in page
    assert "Ta vektene i bruk" not in administrator.get(address).text
    administrator.post("/matches/rules/weights")
    db.expire_all()
    assert rules.weights == {}


def test_a_text_is_saved_on_its_need_only_when_pressed(developer: FlaskClient, db: Session, site: World):
    number = str(site.need.id)
    trial = ask(developer, db, need_id=number, title="Graving", text=NEW_TEXT)
    address = finish(db, trial, WHAT_IF)
    assert db.get_one(Need, site.need.id).title == "Reparasjon av rullestoler"
    assert developer.post(f"{address}/text").location == f"/needs/{number}"
    db.expire_all()
    need = db.get_one(Need, site.need.id)
    assert (need.title, need.text) == ("Graving", NEW_TEXT)
    assert [segment.code for segment in partners.get_need(db, need.id).segments] == ["helse"]
    assert developer.post(f"{address}/text").status_code == 409  # somebody has changed it since


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"weight-text": "400"}, "fra 0 til 300"),
        ({"weight-text": "mye"}, "fra 0 til 300"),
        ({"kind": "moonshine"}, "Velg hva du vil prøve."),
        ({"kind": "back_test", "weeks": "999"}, "Velg hvor mange uker tilbake."),
    ],
)
def test_what_cannot_be_tried_is_told(developer: FlaskClient, db: Session, typed: dict[str, str], told: str):
    answer = developer.post(PAGE, data=WEIGHTS | {"kind": "what_if"} | typed)
    assert answer.status_code == 422
    assert told in answer.text
    assert db.scalars(select(Trial)).all() == []


def test_a_text_that_says_nothing_is_refused(developer: FlaskClient, site: World):
    typed = {"kind": "what_if", "need_id": str(site.need.id), "title": "Graving", "text": "kort"}
    answer = developer.post(PAGE, data=WEIGHTS | typed)
    assert answer.status_code == 422
    assert 'aria-invalid="true">kort</textarea>' in answer.text


def test_why_it_stopped_is_told(developer: FlaskClient, db: Session):
    trial = ask(developer, db)
    operations.claim(db, trial.id, now=clock.now())
    operations.fail(db, trial.id, 1, "Behovet er ikke lenger åpent.", now=clock.now())
    db.commit()
    assert "Behovet er ikke lenger åpent." in developer.get(f"{PAGE}/{trial.id}").text
    db.expire_all()
    assert trial.state is TrialState.FAILED
    assert trial.kind is TrialKind.WHAT_IF


def test_a_reader_looks_and_does_not_ask(reader: FlaskClient):
    assert "Se hva som endrer seg</button>" not in reader.get(PAGE).text
    assert reader.post(PAGE, data=WEIGHTS | {"kind": "what_if"}).status_code == 403
    assert reader.post(f"{PAGE}/1/weights").status_code == 403
