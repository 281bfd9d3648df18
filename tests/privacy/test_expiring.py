"""What the rules say has been kept long enough goes once a day; persons are shown, never erased alone."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm.accounts.models import SignInFailure
from crm.activities.models import Activity, Kind
from crm.contacts.models import Contact
from crm.history.models import Entry
from crm.privacy import expiring
from crm.privacy.models import Access, Act, Hold
from tests.world import NOW, TODAY, World

YEARS = timedelta(days=365)


def _wrong_password(session: Session, *, at: datetime) -> None:
    session.add(SignInFailure(email_key="x@example.org", address="127.0.0.1", at=at))


def _looked(session: Session, world: World, *, at: datetime) -> None:
    seen = Access(user_id=world.reader.id, act=Act.VIEW, subject="contacts", rows=1, at=at, ids=[])
    session.add(seen)


def test_each_table_loses_exactly_what_its_rule_says(session: Session, world: World):
    for days, gone in ((80, False), (100, True)):
        _wrong_password(session, at=NOW - timedelta(days=days))
        _looked(session, world, at=NOW - timedelta(days=days if not gone else 800))
    session.add(
        Entry(
            at=NOW - 6 * YEARS,
            action="lead:move",
            subject="leads",
            subject_id=world.lead.id,
            changes={"stage": ["a", "b"]},
        )
    )
    session.flush()
    foretold = expiring.outdated(session, now=NOW)
    assert foretold == {"access_log": 1, "sign_in_failures": 1, "history": 1}
    assert expiring.tidy(session, now=NOW) == foretold
    session.flush()
    assert session.scalar(select(func.count(SignInFailure.id))) == 1
    old = session.scalars(select(Entry).where(Entry.at < NOW - 5 * YEARS)).one()
    session.refresh(old)
    assert (old.action, old.changes) == ("lead:move", {})
    assert expiring.outdated(session, now=NOW) == {}


def test_a_day_is_tidied_once(session: Session, world: World):
    expiring.tidy(session, now=NOW)
    session.flush()
    assert not expiring.is_due(session, now=NOW)
    _wrong_password(session, at=NOW - YEARS)
    session.flush()
    assert expiring.tidy(session, now=NOW) == {}
    assert expiring.tidy(session, now=NOW + timedelta(days=1)) == {"sign_in_failures": 1}


def test_persons_nobody_talks_with_are_shown_and_those_held_or_talked_with_are_not(
    session: Session, world: World
):
    later = NOW + 3 * YEARS
    names = {person.id for person in session.scalars(expiring.long_kept(later))}
    assert world.person.id in names
    hold = Hold(contact_id=world.person.id, reason="Arkivloven", review_on=TODAY + 4 * YEARS, at=NOW)
    session.add(hold)
    session.flush()
    assert world.person.id not in {person.id for person in session.scalars(expiring.long_kept(later))}
    session.delete(hold)
    told = {"company_id": world.company.id, "contact_id": world.person.id, "by_id": world.developer.id}
    session.add(Activity(kind=Kind.CALL, text="Hei", happened_at=later - YEARS, **told))
    session.flush()
    assert world.person.id not in {person.id for person in session.scalars(expiring.long_kept(later))}
    assert expiring.tidy(session, now=later).get("contacts") is None
    assert session.get(Contact, world.person.id) is not None


def test_the_page_tells_the_rules_and_what_goes_tonight(administrator: FlaskClient, db: Session, site: World):
    _wrong_password(db, at=NOW - 3 * YEARS)
    db.commit()
    page = administrator.get("/privacy/kept").text
    assert "I 24 måneder." in page
    assert "Mislykkede innlogginger" in page
