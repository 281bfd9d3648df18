"""The demo as it stands when it is loaded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm.accounts import operations as accounts
from crm.accounts.models import LinkPurpose, User
from crm.activities import queries as activities
from crm.activities.models import Activity
from crm.companies.models import Company, Lead
from crm.demo.load import load_demo
from crm.errors import NotAllowed
from crm.orgnr import parse_orgnr
from crm.partners.models import Need
from tests.demo.conftest import Loaded
from tests.world import NOW, TODAY, World


@pytest.fixture
def session(loaded: Loaded) -> Iterator[Session]:
    """A session beside the loaded demo."""
    with loaded.maker() as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def demo(session: Session, loaded: Loaded) -> World:
    return loaded.world_in(session)


def test_what_somebody_took_out_does_not_come_back(session: Session, demo: World):
    session.delete(session.scalars(select(Activity).where(Activity.demo)).first())
    session.flush()
    assert not any(load_demo(session, now=NOW).values())


def test_its_companies_carry_synthetic_numbers_and_say_where_their_facts_are_from(
    session: Session, demo: World
):
    for company in session.scalars(select(Company).where(Company.demo)):
        assert parse_orgnr(company.orgnr or "", demo=True)[0] in "23"
        assert company.facts_source == "demo"
        assert company.purpose


def test_the_last_contact_of_each_lead_is_that_of_its_log(session: Session, demo: World):
    for lead in session.scalars(select(Lead)):
        newest = activities.newest_contact(session, lead.company_id)
        assert lead.last_contact_at == (newest.happened_at if newest else None)


def test_the_needs_can_still_be_met(session: Session, demo: World):
    assert all(
        need.valid_until and need.valid_until > TODAY
        for need in session.scalars(select(Need).where(Need.demo))
    )


def test_one_who_is_there_gets_a_share_of_the_leads(session: Session, demo: World):
    owned = session.scalar(select(func.count()).where(Lead.owner_id == demo.developer.id)) or 0
    assert 8 <= owned <= 12


def test_its_colleagues_cannot_sign_in(session: Session, demo: World):
    colleague = session.scalars(select(User).where(User.demo)).first()
    assert colleague
    with pytest.raises(NotAllowed):
        accounts.sign_in(session, colleague.email, "", address="::1", now=NOW)
    for purpose in LinkPurpose:
        with pytest.raises(NotAllowed):
            accounts.issue_link(session, colleague, purpose, now=NOW)
