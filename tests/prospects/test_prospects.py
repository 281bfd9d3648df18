"""Prospects are units nobody follows that fit, live, and lie where we look; each is shown once, in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from crm.companies import operations as companies
from crm.companies.drafts import LeadDraft
from crm.errors import NotFound
from crm.prospects import operations, queries
from crm.prospects.drafts import Order, ProspectFilter, Size
from crm.registry import operations as registry
from crm.registry.models import Unit
from crm.sources.units import Address, Industry, SubUnit
from crm.sources.units import Unit as Told
from tests.world import NOW, ORGNR, OTHER_ORGNR, THIRD_ORGNR, TODAY, World

CARE = Told(
    orgnr=THIRD_ORGNR,
    name="HJEMMESYKEPLEIEN AS",
    form_code="AS",
    industries=(Industry(code="86.941", name="Hjemmesykepleie"),),
    employees=12,
    business_address=Address(municipality_no="3420", municipality="ELVERUM"),
    registered_on=TODAY - timedelta(days=3),
)
WANTED = ProspectFilter(industries=frozenset({"86.941", "56.110"}), core=frozenset({"86.941"}))


def load(session: Session, *told: Told | SubUnit) -> None:
    registry.load(session, told, source="prøve", now=NOW)


def found(session: Session, **more: Any) -> list[str]:
    return [unit.name for unit in queries.prospects(session, replace(WANTED, **more), limit=50)]


def many(count: int) -> list[Told]:
    """Units with equal sizes and days among them, so that only their numbers part them."""
    return [
        replace(
            CARE,
            orgnr=f"8{number:08}",
            name=f"ENHET {number % 7} AS",
            employees=(None, 5, 40)[number % 3],
            registered_on=(None, date(2026, 1, 1), date(2025, 1, 1))[number % 3],
            industries=(Industry(code=("86.941", "56.110")[number % 2], name="x"),),
        )
        for number in range(count)
    ]


def test_a_unit_that_fits_is_a_prospect_until_somebody_follows_it(session: Session, world: World):
    load(session, CARE)
    assert found(session) == ["HJEMMESYKEPLEIEN AS"]
    company = companies.company_of_unit(session, None, session.get_one(Unit, THIRD_ORGNR), now=NOW)
    session.flush()
    assert found(session) == ["HJEMMESYKEPLEIEN AS"]
    companies.follow(session, None, company, LeadDraft(), now=NOW)
    session.flush()
    assert found(session) == []


@pytest.mark.parametrize(
    "change",
    [
        {"industries": (Industry(code="43.120", name="Grunnarbeid"),)},
        {"industries": ()},
        {"bankrupt": True},
        {"winding_up": True},
        {"forced_dissolution": True},
        {"dissolved_on": TODAY},
        {"form_code": "FLI"},
        {"form_code": "KOMM"},
    ],
)
def test_what_does_not_fit_or_does_not_live_is_none(session: Session, change: dict[str, Any]):
    load(session, replace(CARE, **change))
    assert found(session) == []


@pytest.mark.parametrize(
    ("narrowed", "fits"),
    [
        ({"municipalities": frozenset({"3420", "3403"})}, True),
        ({"municipalities": frozenset({"0301"})}, False),
        ({"municipalities": frozenset()}, False),
        ({"size": Size.SMALL}, True),
        ({"size": Size.MEDIUM}, False),
        ({"size": Size.LARGE}, False),
        ({"size": Size.UNKNOWN}, False),
        ({"registered_since": TODAY - timedelta(days=3)}, True),
        ({"registered_since": TODAY}, False),
    ],
)
def test_the_list_is_narrowed_by_place_size_and_newness(
    session: Session, narrowed: dict[str, Any], fits: bool
):
    load(session, CARE)
    assert bool(found(session, **narrowed)) is fits


def test_unknown_is_not_zero_and_stands_last(session: Session):
    load(session, CARE, replace(CARE, orgnr=OTHER_ORGNR, name="UKJENT AS", employees=None))
    assert found(session, size=Size.UNKNOWN) == ["UKJENT AS"]
    assert found(session, order=Order.SIZE) == ["HJEMMESYKEPLEIEN AS", "UKJENT AS"]


def test_the_best_fit_puts_what_a_segment_is_about_before_what_lies_beside(session: Session):
    beside = replace(
        CARE,
        orgnr=OTHER_ORGNR,
        name="STOR KAFÉ AS",
        employees=900,
        industries=(Industry(code="56.110", name="Restaurant"),),
    )
    load(session, CARE, beside)
    assert found(session, order=Order.FIT) == ["HJEMMESYKEPLEIEN AS", "STOR KAFÉ AS"]
    assert found(session, order=Order.SIZE) == ["STOR KAFÉ AS", "HJEMMESYKEPLEIEN AS"]


@pytest.mark.parametrize("order", list(Order))
def test_screen_after_screen_shows_each_unit_once_in_one_order(session: Session, order: Order):
    load(session, *many(40))
    whole = [unit.orgnr for unit in queries.prospects(session, replace(WANTED, order=order), limit=100)]
    assert len(set(whole)) == 40
    seen: list[str] = []
    while screen := queries.prospects(
        session, replace(WANTED, order=order, after=seen[-1] if seen else ""), limit=7
    ):
        seen += [unit.orgnr for unit in screen]
    assert seen == whole
    assert queries.count_prospects(session, WANTED) == 40


def test_who_is_put_aside_stays_away_until_brought_back(session: Session, world: World):
    load(session, CARE)
    for _ in range(2):
        operations.set_aside(session, world.developer.id, THIRD_ORGNR, now=NOW)
        session.flush()
    assert found(session) == []
    assert [unit.orgnr for unit in session.scalars(queries.set_aside())] == [THIRD_ORGNR]
    load(session, replace(CARE, name="NYTT NAVN AS"))
    assert found(session) == []
    operations.bring_back(session, THIRD_ORGNR)
    session.flush()
    assert found(session) == ["NYTT NAVN AS"]
    with pytest.raises(NotFound):
        operations.set_aside(session, world.developer.id, ORGNR, now=NOW)


def test_what_was_removed_from_the_register_is_forgotten_here_too(session: Session, world: World):
    load(session, CARE)
    operations.set_aside(session, world.developer.id, THIRD_ORGNR, now=NOW)
    session.flush()
    operations.forget(session, [THIRD_ORGNR])
    assert queries.count_set_aside(session) == 0


def test_the_codes_in_use_are_each_told_once(session: Session):
    assert queries.industries_in_use(session) == []
    load(session, *many(10), replace(CARE, industries=()))
    assert queries.industries_in_use(session) == ["56.110", "86.941"]


def test_a_workplace_of_theirs_with_us_is_known(session: Session):
    place = SubUnit(
        orgnr=OTHER_ORGNR,
        parent=THIRD_ORGNR,
        name="AVDELING",
        form_code="BEDR",
        location=Address(lines=("Storgata 1",), municipality_no="3420"),
    )
    load(session, CARE)
    load(session, place)
    assert queries.already_in(session, [THIRD_ORGNR], "3420") == {THIRD_ORGNR: "Storgata 1"}
    assert queries.already_in(session, [THIRD_ORGNR], "0301") == {}
