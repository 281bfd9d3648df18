"""Taking in what the register says: new, changed, dissolved, removed, and codes of two standards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from crm.codes import operations as codes
from crm.codes.models import IndustrySuccessor
from crm.companies import operations as companies
from crm.companies.models import Company
from crm.registry import operations, queries
from crm.registry.counts import Counts
from crm.registry.models import Unit
from crm.sources.units import Address, Industry, Rejected, RemovedUnit, SubUnit
from crm.sources.units import Unit as Told
from tests.world import NOW, OTHER_ORGNR, THIRD_ORGNR, World

NURSES = Told(
    orgnr=THIRD_ORGNR,
    name="HJEMMESYKEPLEIEN AS",
    form_code="AS",
    industries=(Industry(code="86.901", name="Hjemmesykepleie"),),
    business_address=Address(municipality_no="3420", municipality="ELVERUM"),
    purpose="Sykepleie i hjemmet.",
)


@pytest.fixture(autouse=True)
def _starting_codes(session: Session) -> None:
    codes.ensure_starter(session)


def load(session: Session, *records: object, days: int = 0) -> Counts:
    return operations.load(session, records, source="prøve", now=NOW + timedelta(days=days))  # type: ignore[arg-type]


def test_an_old_code_keeps_its_standard_and_finds_its_one_successor(session: Session):
    load(session, NURSES)
    unit = session.get_one(Unit, THIRD_ORGNR)
    assert (unit.industry, unit.industry_standard, unit.industry_2025) == ("86.901", "SN2007", "86.941")


def test_an_old_code_with_several_successors_is_left_for_a_person_to_decide(session: Session):
    session.add_all([IndustrySuccessor(sn2007="86.907", sn2025=new) for new in ("86.921", "86.922")])
    load(session, replace(NURSES, industries=(Industry(code="86.907", name="Ambulansetjenester"),)))
    assert session.get_one(Unit, THIRD_ORGNR).industry_2025 is None


def test_loading_again_changes_nothing_and_a_change_is_seen(session: Session):
    assert load(session, NURSES).new == 1
    assert load(session, NURSES, days=1).unchanged == 1
    assert load(session, replace(NURSES, employees=12), days=2).changed == 1
    assert session.get_one(Unit, THIRD_ORGNR).employees == 12


def test_the_last_word_in_a_file_wins(session: Session):
    counts = load(session, NURSES, replace(NURSES, name="NYTT NAVN AS"))
    assert (counts.new, counts.changed) == (1, 1)
    assert session.get_one(Unit, THIRD_ORGNR).name == "NYTT NAVN AS"


def test_personal_forms_are_left_out_and_rejected_ones_counted(session: Session):
    alone = replace(NURSES, form_code="ENK")
    counts = load(
        session, alone, Rejected(position=2, field="organisasjonsnummer", value="12", message="Nei.")
    )
    assert (counts.read, counts.left_out, counts.rejected) == (2, 1, 1)
    assert queries.count_units(session) == 0


def test_a_dissolved_unit_keeps_what_we_knew(session: Session):
    load(session, NURSES)
    gone = Told(orgnr=THIRD_ORGNR, name="HJEMMESYKEPLEIEN AS", form_code="AS", dissolved_on=date(2026, 11, 1))
    assert load(session, gone, days=1).changed == 1
    unit = session.get_one(Unit, THIRD_ORGNR)
    assert (unit.purpose, unit.dissolved_on, unit.alive) == ("Sykepleie i hjemmet.", date(2026, 11, 1), False)


def test_a_removed_unit_is_erased_with_its_workplaces_and_from_our_company(session: Session, world: World):
    place = SubUnit(orgnr=OTHER_ORGNR, parent=THIRD_ORGNR, name="HJEMMESYKEPLEIEN ELVERUM", form_code="BEDR")
    load(session, NURSES)
    load(session, place)
    company = companies.company_of_unit(session, None, session.get_one(Unit, THIRD_ORGNR), now=NOW)
    counts = load(session, RemovedUnit(orgnr=THIRD_ORGNR), days=1)
    assert (counts.removed, counts.erased) == (2, [THIRD_ORGNR])
    assert companies.erase_register_facts(session, counts.erased) == 1
    session.flush()
    session.expire_all()
    assert session.get(Unit, THIRD_ORGNR) is None
    kept = session.get_one(Company, company.id)
    assert (kept.name, kept.orgnr, kept.municipality) == ("Fjernet fra registeret", None, None)


def test_our_company_learns_what_the_register_learned(session: Session, world: World):
    load(session, NURSES)
    company = companies.company_of_unit(session, None, session.get_one(Unit, THIRD_ORGNR), now=NOW)
    load(session, replace(NURSES, name="HJEMMEPLEIEN AS", bankrupt=True), days=1)
    session.expire_all()
    assert companies.refresh_from_register(session) == 1
    assert (company.name, company.closed) == ("HJEMMEPLEIEN AS", "bankrupt")


@pytest.mark.parametrize("typed", ["hjemmesyke", "923 609", "HJEMMESYKEPLEIEN AS", "pleien"])
def test_a_unit_is_found_by_any_part_of_its_name_or_the_beginning_of_its_number(session: Session, typed: str):
    load(session, NURSES)
    assert [unit.orgnr for unit in queries.search(session, typed)] == [THIRD_ORGNR]
