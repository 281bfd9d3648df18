"""Companies and leads, for programs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import case, func
from sqlalchemy.orm import Session

from crm.accounts.drafts import parse_email
from crm.accounts.permissions import Permission
from crm.api import own
from crm.api.colleagues import colleague
from crm.api.company_shapes import (
    CompanyIn,
    CompanyOut,
    CompanyQuery,
    LeadChange,
    LeadIn,
    MoveIn,
    ReachIn,
    told,
)
from crm.api.declarations import Call, Resource
from crm.api.paging import Term, piece
from crm.companies import operations, queries
from crm.companies.conditions import read as read_conditions
from crm.companies.drafts import CompanyFilter, LeadDraft, ReachDraft, company_draft, move_draft
from crm.companies.models import Company, Lead, Stage
from crm.contacts.drafts import parse_phone
from crm.duplicates import queries as duplicates
from crm.duplicates.models import Kind
from crm.errors import NotFound
from crm.fields.models import Subject
from crm.orgnr import parse_orgnr
from crm.registry import queries as registry
from crm.segments import queries as segments
from crm.spelling import tidy


def read(session: Session, company_id: int) -> CompanyOut:
    """One as answered; a number that was merged away answers with the one it is part of now."""
    try:
        found = queries.get_company(session, company_id)
    except NotFound:
        now = duplicates.leads_on_to(session, Kind.COMPANY, company_id)
        if now is None:
            raise
        found = queries.get_company(session, now)
    return told(found, own.of(session, Subject.COMPANY, [found.id]))


resource = Resource("companies", CompanyOut, read)
_LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)
_LAST = Term(Company.id, int)
_STAGES = case({stage.value: place for place, stage in enumerate(Stage)}, value=Lead.stage, else_=99)
_ORDER: dict[str, tuple[Term, ...]] = {
    "name": (Term(Company.sort_key), _LAST),
    "stage": (Term(_STAGES, int), Term(Company.sort_key), _LAST),
    "last_contact": (
        Term(func.coalesce(Lead.last_contact_at, _LONG_AGO, type_=Lead.last_contact_at.type), datetime),
        Term(Company.sort_key),
        _LAST,
    ),
    "municipality": (
        Term(case((Company.municipality.is_(None), 1), else_=0), int),
        Term(func.coalesce(Company.municipality, "")),
        Term(Company.sort_key),
        _LAST,
    ),
    "employees": (
        Term(func.coalesce(Company.employees, -1), int, descending=True),
        Term(Company.sort_key),
        _LAST,
    ),
    "newest": (Term(Company.created_at, datetime, descending=True), Term(Company.id, int, descending=True)),
}


@resource.lists(CompanyQuery, "List the companies we follow, or all we know")
def index(call: Call[CompanyQuery]) -> dict[str, Any]:
    asked = call.asked
    wanted = CompanyFilter(
        q=tidy(asked.q),
        segment=tidy(asked.segment),
        stage=asked.stage.value if asked.stage else "",
        owner=asked.owner,
        municipality=tidy(asked.municipality),
        nace=tidy(asked.nace),
        followed=asked.all != "1",
        where=read_conditions(asked.where),
        any_of=asked.any == "1",
    )
    return piece(
        call.session,
        queries.companies(wanted),
        _ORDER[asked.sort],
        asked,
        told,
        own=Subject.COMPANY,
    )


@resource.creates(Permission.COMPANY_WRITE, CompanyIn, "Add a company, and follow it where you say so")
def create(call: Call[CompanyIn]) -> int:
    company = _from_register(call) or operations.create_company(
        call.session,
        call.actor.id,
        company_draft(
            name=call.asked.name,
            orgnr=call.asked.orgnr,
            municipality=tidy(call.asked.municipality) or None,
            home_page=tidy(call.asked.home_page) or None,
        ),
        now=call.now,
    )
    if call.asked.follow:
        draft = _lead_draft(call, call.asked.follow)
        operations.follow(call.session, call.actor.id, company, draft, now=call.now)
    call.session.flush()
    return company.id


def _from_register(call: Call[CompanyIn]) -> Company | None:
    """The company of a number the register knows, new to us; None for any other."""
    number = parse_orgnr(call.asked.orgnr) if call.asked.orgnr.strip() else None
    unit = registry.find_unit(call.session, number) if number else None
    if unit is None or queries.find_by_orgnr(call.session, unit.orgnr):
        return None
    return operations.company_of_unit(call.session, call.actor.id, unit, now=call.now)


@resource.changes(Permission.COMPANY_WRITE, ReachIn, "Correct how to reach a company")
def change(call: Call[ReachIn]) -> int:
    company = queries.get_company(call.session, call.id)
    email = call.given("email", company.email) or ""
    draft = ReachDraft(
        version=call.asked.version,
        home_page=tidy(call.given("home_page", company.home_page) or "") or None,
        email=parse_email(email) if email.strip() else None,
        phone=parse_phone(call.asked.phone or "")
        if "phone" in call.asked.model_fields_set
        else company.phone,
    )
    operations.change_reach(call.session, call.actor.id, company, draft)
    own.take_in(call, Subject.COMPANY, company, call.asked.own)
    return company.id


@resource.acts("follow", Permission.COMPANY_WRITE, LeadIn, "Begin to follow a company")
def follow(call: Call[LeadIn]) -> int:
    company = queries.get_company(call.session, call.id)
    operations.follow(call.session, call.actor.id, company, _lead_draft(call, call.asked), now=call.now)
    return company.id


@resource.acts("lead", Permission.COMPANY_WRITE, LeadChange, "Give a lead another owner, source or segments")
def change_lead(call: Call[LeadChange]) -> int:
    lead = queries.get_lead(call.session, call.id)
    lead.refuse_if_overtaken(call.asked.version)
    now = LeadIn(
        segments=call.given("segments", tuple(segment.code for segment in lead.segments)),
        source=call.given("source", lead.source),
        owner_id=call.given("owner_id", lead.owner_id),
    )
    operations.change_lead(call.session, call.actor.id, lead, _lead_draft(call, now))
    return call.id


@resource.acts("move", Permission.COMPANY_WRITE, MoveIn, "Move a lead to another stage")
def move(call: Call[MoveIn]) -> int:
    lead, asked = queries.get_lead(call.session, call.id), call.asked
    lead.refuse_if_overtaken(asked.version)
    draft = move_draft(asked.stage.value, reason=asked.reason, wake_on=asked.wake_on, today=call.today)
    operations.move_lead(call.session, call.actor.id, lead, draft, now=call.now)
    return call.id


def _lead_draft(call: Call[Any], asked: LeadIn) -> LeadDraft:
    """The draft of a lead, ours where no owner is told; InvalidInput for an owner or segment that is none."""
    owner = asked.owner_id if "owner_id" in asked.model_fields_set else call.actor.id
    segments.by_codes(call.session, asked.segments)
    return LeadDraft(
        segments=frozenset(asked.segments),
        source=tidy(asked.source),
        owner_id=colleague(call.session, owner),
    )
