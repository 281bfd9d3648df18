"""People: found in any form, corrected by one at a time, and forgotten."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from crm.contacts import operations, queries
from crm.contacts.drafts import contact_draft
from crm.errors import Conflict
from crm.history.models import Entry
from tests.world import TODAY, World


def stored(session: Session, world: World) -> None:
    draft = contact_draft(name="Kåre Østby", phone="+47 911 22 333", email="kare@Sjukehus.no")
    operations.create_contact(session, world.developer.id, draft)
    session.flush()


@pytest.mark.parametrize(
    "typed",
    [
        "kåre",
        "KAARE oestby",
        "91122333",
        "911 22 333",
        "+4791122333",
        "0047 911 22 333",
        "kare@sjukehus",
        "sjukehus.no",
    ],
)
def test_a_person_is_found_by_name_number_or_address(session: Session, world: World, typed: str):
    stored(session, world)
    assert [person.name for person in session.scalars(queries.contacts(typed))] == ["Kåre Østby"]
    assert queries.count_contacts(session, typed) == 1


def test_who_has_the_same_number_or_address_is_pointed_out(session: Session, world: World):
    stored(session, world)
    alike = queries.look_alikes(session, email="KARE@sjukehus.no", phone=None)
    assert [person.name for person in alike] == ["Kåre Østby"]
    assert [p.name for p in queries.look_alikes(session, email=None, phone="+4722000000")] == [
        "Kari Eksempel"
    ]
    assert list(queries.look_alikes(session, email=None, phone=None)) == []


def test_the_second_of_two_editors_is_told(session: Session, world: World):
    draft, seen = contact_draft(name="Kari Ny"), world.person.version
    operations.update_contact(session, world.developer.id, world.person, draft, seen=seen)
    with pytest.raises(Conflict, match="Noen andre"):
        operations.update_contact(session, world.developer.id, world.person, draft, seen=seen)


def test_the_trail_of_a_person_holds_no_content(session: Session, world: World):
    operations.update_contact(session, world.developer.id, world.person, contact_draft(name="Kari Ny"))
    entry = session.query(Entry).filter_by(action="contact:update").one()
    assert set(entry.changes.values()) == {None}


def test_informed_can_be_taken_back(session: Session, world: World):
    operations.mark_informed(session, world.developer.id, world.person, on=TODAY)
    assert world.person.informed_on == TODAY
    operations.mark_informed(session, world.developer.id, world.person, on=None)
    assert world.person.informed_on is None


def test_a_role_ends_and_the_person_stays(session: Session, world: World):
    contact = queries.get_contact(session, world.person.id)
    operations.remove_role(session, world.developer.id, contact, contact.roles[0])
    session.expire_all()
    assert queries.get_contact(session, world.person.id).roles == []
