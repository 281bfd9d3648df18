"""The one small world tests happen in: colleagues, two companies, a partner with a need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from crm.accounts import operations as accounts
from crm.accounts.drafts import UserDraft
from crm.accounts.models import User
from crm.accounts.permissions import Role
from crm.companies import operations as companies
from crm.companies.drafts import CompanyDraft, LeadDraft
from crm.companies.models import Company, FactsSource, Lead
from crm.contacts import operations as contacts
from crm.contacts.drafts import contact_draft
from crm.contacts.models import Contact
from crm.partners import operations as partners
from crm.partners.drafts import NeedDraft, PartnerDraft
from crm.partners.models import Need, Partner, PartnerKind
from crm.segments import operations as segments

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
# Numbers that pass the control digit.
ORGNR, OTHER_ORGNR, THIRD_ORGNR = "974760673", "983971709", "923609016"


@dataclass(frozen=True)
class World:
    administrator: User
    developer: User
    reader: User
    company: Company
    """Followed, owned by the developer: a maker of aids for hospitals in Elverum."""
    lead: Lead
    other: Company
    """Known, not followed: a café in Oslo."""
    person: Contact
    partner: Partner
    need: Need


def _user(session: Session, name: str, role: Role) -> User:
    draft = UserDraft(email=f"{name}@example.org", name=f"{name.capitalize()} Eksempel", role=role)
    return accounts.create_user(session, None, draft)


def _company(session: Session, draft: CompanyDraft) -> Company:
    return companies.create_company(session, None, draft, now=NOW - timedelta(days=30))


def build(session: Session) -> World:
    """Put the world into an empty database; nothing is committed."""
    segments.ensure_starter(session)
    administrator, developer = (
        _user(session, "admin", Role.ADMINISTRATOR),
        _user(session, "dev", Role.DEVELOPER),
    )
    reader = _user(session, "reader", Role.READER)
    company = _company(
        session,
        CompanyDraft(
            name="Rullestolverkstedet AS",
            orgnr=ORGNR,
            municipality_no="3420",
            municipality="Elverum",
            industry="32.500",
            industry_name="Produksjon av medisinsk utstyr",
            industry_standard="SN2025",
            employees=12,
            purpose="Utvikling, produksjon og reparasjon av rullestoler og ganghjelpemidler for sykehus.",
            facts_source=FactsSource.OURS,
        ),
    )
    other = _company(
        session,
        CompanyDraft(name="Åsen Kafé AS", orgnr=OTHER_ORGNR, municipality_no="0301", municipality="Oslo"),
    )
    lead_draft = LeadDraft(segments=frozenset({"helse"}), source="Rørløft", owner_id=developer.id)
    lead = companies.follow(session, developer.id, company, lead_draft, now=NOW - timedelta(days=20))
    person = contacts.create_contact(
        session,
        developer.id,
        contact_draft(name="Kari Eksempel", phone="22 00 00 00", title="Daglig leder"),
        company=company,
    )
    partner = partners.create_partner(
        session,
        developer.id,
        PartnerDraft(name="Sykehuset", kind=PartnerKind.HOSPITAL, municipality_no="3420"),
    )
    need = partners.create_need(
        session,
        developer.id,
        partner,
        NeedDraft(
            title="Reparasjon av rullestoler",
            text="Vi trenger noen som kan reparere rullestoler og ganghjelpemidler raskt, her i byen.",
            segments=frozenset({"helse"}),
        ),
    )
    need.created_at = NOW - timedelta(days=10)
    session.flush()
    return World(
        administrator=administrator,
        developer=developer,
        reader=reader,
        company=company,
        lead=lead,
        other=other,
        person=person,
        partner=partner,
        need=need,
    )
