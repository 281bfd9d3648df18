"""A unit is found by whatever somebody remembers of it, in any spelling, and the best comes first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from crm.registry import operations, queries
from crm.registry.finding import _TEXTS
from crm.sources.units import Address, Industry, RemovedUnit, Unit
from tests.world import NOW, ORGNR, OTHER_ORGNR, THIRD_ORGNR

SHIPYARD = Unit(
    orgnr=THIRD_ORGNR,
    name="ÅSEN BÅTBYGGERI ASA",
    form_code="ASA",
    industries=(Industry(code="30.110", name="Bygging av skip"),),
    business_address=Address(place="ÅLESUND", municipality="ÅLESUND", municipality_no="1508"),
    purpose="Bygging og reparasjon av trebåter, utleie av brygge.",
    activity="Verft.",
    former_names=("SØRLANDETS SKØYTER AS", "FJORDBÅT AS"),
)
CAFE = Unit(
    orgnr=OTHER_ORGNR,
    name="BÅTKAFEEN AS",
    form_code="AS",
    industries=(Industry(code="56.110", name="Restaurantdrift"),),
    business_address=Address(place="OSLO", municipality="OSLO", municipality_no="0301"),
    purpose="Servering om bord.",
)


def load(session: Session, *told: Any) -> None:
    operations.load(session, told, source="prøve", now=NOW)


def found(session: Session, typed: str) -> list[str]:
    return [unit.orgnr for unit in queries.search(session, typed)]


@pytest.mark.parametrize(
    "typed",
    [
        "åsen båt",
        "AASEN BAATBYGGERI",
        "Åsen Båtbyggeri AS",
        "åsen båtbyggeri asa",
        "båtbyggeri åsen",
        "byggeri",
        "tbygg",
        "fjordbåt",
        "skøyter",
        "skoeyter",
        "sørlandets skøyter",
        "trebåter",
        "reparasjon trebåter",
        "reparasjon av trebåt",
        "brygge ålesund",
        "verft aalesund",
        "bygging av skip",
        "bryggene utleier",
        THIRD_ORGNR,
        "923 609 016",
        "9236",
        "«Åsen»",
        "åsen*",
        'åsen "båt',
        "  åsen   båt  ",
    ],
)
def test_any_part_and_any_spelling_finds_it(session: Session, typed: str):
    load(session, SHIPYARD, CAFE)
    assert THIRD_ORGNR in found(session, typed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "å",
        " ",
        "x" * 300,
        "båt hotell",
        "%",
        "_",
        "%%%",
        "NOT",
        "OR AND NOT",
        "NEAR(a b)",
        "åsen oslo",
        "0",
    ],
)
def test_what_fits_nothing_finds_nothing_and_breaks_nothing(session: Session, typed: str):
    load(session, SHIPYARD, CAFE)
    assert THIRD_ORGNR not in found(session, typed)


def test_a_name_that_begins_so_comes_before_one_that_holds_it_and_that_before_a_purpose(session: Session):
    named = replace(CAFE, orgnr=ORGNR, name="BRYGGE AS")
    holding = replace(CAFE, name="NYBRYGGE AS")
    load(session, SHIPYARD, holding, named)
    assert found(session, "brygge") == [ORGNR, OTHER_ORGNR, THIRD_ORGNR]


def test_the_living_come_before_the_closed(session: Session):
    closed = replace(CAFE, orgnr=ORGNR, name="BÅT AS", bankrupt=True)
    load(session, closed, CAFE)
    assert found(session, "båt") == [OTHER_ORGNR, ORGNR]


def test_the_index_follows_what_is_changed(session: Session):
    load(session, SHIPYARD)
    load(session, replace(SHIPYARD, name="NYTT NAVN AS", purpose="Annet.", former_names=()))
    assert found(session, "båtbyggeri") == []
    assert found(session, "trebåter") == []
    assert found(session, "nytt navn") == [THIRD_ORGNR]


def test_what_was_removed_is_in_no_index(session: Session):
    load(session, SHIPYARD, CAFE)
    load(session, RemovedUnit(orgnr=THIRD_ORGNR))
    for typed in ("åsen", "fjordbåt", "trebåter", "verft aalesund", THIRD_ORGNR):
        assert found(session, typed) == []
    if session.get_bind().dialect.name == "sqlite":
        kept = b"".join(
            bytes(block)
            for index in ("find_units", "find_unit_words")
            for block in session.scalars(text(f"SELECT block FROM {index}_data"))  # noqa: S608
        )
        assert b"verft" not in kept
        assert b"restaurantdrift" in kept


def test_the_words_are_read_off_the_index(session: Session):
    load(session, SHIPYARD)
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("an FTS5 table has no other way")
    session.execute(text("SET LOCAL enable_seqscan = off"))
    wanted = f"find_words({_TEXTS}) @@ to_tsquery('simple', 'verft')"
    asked = f"EXPLAIN SELECT orgnr FROM register.units WHERE {wanted}"  # noqa: S608
    assert "ix_find_unit_words" in " ".join(session.scalars(text(asked)))
