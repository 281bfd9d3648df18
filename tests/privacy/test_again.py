"""What an older copy brings back is erased again; a copy for testing tells of nobody; touches are told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.cli.privacy import _without_people
from crm.consents import operations as consents
from crm.contacts import operations as contacts
from crm.contacts.drafts import contact_draft
from crm.contacts.models import Contact
from crm.privacy import erasing, files, finding, operations, queries
from crm.privacy.again import erase_again
from crm.privacy.models import Act, ErasureCause
from crm.storage import schema
from crm.storage.engines import open_database
from tests import world as worlds
from tests.privacy import planted
from tests.privacy.test_erasing import MARKERS, wanted
from tests.world import NOW, World


def test_an_older_copy_is_erased_again_and_others_are_left(session: Session, world: World, tmp_path: Path):
    contact = planted.person(session, world)
    planted.in_database(session, world, contact)
    with session.begin_nested() as older:
        made = erasing.erase(
            session,
            None,
            finding.likeness_of(contact),
            cause=ErasureCause.ASKED,
            now=NOW + timedelta(days=9999),
        )
        salt, hashes, at = consents.salt(session), made.hashes, made.at
        older.rollback()
    files.remember(tmp_path, salt=salt, hashes=hashes, cause="asked", at=at)
    session.expire_all()
    assert session.scalar(select(Contact.name).where(Contact.id == contact.id)) == planted.NAME
    assert erase_again(session, tmp_path, now=NOW) == 1
    assert {hit.place for hit in finding.find(session, wanted())} == {
        "users.email", "users.email_key", "users.name",
    }  # fmt: skip
    assert session.get(Contact, world.person.id) is not None
    assert erase_again(session, tmp_path, now=NOW) == 0


def test_who_came_back_later_is_not_erased_again(session: Session, world: World, tmp_path: Path):
    contact = planted.person(session, world)
    made = erasing.erase(session, None, finding.likeness_of(contact), cause=ErasureCause.ASKED, now=NOW)
    files.remember(tmp_path, salt=consents.salt(session), hashes=made.hashes, cause="asked", at=made.at)
    contacts.create_contact(session, None, contact_draft(name=planted.NAME, email=planted.EMAIL))
    assert erase_again(session, tmp_path, now=NOW) == 0


def test_a_copy_for_testing_tells_of_nobody(tmp_path: Path):
    path = tmp_path / "copy.sqlite"
    opened = open_database(f"sqlite:///{path}")
    schema.upgrade(opened.engine)
    with opened.Write() as session:
        world = worlds.build(session)
        planted.in_database(session, world, planted.person(session, world))
        session.commit()
    opened.dispose()
    assert _without_people(path) > 40
    left = path.read_bytes()
    assert [
        marker for marker in [*MARKERS, "Kari Eksempel", "Rullestolverkstedet"] if marker.encode() in left
    ] == []


def test_who_saw_and_changed_a_record_is_told(session: Session, world: World):
    person = world.person.id
    operations.note_access(
        session, world.reader.id, Act.EXPORT, subject="contacts", ids=[person, person + 7], now=NOW
    )
    operations.note_access(
        session, world.reader.id, Act.EXPORT, subject="contacts", ids=[person + 7], now=NOW
    )
    span = {"since": NOW - timedelta(days=3650), "until": NOW + timedelta(days=3650)}
    found = queries.touched(session, "contacts", [person], **span)
    assert [(touch.user, touch.act, touch.times, touch.records) for touch in found] == [
        ("Dev Eksempel", "contact:create", 1, 1),
        ("Reader Eksempel", "export", 1, 1),
    ]
    assert queries.seen_by(session, "contacts", person) == [(NOW, "export", "Reader Eksempel")]
