"""A person is found wherever they stand, however they are written there; others are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from crm.errors import InvalidInput
from crm.privacy import contents, finding
from crm.privacy.drafts import likeness_draft
from crm.privacy.likeness import Likeness
from tests.privacy import planted
from tests.world import World


def test_a_person_planted_everywhere_is_found_everywhere(session: Session, world: World):
    contact = planted.person(session, world)
    places = planted.in_database(session, world, contact)
    found = {hit.place for hit in finding.find(session, finding.likeness_of(contact))}
    assert len(places) >= 50
    assert sorted(places - found) == []
    assert sorted(found - places) == []


def test_files_that_name_the_person_are_found(tmp_path: Path):
    named = planted.on_disk(tmp_path)
    person = likeness_draft(name=planted.NAME, email=planted.EMAIL, phone=planted.PHONE)
    assert {path.name for path in contents.naming(tmp_path, person)} == named


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "oeyvind testmann"},
        {"name": "Testmann, Øyvind"},
        {"email": planted.EMAIL},
        {"phone": "97456123"},
    ],
)
def test_whatever_is_typed_finds_the_contact_person(session: Session, world: World, typed: dict[str, str]):
    planted.person(session, world)
    places = {hit.place for hit in finding.find(session, likeness_draft(**typed))}
    assert places & {"contacts.name", "contacts.email", "contacts.phone"}


NAMED = [
    "Ring Kåre Ødegård-Lie i dag",
    "kaare odegaard lie",
    "KÅRE ØDEGÅRD LIE",
    "Ødegård-Lie, Kåre",
    "K. Ødegård Lie",
    "Kåre M. Ødegård-Lie",
    "Ka\u030are O\u0308degård-Lie",
    "kare.odegard.lie@firma.no",
    "Kåre Ødegård-Lies kontor",
    "(+47) 974-56-123",
    "97 45 61 23.",
    "0047 974 56 123",
    "tlf97456123",
    "KOL@eksempel.no",
]
NOT_NAMED = [
    "Kåre Ødegårdsvik", "Kari Ødegård-Lie", "974561234", "1974 56 123 5", "Kåre i Ødegården",
    "kol@eksempel.nord", "ikkekol@eksempel.no",
]  # fmt: skip
KARE = Likeness(names=("Kåre Ødegård-Lie",), emails=("kol@eksempel.no",), phones=("+4797456123",))


@pytest.mark.parametrize("text", NAMED)
def test_a_text_that_names_the_person_is_known(text: str):
    assert KARE.is_in(text)
    masked = KARE.masked(text, "[x]")
    assert "[x]" in masked
    assert not KARE.is_in(masked)


@pytest.mark.parametrize("text", NOT_NAMED)
def test_a_text_that_names_another_is_left_alone(text: str):
    assert KARE.masked(text, "[x]") == text


def test_in_a_text_about_the_person_one_part_of_the_name_is_enough():
    assert KARE.masked("Kåres bil. Han Ødegård.", "[x]", near=True) == "[x] bil. Han [x]."


def test_nothing_to_look_for_is_refused():
    with pytest.raises(InvalidInput):
        likeness_draft(name=" ", email="", phone="")
