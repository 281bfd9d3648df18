"""One text finds every record it may mean, however it is typed, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from crm.activities import operations as activities
from crm.activities.drafts import Subject, activity_draft
from crm.companies import operations as companies
from crm.companies.drafts import CompanyDraft
from crm.companies.models import Company
from crm.contacts import operations as contacts
from crm.contacts.drafts import contact_draft
from crm.contacts.models import Contact
from crm.search.everything import Found, find
from crm.spelling import search_words
from tests.world import NOW, TODAY, World


def looked(session: Session, typed: str, **recent: list[int]) -> Found:
    session.flush()
    return find(session, typed, today=TODAY, recent=recent)


@pytest.fixture
def known(session: Session, world: World) -> World:
    """The world, with ways to reach its company and person."""
    world.company.home_page, world.company.phone = "https://www.Rullestol.no/om-oss", "+4762400000"
    world.person.email, world.person.email_key = "Kari@rullestol.no", "kari@rullestol.no"
    session.flush()
    return world


@pytest.mark.parametrize(
    "typed",
    [
        "Rullestolverkstedet",
        "verksted",
        "AS rullestol",
        "974760673",
        "974 760 673",
        "NO 974 760 673 MVA",
        "www.rullestol.no",
        "https://rullestol.no/kontakt",
        "62 40 00 00",
        "+47 62400000",
        "6240",
    ],
)
def test_a_company_is_found_by_part_of_its_name_number_domain_or_phone(
    session: Session, known: World, typed: str
):
    assert known.company in looked(session, typed).companies


@pytest.mark.parametrize("typed", ["Åsen", "ÅSEN kafé", "aasen kafe", "kafe åsen", "kafé"])
def test_letters_and_order_do_not_matter(session: Session, world: World, typed: str):
    assert world.other in looked(session, typed).companies


@pytest.mark.parametrize(
    "typed",
    [
        "kari",
        "Eksempel Kari",
        "22000000",
        "22 00 00 00",
        "+47 22 00 00 00",
        "004722000000",
        "kari@",
        "rullestol.no",
    ],
)
def test_a_person_is_found_by_name_phone_in_any_form_or_address(session: Session, known: World, typed: str):
    assert known.person in looked(session, typed).contacts


def test_partners_and_needs_are_found(session: Session, world: World):
    found = looked(session, "ganghjelpemidler")
    assert world.need in found.needs
    assert world.partner in looked(session, "sykehuset").partners


@pytest.mark.parametrize("typed", ["prøvekjøring", "PRØVEKJØR", "rampen proevekjoering", "cafe rampen"])
def test_what_was_logged_is_found_by_its_words(session: Session, world: World, typed: str):
    text = "Avtalte prøvekjøring av rampen, etter møtet på Café «Sør»."
    draft = activity_draft(kind="call", happened_at=NOW, now=NOW, text=text)
    line = activities.log_activity(session, world.developer.id, Subject(company_id=world.company.id), draft)
    assert looked(session, typed).activities == [line]
    assert looked(session, "kjøring").activities == []


def test_the_index_follows_every_change_whichever_door_it_comes_through(session: Session, world: World):
    session.execute(update(Company).where(Company.id == world.company.id).values(name_key="hjulmakeren as"))
    assert world.company in looked(session, "hjulmakeren").companies
    assert looked(session, "rullestolverkstedet").companies == []
    session.execute(delete(Contact).where(Contact.id == world.person.id))
    assert looked(session, "kari eksempel").contacts == []


def test_rows_that_go_with_their_company_are_found_no_more(session: Session, world: World):
    draft = activity_draft(kind="note", happened_at=NOW, now=NOW, text="Sjeldent ord: flaggermus")
    activities.log_activity(session, world.developer.id, Subject(company_id=world.other.id), draft)
    assert looked(session, "flaggermus").activities
    session.execute(delete(Company).where(Company.id == world.other.id))
    session.expire_all()
    assert looked(session, "flaggermus").activities == []


def test_what_was_opened_last_comes_first(session: Session, world: World):
    made = [
        companies.create_company(session, None, CompanyDraft(name=f"Snekker {name} AS"), now=NOW)
        for name in ("Alfa", "Beta", "Gamma")
    ]
    assert looked(session, "snekker").companies[0] is made[0]
    assert looked(session, "snekker", companies=[made[2].id]).companies[0] is made[2]


@pytest.mark.parametrize(
    "typed", ['"', "a* OR b", "NEAR(", "x' --", "%%%", "___", "(((", "ÆØÅ æøå", "\x00ab", "🙂🙂", "-", "  "]
)
def test_no_text_is_read_as_a_command(session: Session, world: World, typed: str):
    found = looked(session, typed)
    assert world.company not in found.companies


def test_a_name_that_begins_so_comes_before_one_that_holds_it(session: Session, world: World):
    for name in ("Samira Eksempel", "Ola Amir"):
        contacts.create_contact(session, None, contact_draft(name=name))
    assert [one.name for one in looked(session, "amir").contacts] == ["Ola Amir", "Samira Eksempel"]


def test_two_letters_find_what_begins_with_them(session: Session, world: World):
    assert world.company in looked(session, "ru").companies
    assert not looked(session, "r").anything


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Bærum Øst", ["baerum", "oest"]),
        ("47 22 00 00 00", ["22000000"]),
        ("22-00-00-00", ["22000000"]),
        ("HTTPS://WWW.Verk.NO", ["verk.no"]),
        ("kari@verk.no", ["kari@verk.no"]),
        ("", []),
    ],
)
def test_what_is_typed_is_read_as_words(typed: str, words: list[str]):
    assert search_words(typed) == words
