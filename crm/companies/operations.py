"""Acts on companies and leads."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from crm import clock
from crm.companies import queries
from crm.companies.drafts import CompanyDraft, LeadDraft, MoveDraft, ReachDraft
from crm.companies.models import RESTING, Company, FactsSource, Lead
from crm.errors import Conflict, InvalidInput
from crm.history import operations as history
from crm.ordering import key_on_top
from crm.registry.models import Unit
from crm.segments import queries as segments
from crm.spelling import fold, sort_key
from crm.workdays import reminder_day

_COPIED = (
    "form",
    "municipality_no",
    "municipality",
    "address",
    "industry",
    "industry_name",
    "industry_standard",
)
_COPIED_REACH = ("employees", "home_page", "email", "phone")


@dataclass(frozen=True, slots=True)
class LastContact:
    """The newest real contact: when, by whom, and what it was."""

    at: datetime
    by_id: int
    kind: str


def create_company(session: Session, actor_id: int | None, draft: CompanyDraft, *, now: datetime) -> Company:
    """A new company; Conflict where the number is already ours."""
    if draft.orgnr and queries.find_by_orgnr(session, draft.orgnr):
        raise Conflict(
            "Organisasjonsnummeret %(orgnr)s er alt registrert hos oss.", field="orgnr", orgnr=draft.orgnr
        )
    company = Company(**asdict(draft), facts_at=now, created_at=now, lead=None)
    _name(company, draft.name)
    session.add(company)
    history.record(session, actor_id, "company:create", subject=company)
    return company


def company_of_unit(session: Session, actor_id: int | None, unit: Unit, *, now: datetime) -> Company:
    """Our company for a unit of the register, made from the register's facts if it is new to us."""
    known = queries.find_by_orgnr(session, unit.orgnr)
    if known:
        return known
    company = Company(orgnr=unit.orgnr, purpose="", demo=False, created_at=now, lead=None)
    _copy_facts(company, unit)
    session.add(company)
    history.record(session, actor_id, "company:create", subject=company)
    return company


def follow(
    session: Session, actor_id: int | None, company: Company, draft: LeadDraft, *, now: datetime
) -> Lead:
    """Begin to follow a company; Conflict when we already do."""
    if company.lead is not None:
        raise Conflict("Vi følger alt %(name)s.", name=company.name)
    lead = Lead(
        company=company,
        stage=draft.stage,
        stage_since=now,
        board_key=key_on_top(now),
        owner_id=draft.owner_id,
        source=draft.source[:200],
        segments=segments.by_codes(session, draft.segments),
        created_at=now,
    )
    session.add(lead)
    history.record(session, actor_id, "lead:follow", subject=lead)
    return lead


def unfollow(session: Session, actor_id: int | None, lead: Lead) -> None:
    """Stop following; the company and its log stay."""
    history.record(
        session, actor_id, "lead:unfollow", subject=lead, changes={"stage": [lead.stage.value, None]}
    )
    company = session.get_one(Company, lead.company_id)
    session.delete(lead)
    session.flush()
    set_committed_value(company, "lead", None)


def move_lead(session: Session, actor_id: int | None, lead: Lead, draft: MoveDraft, *, now: datetime) -> None:
    """Move a lead to another stage, with the reason where it leaves the road."""
    if lead.stage is not draft.stage:
        lead.stage, lead.stage_since = draft.stage, now
        lead.board_key = key_on_top(now)
    lead.board_key = draft.board_key or lead.board_key
    plan_contact(lead)
    lead.resting_reason, lead.wake_on = draft.reason, draft.wake_on
    history.record(session, actor_id, "lead:move", subject=lead)


def change_lead(session: Session, actor_id: int | None, lead: Lead, draft: LeadDraft) -> None:
    """Give a lead another owner, source or other segments."""
    before = sorted(segment.code for segment in lead.segments)
    lead.owner_id, lead.source = draft.owner_id, draft.source[:200]
    changes = history.pending_changes(lead)
    lead.segments = segments.by_codes(session, draft.segments)
    after = sorted(draft.segments)
    if before != after:
        changes["segments"] = [before, after]
    history.record(session, actor_id, "lead:update", subject=lead, changes=changes)


def change_reach(session: Session, actor_id: int | None, company: Company, draft: ReachDraft) -> None:
    """Correct how to reach a company; Conflict when somebody changed it meanwhile."""
    if company.version != draft.version:
        raise Conflict("Noen andre har endret virksomheten. Last siden på nytt, og se hva som står der nå.")
    company.home_page, company.email, company.phone = draft.home_page, draft.email, draft.phone
    history.record(session, actor_id, "company:reach", subject=company)


def set_last_contact(session: Session, company_id: int, newest: LastContact | None) -> None:
    """Write the newest real contact on a lead, or that there is none; called when the log changes."""
    lead = session.scalar(select(Lead).where(Lead.company_id == company_id))
    if lead is None:
        return
    lead.last_contact_at = newest.at if newest else None
    lead.last_contact_by_id = newest.by_id if newest else None
    lead.last_contact_kind = newest.kind if newest else None
    plan_contact(lead)


def set_cadence(session: Session, actor_id: int | None, lead: Lead, days: int | None) -> None:
    """How often we are in touch, in days; None for no rhythm. Real contact alone starts the count anew."""
    if days is not None and not 1 <= days <= 730:
        raise InvalidInput("Velg en rytme mellom én dag og to år.", field="cadence")
    lead.cadence_days = days
    plan_contact(lead)
    history.record(session, actor_id, "lead:cadence", subject=lead)


def plan_contact(lead: Lead) -> None:
    """Set the day of the next contact by the lead's rhythm; after every change of what it counts from."""
    if lead.cadence_days is None or lead.stage in RESTING:
        lead.contact_due_on = None
        return
    since = (lead.last_contact_at or lead.created_at).astimezone(clock.OSLO).date()
    lead.contact_due_on = reminder_day(since + timedelta(days=lead.cadence_days))


def refresh_from_register(session: Session) -> int:
    """Copy what the mirror has learned since to our companies; how many were touched."""
    stale = session.execute(
        select(Company, Unit)
        .join(Unit, Unit.orgnr == Company.orgnr)
        .where(Company.facts_source == FactsSource.REGISTER, Unit.seen_at > Company.facts_at)
    ).all()
    for company, unit in stale:
        _copy_facts(company, unit)
        history.record(session, None, "company:refresh", subject=company)
    return len(stale)


def erase_register_facts(session: Session, numbers: list[str]) -> int:
    """Forget what we copied of units the register has removed on legal grounds; the number goes too."""
    touched = session.scalars(select(Company).where(Company.orgnr.in_(numbers))).all()
    for company in touched:
        for field in (*_COPIED, *_COPIED_REACH, "orgnr"):
            setattr(company, field, None)
        company.purpose, company.closed = "", "removed"
        company.facts_source = FactsSource.OURS
        _name(company, "Fjernet fra registeret")
        history.record(session, None, "company:erase", subject=company, changes={})
    return len(touched)


def facts_of(unit: Unit) -> dict[str, object]:
    """What a company of ours copies from a unit of the register, by column."""
    copied = {field: getattr(unit, field) for field in (*_COPIED, *_COPIED_REACH)}
    source = {"facts_source": FactsSource.REGISTER, "facts_at": unit.seen_at, "closed": _closed(unit)}
    return copied | {"phone": unit.phone or unit.mobile} | source | named(unit.name)


def named(name: str) -> dict[str, object]:
    """A name with the keys it is found and sorted by, by column."""
    return {"name": name, "name_key": fold(name)[:400], "sort_key": sort_key(name)[:400]}


def _copy_facts(company: Company, unit: Unit) -> None:
    for field, value in facts_of(unit).items():
        setattr(company, field, value)


def _closed(unit: Unit) -> str | None:
    """Why a unit cannot be worked with, as one word; None when it can."""
    grounds = {
        "dissolved": unit.dissolved_on,
        "bankrupt": unit.bankrupt,
        "forced_dissolution": unit.forced_dissolution,
        "winding_up": unit.winding_up,
    }
    return next((word for word, holds in grounds.items() if holds), None)


def _name(company: Company, name: str) -> None:
    for field, value in named(name).items():
        setattr(company, field, value)
