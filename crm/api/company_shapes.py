"""What programs send and are answered about companies and leads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from crm.api.own import WHERE, OwnIn, OwnOut
from crm.api.shapes import (
    Body,
    Line,
    ListQuery,
    Moment,
    Named,
    RecordId,
    SegmentCodes,
    Shape,
    ShortText,
    Switch,
    Version,
    Words,
    named,
)
from crm.companies.models import Company, Lead, Stage

Sort = Literal["name", "stage", "last_contact", "municipality", "employees", "newest"]


class LeadOut(Shape):
    """The fact that we follow a company."""

    version: int
    stage: Stage
    stage_since: Moment
    owner: Named | None
    source: str
    segments: list[str]
    resting_reason: str
    wake_on: date | None
    last_contact_at: Moment | None
    last_contact_kind: str | None


class CompanyOut(Shape):
    id: int
    version: int
    orgnr: str | None
    name: str
    form: str | None
    municipality_no: str | None
    municipality: str | None
    address: str | None
    industry: str | None
    industry_name: str | None
    industry_standard: str | None
    employees: int | None
    home_page: str | None
    email: str | None
    phone: str | None
    purpose: str
    closed: str | None
    facts_source: str
    facts_at: Moment
    created_at: Moment
    own: OwnOut
    lead: LeadOut | None


class CompanyQuery(ListQuery):
    q: Words = ""
    segment: Words = ""
    stage: Stage | None = None
    owner: RecordId | None = None
    municipality: Words = ""
    nace: Words = ""
    all: Annotated[Switch, Field(description="1: also companies we do not follow")] = "0"
    sort: Sort = "name"
    where: Annotated[str, Field(max_length=1500, description=WHERE)] = ""
    any: Annotated[Switch, Field(description="1: one of the conditions is enough")] = "0"


class LeadIn(Body):
    segments: SegmentCodes = ()
    source: ShortText = ""
    owner_id: RecordId | None = None


class CompanyIn(Body):
    """A new company; one the register knows may be told by its number alone."""

    name: Line = ""
    orgnr: Annotated[str, Field(max_length=40)] = ""
    municipality: Annotated[str, Field(max_length=100)] = ""
    home_page: Line = ""
    follow: LeadIn | None = None


class ReachIn(Body):
    """How to reach a company; null empties a field, and what is not sent stays."""

    version: Version
    home_page: Line | None = None
    email: Line | None = None
    phone: Annotated[str, Field(max_length=60)] | None = None
    own: OwnIn | None = None


class LeadChange(LeadIn):
    version: Annotated[int, Field(ge=1, description="The version of the lead you read")]


class MoveIn(Body):
    version: Annotated[int, Field(ge=1, description="The version of the lead you read")]
    stage: Stage
    reason: Line = ""
    wake_on: date | None = None


def told(company: Company, values: Mapping[int, OwnOut]) -> CompanyOut:
    """A company as it is answered."""
    kept = {name: getattr(company, name) for name in CompanyOut.model_fields if name not in {"lead", "own"}}
    lead = _lead(company.lead) if company.lead else None
    return CompanyOut(lead=lead, own=values.get(company.id, {}), **kept)


def _lead(lead: Lead) -> LeadOut:
    kept = {name: getattr(lead, name) for name in LeadOut.model_fields if name not in {"owner", "segments"}}
    return LeadOut(owner=named(lead.owner), segments=[segment.code for segment in lead.segments], **kept)
