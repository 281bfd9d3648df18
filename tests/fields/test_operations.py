"""Own fields on both databases: made without a migration, filled in by type, read by trail and matching."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.companies.models import Company
from crm.contacts import operations as contacts
from crm.errors import Conflict, InvalidInput
from crm.fields import operations, queries
from crm.fields.drafts import checked_value, code_of, field_draft, parse_value, shown
from crm.fields.models import FieldKind, OwnField, OwnValue, Subject, Value
from crm.history import queries as history
from tests.world import NOW, World


def field(session: Session, name: str = "Lærlinger", kind: str = "number", **more: Any) -> OwnField:
    draft = field_draft(name=name, kind=kind, **more)
    return operations.create_field(session, None, more.pop("subject", Subject.COMPANY), draft)


def made(kind: str, *choices: str) -> OwnField:
    return OwnField(
        subject=Subject.COMPANY, code="x", name="Felt", kind=FieldKind(kind), choices=list(choices)
    )


def test_a_field_is_filled_in_and_read_back_by_its_code(session: Session, world: World):
    apprentices = field(session)
    level = field(session, "Modenhet", "choice", choices=["Tidlig", "Moden"])
    visited = field(session, "Sist på besøk", "date")
    wanted: dict[OwnField, Value | None] = {apprentices: 3.0, level: "Moden", visited: date(2026, 5, 17)}
    version = world.company.version
    assert operations.set_values(session, world.developer.id, Subject.COMPANY, world.company, wanted)
    assert queries.values_of(session, Subject.COMPANY, [world.company.id, world.other.id]) == {
        world.company.id: {"laerlinger": 3.0, "modenhet": "Moden", "sist_paa_besoek": date(2026, 5, 17)}
    }
    assert world.company.version == version + 1


def test_the_trail_says_what_a_field_was_and_became(session: Session, world: World):
    apprentices = field(session)
    operations.set_values(session, world.developer.id, Subject.COMPANY, world.company, {apprentices: 3.0})
    operations.set_values(session, world.developer.id, Subject.COMPANY, world.company, {apprentices: 4.0})
    assert not operations.set_values(session, None, Subject.COMPANY, world.company, {apprentices: 4.0})
    operations.set_values(session, world.developer.id, Subject.COMPANY, world.company, {apprentices: None})
    session.flush()
    trail = session.scalars(history.entries_of("companies", world.company.id)).all()
    changed = [entry.changes for entry in trail if entry.action == "company:own"]
    assert sorted(changed, key=str) == sorted(
        [
            {"own.laerlinger": [None, 3.0]},
            {"own.laerlinger": [3.0, 4.0]},
            {"own.laerlinger": [4.0, None]},
        ],
        key=str,
    )
    assert session.scalars(select(OwnValue)).all() == []


def test_persons_and_needs_have_fields_of_their_own(session: Session, world: World):
    on_person = operations.create_field(
        session, None, Subject.CONTACT, field_draft(name="Hilsen", kind="text")
    )
    on_need = operations.create_field(
        session, None, Subject.NEED, field_draft(name="Budsjett", kind="number")
    )
    operations.set_values(session, None, Subject.CONTACT, world.person, {on_person: "Hei\nKari"})
    operations.set_values(session, None, Subject.NEED, world.need, {on_need: 2.5})
    assert queries.values_of(session, Subject.CONTACT, [world.person.id]) == {
        world.person.id: {"hilsen": "Hei\nKari"}
    }
    assert queries.values_of(session, Subject.NEED, [world.need.id]) == {world.need.id: {"budsjett": 2.5}}
    contacts.delete_contact(session, None, world.person)
    session.flush()
    assert session.scalars(select(OwnValue.contact_id).where(OwnValue.contact_id.is_not(None))).all() == []


def test_a_name_is_taken_once_among_those_in_use_and_a_code_for_good(session: Session, world: World):
    first = field(session)
    with pytest.raises(Conflict):
        field(session, "LÆRLINGER")
    operations.retire_field(session, None, first, retired=True, now=NOW)
    second = field(session)
    assert (first.code, second.code) == ("laerlinger", "laerlinger_2")
    with pytest.raises(Conflict):
        operations.retire_field(session, None, first, retired=False, now=NOW)
    assert queries.in_use(session, Subject.COMPANY) == [second]


def test_a_retired_field_keeps_what_was_filled_in(session: Session, world: World):
    apprentices = field(session)
    operations.set_values(session, None, Subject.COMPANY, world.company, {apprentices: 3.0})
    operations.retire_field(session, None, apprentices, retired=True, now=NOW)
    assert queries.values_of(session, Subject.COMPANY, [world.company.id]) == {}
    operations.retire_field(session, None, apprentices, retired=False, now=NOW)
    assert queries.values_of(session, Subject.COMPANY, [world.company.id]) == {
        world.company.id: {"laerlinger": 3.0}
    }


def test_a_choice_in_use_stays_and_a_kind_never_changes(session: Session, world: World):
    level = field(session, "Modenhet", "choice", choices=["Tidlig", "Moden", "Sen"])
    operations.set_values(session, None, Subject.COMPANY, world.company, {level: "Moden"})
    with pytest.raises(Conflict):
        operations.change_field(
            session, None, level, field_draft(name="Modenhet", kind="choice", choices=["Tidlig", "Sen"])
        )
    operations.change_field(
        session, None, level, field_draft(name="Nivå", kind="choice", choices=["Moden", "Tidlig"])
    )
    assert (level.name, level.code, level.choices) == ("Nivå", "modenhet", ["Moden", "Tidlig"])
    with pytest.raises(Conflict):
        operations.change_field(session, None, level, field_draft(name="Nivå", kind="text"))


def test_what_counts_in_the_matching_is_told_as_text(session: Session, world: World):
    known_for = field(session, "Kjent for", "text", matching=True)
    level = field(session, "Modenhet", "choice", choices=["Tidlig", "Moden"], matching=True)
    silent = field(session, "Internt", "text")
    wanted: dict[OwnField, Value | None] = {known_for: "Sveising", level: "Moden", silent: "x"}
    operations.set_values(session, None, Subject.COMPANY, world.company, wanted)
    told = queries.matching_texts(session, Subject.COMPANY)
    assert told == {world.company.id: "Sveising\nModenhet: Moden"}
    assert queries.matching_texts(session, Subject.COMPANY, [world.other.id]) == {}


def test_many_records_are_filled_in_at_once(session: Session, world: World):
    apprentices = field(session)
    changes = operations.write_values(
        session,
        Subject.COMPANY,
        {world.company.id: {apprentices.id: 3.0}, world.other.id: {apprentices.id: None}},
        {apprentices.id: apprentices},
    )
    assert changes == {world.company.id: {"own.laerlinger": [None, 3.0]}}
    session.flush()
    assert queries.counts(session) == {apprentices.id: 1}


def test_a_company_that_goes_takes_its_values_along(session: Session, world: World):
    apprentices = field(session)
    operations.set_values(session, None, Subject.COMPANY, world.other, {apprentices: 3.0})
    session.delete(session.get_one(Company, world.other.id))
    session.flush()
    assert session.scalars(select(OwnValue.id)).all() == []


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("number", "1 200,5", 1200.5),
        ("number", "\u2212 3", -3.0),
        ("date", "17.5.2026", date(2026, 5, 17)),
        ("date", "2026-05-17", date(2026, 5, 17)),
        ("choice", " ærfugl ", "Ærfugl"),
        ("text", " en\n to ", "en\nto"),
        ("number", "  ", None),
    ],
)
def test_what_norwegians_type_is_understood(kind: str, typed: str, value: Value | None):
    known = made(kind, "Ærfugl", "Gås")
    assert parse_value(known, typed) == value
    assert parse_value(known, shown(value)) == value


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("number", "tre"), ("number", "1e999"), ("number", "nan"), ("number", "9" * 17),
        ("date", "31.2.2026"), ("choice", "svane"), ("text", "x" * 2001),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_names_the_field(kind: str, typed: str):
    with pytest.raises(InvalidInput) as refused:
        parse_value(made(kind, "Ærfugl", "Gås"), typed)
    assert refused.value.field == "own-x"


def test_values_that_have_a_type_are_checked_too():
    assert checked_value(made("number"), 3) == 3.0
    assert checked_value(made("number"), 2.25) == 2.25
    assert checked_value(made("text"), 12) == "12"
    assert checked_value(made("date"), date(2026, 1, 2)) == date(2026, 1, 2)
    assert checked_value(made("text"), None) is None
    for kind, value in (("number", True), ("date", 3), ("number", [1])):
        with pytest.raises(InvalidInput):
            checked_value(made(kind), value)


@pytest.mark.parametrize(
    ("name", "kind", "choices"),
    [(" ", "text", []), ("x" * 61, "text", []), ("x", "money", []), ("x", "choice", ["a", " A "])],
)
def test_what_cannot_be_a_field_is_refused(name: str, kind: str, choices: list[str]):
    with pytest.raises(InvalidInput):
        field_draft(name=name, kind=kind, choices=choices)


def test_a_code_is_small_letters_and_figures():
    assert code_of("Antall lærlinger (2026)") == "antall_laerlinger_2026"
    assert code_of("???") == "felt"
