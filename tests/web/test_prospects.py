"""Mulige leads: why each is there, one press to follow, one to put aside, with and without script."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import clock
from crm.codes import operations as codes
from crm.companies.models import Company
from crm.prospects.models import SetAside
from crm.registry import operations as registry
from crm.sources.units import Address, Industry, SubUnit, Unit
from tests.world import NOW, OTHER_ORGNR, THIRD_ORGNR, World

HTMX = {"HX-Request": "true"}
HOME = Address(lines=("Storgata 1",), municipality_no="3420", municipality="ELVERUM")
CARE = Unit(
    orgnr=THIRD_ORGNR,
    name="HJEMMESYKEPLEIEN AS",
    form_code="AS",
    industries=(Industry(code="86.941", name="Hjemmesykepleie"),),
    employees=12,
    business_address=HOME,
    activity="Sykepleie i <hjemmet>.",
)


@pytest.fixture(autouse=True)
def _mirror(db: Session, site: World) -> None:
    codes.ensure_starter(db)
    registry.load(db, [CARE], source="prøve", now=NOW)
    place = SubUnit(orgnr="811111112", parent=THIRD_ORGNR, name="AVD", form_code="BEDR", location=HOME)
    registry.load(db, [place], source="prøve", now=NOW)
    db.commit()


def page(client: FlaskClient, path: str = "/prospects/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_prospect_says_why_it_is_there(developer: FlaskClient):
    shown = page(developer)
    for reason in (
        "Hjemmesykepleien AS",
        "Hjemmesykepleie (kjerne i Helse)",
        "12 ansatte",
        "har alt arbeidssted i Elverum: Storgata 1",
        "Sykepleie i &lt;hjemmet&gt;.",
    ):
        assert reason in shown
    assert "1 virksomhet som ingen følger" in shown


def test_one_press_follows_it_in_its_segments(developer: FlaskClient, db: Session, site: World):
    answer = developer.post(f"/prospects/{THIRD_ORGNR}/follow", data={"next": "/prospects/?size=5-19"})
    assert (answer.status_code, answer.location) == (303, "/prospects/?size=5-19")
    company = db.scalars(select(Company).where(Company.orgnr == THIRD_ORGNR)).one()
    followed = page(developer, f"/companies/{company.id}")
    assert "Slutt å følge" in followed
    assert "Helse" in followed
    assert "Hjemmesykepleien" not in page(developer).partition('id="rows"')[2]
    assert developer.post(f"/prospects/{THIRD_ORGNR}/follow").status_code == 303


def test_one_press_puts_it_aside_where_it_stands_and_another_brings_it_back(
    developer: FlaskClient, db: Session
):
    done = developer.post(f"/prospects/{THIRD_ORGNR}/put-aside", headers=HTMX).get_data(as_text=True)
    assert "vises ikke her igjen" in done
    assert "<html" not in done
    assert db.get(SetAside, THIRD_ORGNR)
    assert "Hjemmesykepleien" not in page(developer)
    assert "Hjemmesykepleien" in page(developer, "/prospects/put-aside")
    developer.post(f"/prospects/{THIRD_ORGNR}/bring-back")
    assert "Hjemmesykepleien" in page(developer)


def test_the_new_ones_of_the_week_stand_on_top_and_on_min_uke(developer: FlaskClient, db: Session):
    today = clock.today()
    new = replace(
        CARE, orgnr=OTHER_ORGNR, name="HELT NY AS", employees=None, registered_on=today - timedelta(days=2)
    )
    registry.load(db, [new], source="prøve", now=NOW)
    db.commit()
    shown = page(developer)
    assert shown.index("Nye denne uka") < shown.index("Helt Ny AS") < shown.index("Hjemmesykepleien AS")
    assert 'hx-get="/prospects/new"' in page(developer, "/")
    told = developer.get("/prospects/new", headers=HTMX).get_data(as_text=True)
    assert "Helt Ny AS" in told
    assert "Hjemmesykepleien AS" not in told
    assert "<html" in page(developer, "/prospects/new")


@pytest.mark.parametrize(
    ("address", "there"),
    [
        ("?region=home", True),
        ("?region=near", True),
        ("?region=county", True),
        ("?region=country", True),
        ("?municipality=0301", False),
        ("?municipality=3420", True),
        ("?segment=helse", True),
        ("?segment=beredskap", False),
        ("?size=5-19", True),
        ("?size=100-", False),
        ("?order=newest", True),
        ("?order=name", True),
        ("?all=1", True),
        (f"?after={THIRD_ORGNR}", False),
    ],
)
def test_the_filter_is_in_the_address(developer: FlaskClient, address: str, there: bool):
    rows = page(developer, f"/prospects/{address}").partition('id="rows"')[2]
    assert ("Hjemmesykepleien AS" in rows) is there


@pytest.mark.parametrize(
    "address",
    ["?region=x", "?size=x", "?order=x", "?after=12", "?after=abcdefghi", "?segment=x", "?municipality=9999"],
)
def test_an_address_that_makes_no_sense_is_refused(developer: FlaskClient, address: str):
    assert developer.get(f"/prospects/{address}").status_code == 400


def test_a_reader_reads_and_presses_nothing(reader: FlaskClient):
    shown = page(reader)
    assert "Hjemmesykepleien" in shown
    assert "put-aside" not in shown.partition('id="rows"')[2]
    assert reader.post(f"/prospects/{THIRD_ORGNR}/put-aside").status_code == 403


def test_a_full_screen_asks_few_questions_and_leads_on(
    developer: FlaskClient, db: Session, statements: list[str]
):
    units = [replace(CARE, orgnr=f"8{number:08}", name=f"ENHET {number} AS") for number in range(60)]
    registry.load(db, units, source="prøve", now=NOW)
    db.commit()
    statements.clear()
    shown = page(developer)
    assert len(statements) <= 16
    assert "after=" in shown
    assert page(developer, "/prospects/?order=name").count("Ikke vis igjen") == 25


def test_an_empty_answer_says_what_to_do(developer: FlaskClient):
    assert "region=country" in page(developer, "/prospects/?size=100-")
