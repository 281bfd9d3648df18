from __future__ import annotations

import pytest

from crm.cli.leads import _COLUMNS as OURS
from crm.exchange.fields import Field
from crm.exchange.mapping import guess, key_of, remembered

NORWEGIAN = {
    "Org nr": Field.ORGNR,
    "Firma": Field.NAME,
    "Kommune": Field.MUNICIPALITY,
    "Antall ansatte": Field.EMPLOYEES,
    "Kontaktperson": Field.PERSON,
    "Kontaktperson mobil": Field.PERSON_PHONE,
    "E-post": Field.PERSON_EMAIL,
    "Status": Field.STAGE,
    "Kommentar": Field.NOTE,
    "Oppfølging": Field.NEXT_STEP,
    "Frist": Field.NEXT_STEP_ON,
    "Telefon firma": Field.PHONE,
    "Yndlingsfarge": Field.NONE,
}
ENGLISH = {
    "Company name": Field.NAME,
    "Organization number": Field.ORGNR,
    "First name": Field.FIRST_NAME,
    "Last name": Field.LAST_NAME,
    "Job title": Field.TITLE,
    "Email": Field.PERSON_EMAIL,
    "Mobile": Field.PERSON_PHONE,
    "Website": Field.HOME_PAGE,
    "Notes": Field.NOTE,
    "Owner": Field.OWNER,
}


@pytest.mark.parametrize("expected", [NORWEGIAN, ENGLISH])
def test_headings_are_understood(expected: dict[str, Field]):
    assert dict(zip(expected, guess(list(expected), []), strict=True)) == expected


def test_spelling_and_punctuation_do_not_matter():
    assert guess(["ORG.NR.:", "Firmanamn", "Komune"], []) == [Field.ORGNR, Field.NAME, Field.MUNICIPALITY]


def test_values_say_what_headings_do_not():
    rows = [
        ["974760673", "kari@example.no", "22 00 00 00", "www.example.no", "32.500", "Blå"],
        ["983971709", "ola@example.no", "+47 91 23 45 67", "example.com", "62.010", "Rød"],
    ]
    assert guess(["a", "b", "c", "d", "e", "f"], rows) == [
        Field.ORGNR,
        Field.EMAIL,
        Field.PHONE,
        Field.HOME_PAGE,
        Field.INDUSTRY,
        Field.NONE,
    ]


def test_a_bare_phone_is_the_persons_where_there_is_a_person_and_else_the_companys():
    assert guess(["Firma", "Telefon", "E-post"], []) == [Field.NAME, Field.PHONE, Field.EMAIL]
    assert guess(["Firma", "Kontakt", "Telefon"], []) == [Field.NAME, Field.PERSON, Field.PERSON_PHONE]
    assert guess(["Firma", "Kontakt", "Telefon", "Mobil"], [])[2:] == [Field.PHONE, Field.PERSON_PHONE]


def test_a_bare_name_is_the_companys_or_the_persons():
    assert guess(["Orgnr", "Navn"], []) == [Field.ORGNR, Field.NAME]
    assert guess(["Firma", "Navn", "Stilling"], []) == [Field.NAME, Field.PERSON, Field.TITLE]


def test_two_columns_never_share_a_field_but_notes_may():
    fields = guess(["Firma", "Bedrift", "Notat", "Kommentar"], [["A", "", "x", "y"], ["B", "C", "", "z"]])
    assert fields == [Field.NAME, Field.NONE, Field.NOTE, Field.NOTE]


def test_our_own_lists_are_understood_in_every_column():
    fields = dict(zip(OURS, guess(list(OURS.values()), []), strict=True))
    left_out = {"industry", "last_contact", "last_contact_kind"}
    renamed = {"industry_code": Field.INDUSTRY}
    for name, field in fields.items():
        assert field == (Field.NONE if name in left_out else renamed.get(name, name)), name


def test_what_was_chosen_is_remembered_by_headings_whatever_their_order():
    kept = {"farge": "note", "firma": "name"}
    assert remembered(["firma", "FARGE"], kept) == [Field.NAME, Field.NOTE]
    assert remembered(["firma", "annet"], kept) is None
    assert key_of(["Farge", "Firma"]) == key_of(["FIRMA ", "farge"])
