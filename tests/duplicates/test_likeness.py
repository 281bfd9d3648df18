"""How like two are: the same measure for what is typed and what is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.duplicates import likeness
from crm.duplicates.likeness import LIKELY, WORTH_A_LOOK, CompanyTraits, PersonTraits, Sign

VERK = CompanyTraits(
    name="verkstedet", orgnr="974760673", phone="22000000", domains=frozenset({"verk.no"}), place="elverum"
)


def company(**known: object) -> CompanyTraits:
    return CompanyTraits(**({"name": "noe annet"} | known))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other",
    [
        company(orgnr="974760673"),
        company(name="verkstedet", place="elverum"),
        company(name="verksteedt", phone="22000000"),
        company(phone="22000000", domains=frozenset({"verk.no"})),
        company(domains=frozenset({"verk.no"}), place="elverum"),
        company(former=frozenset({"verkstedet"}), place="elverum"),
    ],
)
def test_what_is_surely_worth_asking_about_is(other: CompanyTraits):
    assert likeness.companies(VERK, other).points >= LIKELY


@pytest.mark.parametrize(
    "other",
    [
        company(),
        company(phone="22000000", domains=frozenset({"verk.no"}), orgnr="983971709", place="elverum"),
        company(name="verkstedet", place="oslo", orgnr="983971709"),
        company(place="elverum"),
    ],
)
def test_mother_and_daughter_namesakes_and_neighbours_are_no_pair(other: CompanyTraits):
    assert likeness.companies(VERK, other).points < WORTH_A_LOOK


def test_a_switchboard_makes_no_pair_alone():
    other = company(phone="22000000", domains=frozenset({"verk.no"}), place="elverum")
    assert likeness.companies(VERK, other).points >= LIKELY
    found = likeness.companies(VERK, other, shared={"22000000", "verk.no"})
    assert found.points < WORTH_A_LOOK
    assert Sign.SHARED in found.signs


def test_a_number_in_the_name_keeps_two_apart():
    one, other = (CompanyTraits(name=f"bygg nummer {number}", place="elverum") for number in (1, 2))
    assert likeness.companies(one, other).points < WORTH_A_LOOK


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("kari eksempel", "eksempel kari", True),
        ("kari anne eksempel", "kari eksempel", True),
        ("kari eksempel", "kari eksempl", True),
        ("kari eksempel", "ola eksempel", False),
    ],
)
def test_two_at_one_company_are_one_where_their_names_are(one: str, other: str, alike: bool):
    known = {"companies": frozenset({1})}
    found = likeness.persons(PersonTraits(name=one, **known), PersonTraits(name=other, **known))
    assert (found.points >= LIKELY) is alike


def test_colleagues_with_the_same_mailbox_are_two():
    one, other = (PersonTraits(name=name, email="post@verk.no") for name in ("kari hansen", "ola berg"))
    assert likeness.persons(one, other).points < WORTH_A_LOOK


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("https://www.Verk.no:8080/om?x=1", "verk.no"),
        ("VERK.NO", "verk.no"),
        ("kari@verk.no", "verk.no"),
        ("kari@gmail.com", ""),
        ("https://nb-no.facebook.com/verk", ""),
        ("", ""),
        (None, ""),
        ("ikke en adresse", ""),
    ],
)
def test_a_domain_is_somebodys_own_or_nothing(address: str | None, domain: str):
    assert likeness.domain_of(address) == domain


TRAITS = st.builds(
    CompanyTraits,
    name=st.sampled_from(["", "verk", "verket", "annet"]),
    orgnr=st.sampled_from(["", "1", "2"]),
    phone=st.sampled_from(["", "22000000", "33000000"]),
    email=st.sampled_from(["", "a@b.no", "c@d.no"]),
    domains=st.frozensets(st.sampled_from(["b.no", "d.no"])),
    place=st.sampled_from(["", "elverum", "oslo"]),
)


@given(TRAITS, TRAITS)
def test_likeness_is_the_same_both_ways(one: CompanyTraits, other: CompanyTraits):
    assert likeness.companies(one, other).points == likeness.companies(other, one).points
    assert 0 <= likeness.companies(one, other).points <= 100
