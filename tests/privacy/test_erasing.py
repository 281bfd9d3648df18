"""Erasing leaves nothing: not in a table, not in the file, not in its log; freezing can be taken back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.activities.models import Activity
from crm.consents import queries as consents
from crm.consents.models import Address
from crm.contacts.models import Contact
from crm.errors import Conflict
from crm.history.models import Entry
from crm.privacy import erasing, finding, freezing
from crm.privacy.likeness import Likeness
from crm.privacy.models import ErasureCause, ErasureRecord, Hold
from crm.storage import schema
from crm.storage.engines import open_database
from crm.storage.erasing import settle
from tests import world as worlds
from tests.privacy import planted
from tests.world import NOW, TODAY, World

STAY = {"users.email", "users.email_key", "users.name"}
MARKERS = [
    "Testmann", "TESTMANN", "testmann", "oyvind.testmann@eksempel.no", "+4797456123", "97456123",
    "97 45 61 23", "974.56.123", "Øyvind", "O\u0308yvind", "\\u00d8yvind",
]  # fmt: skip


def wanted() -> Likeness:
    return Likeness(names=(planted.NAME,), emails=(planted.EMAIL,), phones=("+4797456123",))


def test_nothing_but_the_user_account_is_left_and_that_is_told_beforehand(session: Session, world: World):
    contact = planted.person(session, world)
    planted.in_database(session, world, contact)
    told = erasing.preview(session, finding.likeness_of(contact))
    assert {hit.place for hit in told.stays} == STAY
    calls = len(session.scalars(select(Activity)).all())
    erasing.erase(
        session, world.administrator.id, finding.likeness_of(contact), cause=ErasureCause.ASKED, now=NOW
    )
    assert {hit.place for hit in finding.find(session, wanted())} == STAY
    assert len(session.scalars(select(Activity)).all()) == calls
    assert "[slettet]" in {part for text in session.scalars(select(Activity.text)) for part in text.split()}


def test_the_trail_tells_that_somebody_was_erased_and_not_who(session: Session, world: World):
    contact = planted.person(session, world)
    erasing.erase(
        session, world.administrator.id, finding.likeness_of(contact), cause=ErasureCause.OBJECTED, now=NOW
    )
    line = session.scalars(select(Entry).where(Entry.action == "person:erase")).one()
    assert line.changes["cause"] == "objected"
    assert line.actor_id == world.administrator.id
    record = session.scalars(select(ErasureRecord)).one()
    assert record.scope["contacts.name"] == 1
    assert "Testmann" not in str(record.hashes)


def test_others_are_left_as_they_are(session: Session, world: World):
    contact = planted.person(session, world)
    planted.in_database(session, world, contact)
    note = session.scalars(select(Activity).where(Activity.contact_id.is_(None))).first()
    assert note is not None
    note.text = "Kari Eksempel og Øyvind Testrud, 22 00 00 00"
    session.flush()
    erasing.erase(session, None, finding.likeness_of(contact), cause=ErasureCause.ASKED, now=NOW)
    assert note.text == "Kari Eksempel og Øyvind Testrud, 22 00 00 00"
    assert session.get(Contact, world.person.id) is not None


def test_an_erased_address_is_known_again_however_it_is_written(session: Session, world: World):
    contact = planted.person(session, world)
    erasing.erase(session, None, finding.likeness_of(contact), cause=ErasureCause.ASKED, now=NOW)
    emails = [planted.EMAIL, f" {planted.EMAIL.upper()} ", "annen@eksempel.no"]
    assert consents.suppressed(session, Address.EMAIL, emails) == set(emails[:2])
    phones = ["974 56 123", "+4797456123", "0047 97456123", "22 00 00 00"]
    assert consents.suppressed(session, Address.PHONE, phones) == set(phones[:3])


def test_who_must_be_kept_is_kept_and_the_reason_told(session: Session, world: World):
    session.add(Hold(contact_id=world.person.id, reason="Arkivloven", review_on=TODAY + timedelta(days=365)))
    session.flush()
    with pytest.raises(Conflict, match="Arkivloven"):
        erasing.erase(session, None, finding.likeness_of(world.person), cause=ErasureCause.ASKED, now=NOW)


def test_a_frozen_person_stands_nowhere_and_is_put_back_to_the_letter(session: Session, world: World):
    contact = planted.person(session, world)
    planted.in_database(session, world, contact)
    before = sorted((hit.place, hit.key, hit.excerpt) for hit in finding.find(session, wanted()))
    freezing.restrict(session, world.administrator.id, contact, reason="Bestrider riktigheten", now=NOW)
    assert {hit.place for hit in finding.find(session, wanted())} - STAY == {"sealed_values.before"}
    assert contact.restricted
    assert "Testmann" not in contact.name
    assert freezing.lift(session, world.administrator.id, contact) == 0
    after = sorted((hit.place, hit.key, hit.excerpt) for hit in finding.find(session, wanted()))
    assert after == before


def test_a_frozen_person_can_be_erased(session: Session, world: World):
    contact = planted.person(session, world)
    planted.in_database(session, world, contact)
    freezing.restrict(session, world.administrator.id, contact, reason="Bestrider", now=NOW)
    person = erasing.likeness(session, contact)
    assert person.names == (planted.NAME,)
    erasing.erase(session, None, person, cause=ErasureCause.ASKED, now=NOW)
    assert {hit.place for hit in finding.find(session, wanted())} == STAY


def test_no_byte_of_the_person_is_left_in_the_database_or_its_log(tmp_path: Path):
    opened = open_database(f"sqlite:///{tmp_path / 'crm.sqlite'}")
    schema.upgrade(opened.engine)
    with opened.Write() as session:
        world = worlds.build(session)
        contact = planted.person(session, world)
        planted.in_database(session, world, contact)
        for user in list(session.scalars(select(planted.User).where(planted.User.name == planted.NAME))):
            session.delete(user)
        session.commit()
        assert hits(tmp_path) != {}
        erasing.erase(
            session, world.administrator.id, finding.likeness_of(contact), cause=ErasureCause.ASKED, now=NOW
        )
        session.commit()
    assert settle(opened.engine)
    assert hits(tmp_path) == {}
    opened.dispose()


def hits(folder: Path) -> dict[str, list[str]]:
    """The markers whose bytes stand in each file of a folder."""
    found = {
        path.name: [marker for marker in MARKERS if marker.encode() in path.read_bytes()]
        for path in folder.iterdir()
    }
    return {name: markers for name, markers in found.items() if markers}
