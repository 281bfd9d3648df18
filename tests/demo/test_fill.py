"""Synthetic records for measuring: the right number of them, sound, and the same ones every time."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm.activities import queries as activities
from crm.activities.models import Activity
from crm.companies import operations as companies
from crm.companies.drafts import company_draft
from crm.companies.models import RESTING, Company, Lead
from crm.contacts.models import CompanyRole, Contact
from crm.demo import content
from crm.demo.fill import fill
from crm.orgnr import parse_orgnr
from tests.demo.snapshots import dangling
from tests.world import NOW, World

COUNT = 60


@pytest.fixture
def filled(session: Session, world: World) -> dict[str, int]:
    return fill(session, count=COUNT, now=NOW)


def test_each_company_has_a_lead_two_persons_and_ten_activities(session: Session, filled: dict[str, int]):
    assert filled["companies"] == filled["leads"] == COUNT
    assert filled["contacts"] == filled["company_roles"] == 2 * COUNT
    assert filled["activities"] == 10 * COUNT
    assert COUNT / 5 < filled["follow_ups"] < COUNT
    persons = select(func.count(CompanyRole.id)).join(CompanyRole.contact).where(Contact.demo)
    assert set(session.scalars(persons.group_by(CompanyRole.company_id))) == {2}
    assert dangling(session) == []


def test_the_numbers_are_synthetic_and_none_is_one_of_the_demos(session: Session, filled: dict[str, int]):
    numbers = session.scalars(select(Company.orgnr).where(Company.demo)).all()
    assert len(set(numbers)) == COUNT
    assert all(parse_orgnr(number or "", demo=True)[0] == "2" for number in numbers)
    assert not content.numbers() & set(numbers)


def test_the_last_contact_of_each_lead_is_that_of_its_log(session: Session, filled: dict[str, int]):
    leads = session.scalars(select(Lead).join(Lead.company).where(Company.demo)).all()
    for lead in leads:
        newest = activities.newest_contact(session, lead.company_id)
        seen = (lead.last_contact_at, lead.last_contact_by_id, lead.last_contact_kind)
        assert seen == (
            (newest.happened_at, newest.by_id, newest.kind.value) if newest else (None, None, None)
        )


def test_they_are_spread_over_stages_owners_segments_and_places(session: Session, filled: dict[str, int]):
    leads = session.scalars(select(Lead).join(Lead.company).where(Company.demo)).all()
    assert len({lead.stage for lead in leads}) >= 7
    assert len({lead.owner_id for lead in leads}) >= 4
    assert all(lead.resting_reason for lead in leads if lead.stage in RESTING)
    names = session.scalars(select(Company.name).where(Company.demo)).all()
    assert len(set(names)) > COUNT * 0.9
    assert set("æøå") <= set("".join(names).casefold())


def test_nothing_has_happened_in_the_future(session: Session, filled: dict[str, int]):
    assert session.scalar(select(func.count()).where(Activity.happened_at >= NOW)) == 0


def test_they_are_the_same_every_time(session: Session, world: World):
    def made() -> list[tuple[str | None, str, int | None]]:
        with session.begin_nested() as inner:
            fill(session, count=20, now=NOW)
            chosen = select(Company.orgnr, Company.name, Company.employees).where(Company.demo)
            rows = [tuple(row) for row in session.execute(chosen.order_by(Company.orgnr))]
            inner.rollback()
        return rows  # type: ignore[return-value]

    assert made() == made()


def test_filled_again_it_goes_on_with_the_next_numbers(session: Session, filled: dict[str, int]):
    assert fill(session, count=5, now=NOW)["companies"] == 5
    assert session.scalar(select(func.count()).where(Company.demo)) == COUNT + 5


def test_records_made_by_hand_afterwards_get_numbers_of_their_own(session: Session, filled: dict[str, int]):
    made = companies.create_company(session, None, company_draft(name="Ny AS"), now=NOW)
    assert made.id > COUNT
