"""What is typed is compared with what is kept, on both databases."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from crm.companies import operations as companies
from crm.companies.drafts import CompanyDraft
from crm.companies.models import Company
from crm.contacts import operations as contacts
from crm.contacts.drafts import contact_draft
from crm.duplicates import recognising
from crm.duplicates.drafts import TypedCompany, TypedPerson
from crm.registry.models import Unit
from tests.world import NOW, OTHER_ORGNR, World


@pytest.fixture
def kept(session: Session, world: World) -> Company:
    """A company with everything one may be known by."""
    draft = CompanyDraft(
        name="Nordlys Hjelpemidler AS",
        municipality="Elverum",
        home_page="https://www.nordlys-hjelp.no",
        email="post@nordlys-hjelp.no",
        phone="22 33 44 55",
    )
    made = companies.create_company(session, None, draft, now=NOW)
    session.flush()
    return made


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "nordlys hjelpemidler"},
        {"name": "Nordlys Hjelpemidler ASA"},
        {"name": "AS Nordlys Hjelpemidler"},
        {"name": "Nordlys Hjelpemiddler AS"},
        {"home_page": "nordlys-hjelp.no/kontakt"},
        {"email": "kari@nordlys-hjelp.no"},
        {"phone": "0047 223 34 455"},
        {"phone": "+4722334455"},
    ],
)
def test_a_company_is_known_by_each_of_its_marks(session: Session, kept: Company, typed: dict[str, str]):
    found = recognising.like_company(session, TypedCompany(**typed))
    assert [one.record.id for one in found.ours] == [kept.id]


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"name": "N"},
        {"name": "Sørlys Hjelpemidler"},
        {"home_page": "facebook.com/nordlys"},
        {"email": "kari@gmail.com"},
        {"phone": "12"},
        {"orgnr": "abc"},
    ],
)
def test_half_typed_and_other_things_are_nobody(session: Session, kept: Company, typed: dict[str, str]):
    assert recognising.like_company(session, TypedCompany(**typed)).ours == []


def test_a_number_is_known_with_spaces(session: Session, world: World):
    found = recognising.like_company(session, TypedCompany(name="Helt noe annet", orgnr="983 971 709"))
    assert [one.record.id for one in found.ours] == [world.other.id]


def _unit(**known: object) -> Unit:
    return Unit(
        **(
            {"form": "AS", "form_name": "Aksjeselskap", "source": "test", "digest": b"", "seen_at": NOW}
            | {"founded_on": date(2020, 1, 1), "other_industries": [], "former_names": ""}
            | known
        )
    )


def test_a_former_name_leads_to_the_company_as_it_is_called_now(session: Session, world: World):
    names = {"name": "ÅSEN KAFÉ AS", "name_key": "aasen kafe as", "former_names": "GAMLEGÅRDEN KRO AS"}
    session.add(_unit(orgnr=OTHER_ORGNR, **names))
    session.flush()
    found = recognising.like_company(session, TypedCompany(name="Gamlegården Kro"))
    assert [one.record.id for one in found.ours] == [world.other.id]
    assert found.units == []


def test_a_unit_of_the_register_that_is_not_ours_is_told_of(session: Session, world: World):
    session.add(_unit(orgnr="923609016", name="STILLE VANN AS", name_key="stille vann as"))
    session.flush()
    found = recognising.like_company(session, TypedCompany(name="Stille Vann"))
    assert (list(found.ours), [unit.orgnr for unit in found.units]) == ([], ["923609016"])


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "Eksempel Kari"},
        {"name": "Noen", "phone": "220 00 000"},
        {"name": "Kari E.", "phone": "+47 22000000"},
    ],
)
def test_a_person_is_known_by_name_and_number(session: Session, world: World, typed: dict[str, str]):
    contacts.create_contact(session, None, contact_draft(name="Ola Berg", email="ola@verk.no"))
    typed = typed | {"name": typed["name"] if typed["name"] != "Noen" else ""}
    if typed["name"] == "Eksempel Kari":
        found = recognising.like_person(session, TypedPerson(**typed, company_id=world.company.id))
    else:
        found = recognising.like_person(session, TypedPerson(**typed))
    assert [one.record.id for one in found] == [world.person.id]


def test_a_name_like_one_is_asked_about_at_the_same_company_alone(session: Session, world: World):
    typed = TypedPerson(name="Kari Eksempl", company_id=world.company.id)
    assert [one.record.id for one in recognising.like_person(session, typed)] == [world.person.id]
    assert recognising.like_person(session, TypedPerson(name="Kari Eksempl", company_id=world.other.id)) == []
