"""Hvite flekker: who has no supplier within a drive, on the map and in the table, and whom to look at."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from crm.codes import operations as codes
from crm.codes.distances import minutes
from crm.codes.models import Municipality, MunicipalityOutline
from crm.matchmaker.signals.place import travel_minutes
from crm.registry import operations as registry
from crm.sources.units import Address, Industry, SubUnit, Unit
from tests.world import NOW, THIRD_ORGNR, World

CARE = Industry(code="86.941", name="Hjemmesykepleie")
SQUARE = [[11.2, 60.7], [12.1, 60.7], [12.1, 61.2], [11.2, 61.2], [11.2, 60.7]]


@pytest.fixture(autouse=True)
def _mirror(db: Session, site: World) -> None:
    """A supplier in Elverum; Tynset lies far from it."""
    codes.ensure_starter(db)
    for number, name, north, east in (("3420", "Elverum", 60.97, 11.75), ("3427", "Tynset", 62.3, 10.8)):
        db.merge(Municipality(number=number, name=name, county="Innlandet", latitude=north, longitude=east))
    db.merge(MunicipalityOutline(number="3420", geometry={"type": "Polygon", "coordinates": [SQUARE]}))
    home = Address(lines=("Storgata 1",), municipality_no="3420", municipality="ELVERUM")
    supplier = Unit(
        orgnr=THIRD_ORGNR,
        name="HJEMMESYKEPLEIEN AS",
        form_code="AS",
        industries=(CARE,),
        business_address=home,
    )
    registry.load(db, [supplier], source="prøve", now=NOW)
    db.commit()


def page(client: FlaskClient, asked: str = "") -> str:
    answer = client.get(f"/prospects/white-spots/?{asked}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def row(shown: str, name: str) -> str:
    return shown.partition("<tbody>")[2].partition(f'<th scope="row">{name}')[2].partition("</tr>")[0]


def test_a_municipality_far_from_every_supplier_is_white_and_leads_to_the_nearest(developer: FlaskClient):
    shown = page(developer, "what=helse:86.941")
    assert "hvit flekk" in row(shown, "Tynset")
    assert "/prospects/?segment=helse&amp;municipality=3420&amp;industry=86.941" in row(shown, "Tynset")
    assert "hvit flekk" not in row(shown, "Elverum")
    leads = developer.get("/prospects/?segment=helse&municipality=3420&industry=86.941")
    assert "Hjemmesykepleien AS" in leads.get_data(as_text=True)
    assert "i næring 86.941" in leads.get_data(as_text=True)
    assert "Hjemmesykepleien" not in developer.get("/prospects/?industry=86.95").get_data(as_text=True)


def test_a_workplace_there_takes_the_spot_away(developer: FlaskClient, db: Session):
    there = Address(lines=("Torget 1",), municipality_no="3427", municipality="TYNSET")
    place = SubUnit(
        orgnr="811111112",
        parent=THIRD_ORGNR,
        name="AVD TYNSET",
        form_code="BEDR",
        industries=(CARE,),
        location=there,
    )
    registry.load(db, [place], source="prøve", now=NOW)
    db.commit()
    assert "hvit flekk" not in row(page(developer, "what=helse:86.941"), "Tynset")


def test_the_map_is_drawn_here_with_outlines_where_they_are_loaded(developer: FlaskClient):
    shown = page(developer, "what=helse").partition('<svg class="spot-map"')[2]
    drawn = shown.partition("</svg>")[0]
    assert drawn.count("<path d=") == 1
    assert drawn.count("<circle") == shown.count('<th scope="row">')
    assert "://" not in drawn


@pytest.mark.parametrize(
    "asked", ["what=nothing", "what=helse:x", "within=61", "within=x", "region=moon", "region=home"]
)
def test_what_is_no_choice_is_refused(developer: FlaskClient, asked: str):
    assert developer.get(f"/prospects/white-spots/?{asked}").status_code == 400


def test_the_drive_is_reckoned_as_the_matchmaker_does():
    for km in (0, 1, 5, 30, 41.9, 116, 900):
        assert minutes(km) == pytest.approx(float(travel_minutes(km)))
