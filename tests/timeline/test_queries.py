"""All that has happened with a company comes in one order, in stretches that leave nothing out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from crm.activities.models import Activity, FollowUp
from crm.activities.models import Kind as Contact
from crm.companies import operations as companies
from crm.companies.drafts import CompanyDraft, LeadDraft
from crm.companies.models import Company
from crm.events.models import Event
from crm.registry.differences import News
from crm.timeline.queries import Kind, Place, happenings
from tests.world import NOW, World

# Noon in Elverum in winter, where news of the register stands, and moments around it.
NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
MOMENTS = [NOON + timedelta(hours=hours) for hours in (-30, -1, 0, 0, 1, 25)]
DAYS = [(NOON + timedelta(days=days)).date() for days in (-1, 0, 0, 1)]


def _company(db: Session, site: World) -> Company:
    company = companies.create_company(db, None, CompanyDraft(name="Tidslinje AS"), now=NOW)
    companies.follow(db, site.developer.id, company, LeadDraft(owner_id=site.developer.id), now=NOW)
    return company


def _happen(db: Session, site: World, company: Company, drawn: list[tuple[str, int]]) -> None:
    for number, (what, place) in enumerate(drawn):
        db.add(_made(what, place, company.id, by=site.developer.id, number=number))
    db.flush()


def _made(what: str, place: int, company_id: int, *, by: int, number: int) -> Any:
    moment, day = MOMENTS[place], DAYS[place % len(DAYS)]
    if what == "contact":
        return Activity(kind=Contact.CALL, happened_at=moment, by_id=by, company_id=company_id)
    if what == "done":
        return FollowUp(text="Ring", due_on=day, owner_id=by, done_at=moment, company_id=company_id)
    return Event(news=News.NEW_NAME, happened_on=day, before=str(number), company_id=company_id)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=st.lists(
        st.tuples(st.sampled_from(["contact", "done", "news"]), st.integers(0, len(MOMENTS) - 1)), max_size=14
    ),
    size=st.integers(1, 5),
)
def test_stretches_of_any_length_give_the_whole_once_and_in_order(
    db: Session, site: World, drawn: list[tuple[str, int]], size: int
):
    company = _company(db, site)
    _happen(db, site, company, drawn)
    whole, rest = happenings(db, company, limit=1000)
    assert rest is None
    assert len(whole) == len(drawn) + 1
    assert [line.place.order for line in whole] == sorted(line.place.order for line in whole)
    found: list[Place] = []
    after: Place | None = None
    while True:
        lines, after = happenings(db, company, after=after, limit=size)
        found += [line.place for line in lines]
        if after is None:
            break
    assert found == [line.place for line in whole]


def test_one_kind_alone_is_told(db: Session, site: World):
    company = _company(db, site)
    _happen(db, site, company, [("contact", 0), ("news", 1)])
    lines, _ = happenings(db, company, kinds=[Kind.REGISTER])
    assert [line.place.kind for line in lines] == [Kind.REGISTER]
