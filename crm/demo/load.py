"""Loading the demo through the records' own acts, its dates counted from today."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import clock
from crm.accounts import operations as accounts
from crm.accounts import queries as users
from crm.accounts.drafts import user_draft
from crm.accounts.models import User
from crm.activities import operations as activities
from crm.activities.drafts import FollowUpDraft, Subject, activity_draft
from crm.activities.models import Activity, FollowUp
from crm.companies import operations as companies
from crm.companies.drafts import LeadDraft, company_draft, move_draft
from crm.companies.models import Company, FactsSource, Lead, Stage
from crm.contacts import operations as contacts
from crm.contacts.drafts import contact_draft
from crm.contacts.models import Contact
from crm.demo import content
from crm.partners import operations as partners
from crm.partners.drafts import NeedDraft, OfferDraft, PartnerDraft
from crm.partners.models import Need, Offer, Partner, PartnerKind

_TABLES: dict[str, Any] = {
    "companies": Company,
    "contacts": Contact,
    "partners": Partner,
    "needs": Need,
    "offers": Offer,
    "activities": Activity,
    "follow_ups": FollowUp,
}
_SHARED_OUT = 3


@dataclass
class _Cast:
    """Everybody and everything made so far, by the key the content uses."""

    now: datetime
    owner_id: int | None
    colleagues: dict[str, User] = field(default_factory=dict)
    companies: dict[str, Company] = field(default_factory=dict)
    partners: dict[str, Partner] = field(default_factory=dict)
    people: dict[str, Contact] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.now.astimezone(clock.OSLO).date()

    def past(self, days_ago: int, hour: str) -> datetime:
        """A moment of a working day, never ahead of now."""
        day = self.today - timedelta(days=days_ago)
        day -= timedelta(days=max(0, day.weekday() - 4))
        moment = datetime.combine(day, clock_time.fromisoformat(hour), tzinfo=clock.OSLO)
        return min(moment, self.now - timedelta(minutes=1))


def is_loaded(session: Session) -> bool:
    return bool(session.scalar(select(func.count()).select_from(Company).where(Company.demo)))


def counts(session: Session) -> dict[str, int]:
    """How many rows of each table belong to the demo."""
    found = {
        name: session.scalar(select(func.count()).select_from(table).where(table.demo)) or 0
        for name, table in _TABLES.items()
    }
    followed = select(func.count()).select_from(Lead).join(Lead.company).where(Company.demo)
    return {"leads": session.scalar(followed) or 0, **found}


def load_demo(session: Session, *, now: datetime, owner_id: int | None = None) -> dict[str, int]:
    """Bring the demo in, a third of it to the owner; again: nothing new. Returns rows per table."""
    if is_loaded(session):
        return counts(session)
    written = content.read()
    cast = _Cast(now=now, owner_id=owner_id)
    _bring_colleagues(session, cast, written.colleagues)
    _bring_companies(session, cast, written.companies)
    _bring_partners(session, cast, written.partners)
    _bring_people(session, cast, written.people)
    _bring_needs(session, cast, written.partners)
    for place, lead in enumerate(written.leads):
        _bring_lead(session, cast, lead, mine=place % _SHARED_OUT == 0)
    for line in written.partner_log:
        _log(session, cast, Subject(partner_id=cast.partners[line["partner"]].id), line)
    session.flush()
    return counts(session)


def _bring_colleagues(session: Session, cast: _Cast, table: content.Table) -> None:
    for row in table:
        draft = user_draft(row["email"], row["role"], name=row["name"])
        known = users.find_by_email(session, row["email"])
        cast.colleagues[row["key"]] = known or accounts.create_user(session, None, draft, demo=True)


def _bring_companies(session: Session, cast: _Cast, table: content.Table) -> None:
    for row in table:
        draft = company_draft(
            name=row["name"],
            orgnr=row["orgnr"],
            demo=True,
            form=row["form"],
            municipality_no=row["municipality_no"],
            municipality=row["municipality"],
            address=f"{row['postal_code']} {row['place']}",
            industry=row["nace"][0],
            industry_name=row["nace_names"][0],
            industry_standard="SN2025",
            employees=row.get("employees"),
            home_page=row.get("home_page"),
            purpose=f"{row['purpose']} {row['activity']}",
            facts_source=FactsSource.DEMO,
        )
        company = companies.create_company(session, None, draft, now=cast.now)
        cast.companies[row["key"]] = company
        if "offer" in row:
            offer = OfferDraft(title=_first_words(row["offer"]), text=row["offer"], demo=True)
            partners.create_offer(session, None, company, offer)


def _first_words(text: str) -> str:
    """A heading made of the first words of an offer."""
    words = text.split()
    return " ".join(words[:7]).rstrip(".,;:") + ("…" if len(words) > 7 else "")


def _bring_partners(session: Session, cast: _Cast, table: content.Table) -> None:
    for row in table:
        draft = PartnerDraft(
            name=row["name"],
            kind=PartnerKind(row["kind"]),
            municipality_no=row["municipality_no"],
            about=row["about"],
            demo=True,
        )
        partner = partners.create_partner(session, None, draft)
        cast.partners[row["key"]] = partner
        for offer in row.get("offer", []):
            partners.create_offer(session, None, partner, OfferDraft(**offer, demo=True))


def _bring_people(session: Session, cast: _Cast, table: content.Table) -> None:
    for row in table:
        draft = contact_draft(
            name=row["name"],
            email=row.get("email", ""),
            phone=row.get("phone", ""),
            title=row.get("title", ""),
            source="Demo",
            demo=True,
        )
        company = cast.companies.get(row.get("company", ""))
        person = contacts.create_contact(session, None, draft, company=company)
        cast.people[row["key"]] = person
        if "partner" in row:
            partners.add_person(
                session, None, cast.partners[row["partner"]], person, title=row.get("title", "")
            )


def _bring_needs(session: Session, cast: _Cast, table: content.Table) -> None:
    for row in table:
        for need in row["need"]:
            draft = NeedDraft(
                title=need["title"],
                text=need["text"],
                segments=frozenset(need["segments"]),
                source=need["source"],
                valid_until=cast.today + timedelta(days=need["valid_days"]),
                contact_id=cast.people[need["contact"]].id,
                shown_to_companies=need["shown_to_companies"],
                demo=True,
            )
            partners.create_need(session, None, cast.partners[row["key"]], draft)


def _bring_lead(session: Session, cast: _Cast, row: dict[str, Any], *, mine: bool) -> None:
    company = cast.companies[row["company"]]
    owner = cast.owner_id if mine and cast.owner_id else cast.colleagues[row["owner"]].id
    log = row.get("activity", [])
    begun = cast.past(max((line["days_ago"] for line in log), default=20) + 7, "09:00")
    draft = LeadDraft(segments=frozenset(row["segments"]), source=row["source"], owner_id=owner)
    lead = companies.follow(session, None, company, draft, now=begun)
    subject = Subject(company_id=company.id)
    for line in log:
        _log(session, cast, subject, line)
    _move(session, cast, lead, row)
    for step in row.get("follow_up", []):
        by = owner if mine else cast.colleagues[step["owner"]].id
        _plan(session, cast, subject, step, owner_id=by)


def _move(session: Session, cast: _Cast, lead: Lead, row: dict[str, Any]) -> None:
    """The lead's stage, reached on the day of its last line in the log."""
    wakes = cast.today + timedelta(days=row["wake_in_days"]) if "wake_in_days" in row else None
    if row["stage"] == Stage.IDENTIFIED:
        return
    reached = min((line["days_ago"] for line in row.get("activity", [])), default=5)
    draft = move_draft(row["stage"], reason=row.get("reason", ""), wake_on=wakes, today=cast.today)
    companies.move_lead(session, None, lead, draft, now=cast.past(reached, "15:30"))


def _log(session: Session, cast: _Cast, subject: Subject, line: dict[str, Any]) -> None:
    person = cast.people.get(line.get("person", ""))
    draft = activity_draft(
        kind=line["kind"],
        happened_at=cast.past(line["days_ago"], line["time"]),
        now=cast.now,
        text=line["text"],
        outcome=line.get("outcome", ""),
        contact_id=person.id if person else None,
        demo=True,
    )
    activities.log_activity(session, cast.colleagues[line["by"]].id, subject, draft)


def _plan(session: Session, cast: _Cast, subject: Subject, step: dict[str, Any], *, owner_id: int) -> None:
    due = cast.today + timedelta(days=step["due_in_days"])
    draft = FollowUpDraft(text=step["text"], due_on=due, owner_id=owner_id, demo=True)
    planned = activities.plan(session, owner_id, subject, draft)
    if step["done"]:
        activities.finish(session, owner_id, planned, now=cast.now)
