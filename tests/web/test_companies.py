"""Pages of companies: the list, one company, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from crm.activities.models import Activity, FollowUp
from crm.companies import due, operations, queries
from crm.companies.drafts import CompanyDraft, LeadDraft
from crm.companies.models import Company, Stage
from crm.registry.models import Unit
from tests.world import NOW, THIRD_ORGNR, World


@pytest.fixture
def unit(db: Session, site: World) -> str:
    """A living unit of the mirror, not ours yet."""
    row = {
        "orgnr": THIRD_ORGNR,
        "name": "HEISVERKET AS",
        "name_key": "heisverket as",
        "form": "AS",
        "form_name": "Aksjeselskap",
        "industry": "86.901",
        "industry_standard": "SN2007",
        "industry_2025": "86.941",
        "municipality_no": "3420",
        "municipality": "ELVERUM",
        "purpose": "Løfteutstyr til sykehus.",
        "digest": b"x",
        "source": "prøve.json",
        "seen_at": NOW,
    }
    db.execute(insert(Unit), [row])
    db.commit()
    return THIRD_ORGNR


def many(db: Session, site: World, count: int) -> None:
    for number in range(count):
        company = operations.create_company(db, None, CompanyDraft(name=f"Firma {number:03} AS"), now=NOW)
        draft = LeadDraft(owner_id=site.developer.id, segments=frozenset({"helse", "beredskap"}))
        operations.follow(db, None, company, draft, now=NOW)
    db.commit()


def test_the_list_shows_whom_we_follow(developer: FlaskClient):
    page = developer.get("/companies/").text
    assert "Rullestolverkstedet AS" in page
    assert "Åsen Kafé" not in page
    assert "Åsen Kafé" in developer.get("/companies/?all=1").text


def test_the_list_takes_at_most_eight_statements_whatever_its_length(
    developer: FlaskClient, db: Session, site: World, statements: list[str]
):
    many(db, site, 60)
    statements.clear()
    answer = developer.get("/companies/?segment=helse&sort=last_contact")
    assert answer.text.count("<tr>") == 51
    assert len(statements) <= 8, "\n".join(statements)


def test_the_filter_is_said_in_words_and_can_be_removed(developer: FlaskClient):
    page = developer.get("/companies/?q=rulle&segment=helse&stage=identified&municipality=3420").text
    said = "1 virksomhet som inneholder «rulle», i Helse, på steget Identifisert, i kommunen Elverum."
    assert said in page
    assert "Fjern filter" in page


def test_an_empty_answer_offers_a_way_on(developer: FlaskClient):
    page = developer.get("/companies/?q=finnesikke").text
    assert "Fjern filter" in page
    assert "Opprett «finnesikke»" in page


@pytest.mark.parametrize(
    "query",
    [
        "sort=name;drop",
        "stage=nowhere",
        "page=0",
        "page=-1",
        "page=1e9",
        "page=²",
        "owner=x",
        "page=99999999999",
    ],
)
def test_nonsense_in_the_address_is_refused(developer: FlaskClient, query: str):
    assert developer.get(f"/companies/?{query}").status_code == 400


def test_a_swap_gets_the_rows_alone(developer: FlaskClient):
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
    answer = developer.get("/companies/", headers=headers)
    assert "<html" not in answer.text
    assert "HX-Request" in answer.headers["Vary"]
    restored = developer.get("/companies/", headers={**headers, "HX-History-Restore-Request": "true"})
    assert "<html" in restored.text


def test_the_page_of_a_company_asks_few_questions(developer: FlaskClient, site: World, statements: list[str]):
    answer = developer.get(f"/companies/{site.company.id}")
    assert answer.status_code == 200
    assert len(statements) <= 18, "\n".join(statements)


def test_a_company_that_does_not_exist_is_not_found(developer: FlaskClient):
    for path in ("/companies/999999", "/companies/0", "/companies/-1", "/companies/01x"):
        assert developer.get(path).status_code == 404


def test_a_unit_of_the_register_is_followed_with_one_press(developer: FlaskClient, db: Session, unit: str):
    page = developer.get(f"/companies/register/{unit}").text
    assert "Løfteutstyr til sykehus." in page
    assert "prøve.json" in page
    answer = developer.post(f"/companies/register/{unit}/follow")
    assert answer.status_code == 303
    company = queries.find_by_orgnr(db, unit)
    assert company is not None
    assert company.lead is not None
    assert (company.lead.stage, company.lead.owner.name) == (Stage.IDENTIFIED, "Dev Eksempel")
    assert [segment.code for segment in company.lead.segments] == ["helse"]
    assert developer.get(f"/companies/register/{unit}").location == f"/companies/{company.id}"


def test_following_twice_makes_one_lead(developer: FlaskClient, db: Session, unit: str):
    for _ in range(2):
        assert developer.post(f"/companies/register/{unit}/follow").status_code == 303
    assert len(db.scalars(select(Company).where(Company.orgnr == unit)).all()) == 1


@pytest.mark.parametrize(
    "path",
    ["follow", "unfollow", "move", "lead", "reach", "offers", "log"],
    ids=lambda path: f"may-not-{path}",
)
def test_a_reader_changes_nothing(reader: FlaskClient, db: Session, site: World, path: str):
    before = site.company.version, site.lead.version
    assert (
        reader.post(f"/companies/{site.company.id}/{path}", data={"stage": "lost", "reason": "x"}).status_code
        == 403
    )
    db.expire_all()
    assert (site.company.version, site.lead.version) == before


def test_a_reader_sees_the_page_without_its_buttons(reader: FlaskClient, site: World):
    page = reader.get(f"/companies/{site.company.id}").text
    assert "Rullestolverkstedet" in page
    assert "Flytt" not in page


def test_a_call_is_logged_with_person_outcome_and_next_step(developer: FlaskClient, db: Session, site: World):
    answer = developer.post(
        f"/companies/{site.company.id}/log",
        data={
            "form_key": "k1",
            "kind": "call",
            "text": "Vil ha møte",
            "outcome": "positive",
            "contact_id": str(site.person.id),
            "next_text": "Kall inn",
            "next_on": "2027-01-04",
            "next_owner": str(site.reader.id),
        },
    )
    assert answer.status_code == 303
    line, step = db.scalars(select(Activity)).one(), db.scalars(select(FollowUp)).one()
    assert (line.text, line.outcome, line.contact_id) == ("Vil ha møte", "positive", site.person.id)
    assert (step.text, step.due_on.isoformat(), step.owner_id) == ("Kall inn", "2027-01-04", site.reader.id)


def test_pressing_twice_logs_once(developer: FlaskClient, db: Session, site: World):
    for _ in range(2):
        developer.post(
            f"/companies/{site.company.id}/log", data={"form_key": "same", "kind": "call", "text": "Hei"}
        )
    assert len(db.scalars(select(Activity)).all()) == 1


def test_a_swap_of_the_log_box_brings_the_log_and_the_follow_ups(developer: FlaskClient, site: World):
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
    data = {"kind": "meeting", "text": "Møtt dem", "next_text": "Ring", "next_on": "2027-01-04"}
    page = developer.post(f"/companies/{site.company.id}/log", data=data, headers=headers).text
    assert "<html" not in page
    assert "Møtt dem" in page
    assert 'id="follow-ups" hx-swap-oob' in page


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"kind": "note"}, "Et notat trenger en tekst."),
        ({"kind": "call", "on": "2030-01-01"}, "Dette tidspunktet har ikke vært ennå."),
        ({"kind": "call", "on": "i fjor"}, "Skriv datoen som dag.måned.år"),
        ({"kind": "call", "next_text": "Ring"}, "Velg når det neste steget skal gjøres."),
        ({"kind": "call", "next_on": "2026-12-24"}, "Skriv hva som skal gjøres."),
        ({"kind": "fax"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_logged_is_said_and_the_text_is_kept(
    developer: FlaskClient, db: Session, site: World, data: dict[str, str], sentence: str
):
    answer = developer.post(f"/companies/{site.company.id}/log", data={"outcome": "reached", **data})
    assert answer.status_code == 422
    assert sentence in answer.text or (sentence.startswith("Not") and "valg" in answer.text.lower())
    assert db.scalars(select(Activity)).all() == []


def test_a_lead_is_moved_from_the_list_and_the_reader_stays_there(
    developer: FlaskClient, db: Session, site: World
):
    data = {"stage": "visit", "next": "/companies/?segment=helse"}
    answer = developer.post(f"/companies/{site.company.id}/move", data=data)
    assert answer.location == "/companies/?segment=helse"
    db.expire_all()
    assert site.lead.stage is Stage.VISIT


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"]
)
def test_after_a_move_nobody_is_sent_to_another_site(developer: FlaskClient, site: World, address: str):
    answer = developer.post(f"/companies/{site.company.id}/move", data={"stage": "visit", "next": address})
    assert answer.location == f"/companies/{site.company.id}"


def test_parking_without_a_reason_asks_for_one(developer: FlaskClient, db: Session, site: World):
    answer = developer.post(f"/companies/{site.company.id}/move", data={"stage": "parked"})
    assert answer.status_code == 422
    assert "Skriv kort hvorfor" in answer.text
    db.expire_all()
    assert site.lead.stage is Stage.IDENTIFIED


def test_the_second_of_two_editors_is_told(developer: FlaskClient, site: World):
    first = developer.post(
        f"/companies/{site.company.id}/reach", data={"version": "1", "phone": "22 33 44 55"}
    )
    second = developer.post(
        f"/companies/{site.company.id}/reach", data={"version": "1", "phone": "99 88 77 66"}
    )
    assert (first.status_code, second.status_code) == (303, 422)
    assert "Noen andre har endret virksomheten" in second.text
    assert "99 88 77 66" in second.text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"name": " "}, "Skriv navnet"),
        ({"name": "X", "orgnr": "974760674"}, "Kontrollsifferet"),
        ({"name": "X", "orgnr": "212345678"}, "begynner med 8 eller 9"),
        ({"name": "Kopi AS", "orgnr": "974760673"}, "alt registrert"),
    ],
)
def test_a_company_that_cannot_be_is_refused(
    developer: FlaskClient, db: Session, site: World, data: dict[str, str], sentence: str
):
    answer = developer.post("/companies/new", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert len(db.scalars(select(Company)).all()) == 2


def test_unfollowing_can_be_undone_where_it_was_done(developer: FlaskClient, db: Session, site: World):
    developer.post(f"/companies/{site.company.id}/unfollow")
    assert "Følg" in developer.get(f"/companies/{site.company.id}").text
    developer.post(f"/companies/{site.company.id}/follow")
    db.expire_all()
    assert queries.get_company(db, site.company.id).lead is not None


def test_what_people_typed_is_shown_as_typed(developer: FlaskClient, db: Session, site: World):
    name = "<script>alert(1)</script> {{7*7}}"
    site.company.name = name
    site.company.home_page = "javascript:alert(1)"
    db.commit()
    for path in (f"/companies/{site.company.id}", "/companies/"):
        page = developer.get(path).text
        assert "<script>alert" not in page
        assert "{{7*7}}" in page
        assert 'href="javascript' not in page


def test_gone_quiet_counts_from_the_last_contact(
    db: Session, site: World, sign_in: Callable[..., FlaskClient]
):
    site.lead.stage, site.lead.last_contact_at = Stage.CONTACTED, NOW - timedelta(days=61)
    db.commit()
    found = db.scalars(due.gone_quiet(None, before=NOW - timedelta(days=60))).all()
    assert found == [site.company]
