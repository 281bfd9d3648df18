"""Who may be addressed: a yes for what asks for one, a no at once, and never a shut address."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from crm.consents import operations, queries
from crm.consents.drafts import consent_draft, objection_draft
from crm.consents.models import About, Address, Channel, Why
from crm.contacts.models import Contact
from crm.errors import Conflict, InvalidInput
from tests.world import NOW, World


@pytest.fixture
def person(session: Session, world: World) -> Contact:
    world.person.email, world.person.email_key = "Kari@eksempel.no", "kari@eksempel.no"
    session.flush()
    return world.person


def agree(session: Session, person: Contact, about: About = About.NEWSLETTER) -> None:
    draft = consent_draft(
        about=about, channel="email", basis="consent", source="Skjema", given_on=date(2026, 11, 1)
    )
    operations.give(session, None, person, draft, now=NOW)


def may(session: Session, person: Contact, about: About, channel: Channel = Channel.EMAIL) -> bool:
    return person.id in queries.addressable(session, [person], about, channel)


def test_dealings_go_until_somebody_says_no_and_newsletters_wait_for_a_yes(session: Session, person: Contact):
    assert may(session, person, About.DEALINGS)
    assert not may(session, person, About.NEWSLETTER)
    agree(session, person)
    assert may(session, person, About.NEWSLETTER)
    assert not may(session, person, About.INVITATIONS)
    assert not may(session, person, About.NEWSLETTER, Channel.SMS)


def test_a_no_counts_at_once_and_a_later_yes_after_it(session: Session, person: Contact):
    agree(session, person)
    for about in About:
        no = objection_draft(about=about, channel="email", how="Sa det på telefon")
        operations.withdraw(session, None, person, no, now=NOW)
        assert not may(session, person, about)
    agree(session, person)
    assert may(session, person, About.NEWSLETTER)
    assert may(session, person, About.DEALINGS, Channel.PHONE)


def test_a_shut_address_stays_shut_whoever_has_it(session: Session, person: Contact):
    agree(session, person)
    operations.suppress(session, Address.EMAIL, "kari@eksempel.no", Why.OBJECTED, now=NOW)
    assert not any(may(session, person, about) for about in About)
    with pytest.raises(Conflict):
        agree(session, person)


def test_a_hundred_shut_addresses_that_come_back_cannot_be_written_to(session: Session, world: World):
    emails = [f"person{number}@eksempel.no" for number in range(100)]
    for email in emails:
        operations.suppress(session, Address.EMAIL, email, Why.ERASED, now=NOW)
    again = [
        Contact(name=email, name_key=email, sort_key=email, email=email.upper(), email_key=email, roles=[])
        for email in emails
    ]
    session.add_all(again)
    session.flush()
    assert queries.addressable(session, again, About.DEALINGS, Channel.EMAIL) == set()


def test_a_newsletter_by_mail_on_legitimate_interest_is_refused():
    with pytest.raises(InvalidInput):
        consent_draft(
            about="newsletter",
            channel="email",
            basis="legitimate_interest",
            source="Kort",
            given_on=date(2026, 11, 1),
        )
