"""Who takes part in the demo: colleagues, companies, partners with needs and offers, and the people there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from crm.accounts import operations as accounts
from crm.accounts import queries as users
from crm.accounts.drafts import user_draft
from crm.accounts.models import User
from crm.companies import operations as companies
from crm.companies.drafts import company_draft
from crm.companies.models import Company, FactsSource
from crm.contacts import operations as contacts
from crm.contacts.drafts import contact_draft
from crm.contacts.models import Contact
from crm.demo import content, days
from crm.demo.content import Entry
from crm.partners import operations as partnership
from crm.partners.drafts import NeedDraft, OfferDraft, PartnerDraft
from crm.partners.models import Partner, PartnerKind

# The colleague whose leads the real user takes over: some late, some due today, some quiet for long.
_LENT = "yusuf"


@dataclass
class Cast:
    """Everybody by the key the files know them by."""

    session: Session
    now: datetime
    owner_id: int | None
    colleagues: dict[str, User] = field(default_factory=dict)
    companies: dict[str, Company] = field(default_factory=dict)
    partners: dict[str, Partner] = field(default_factory=dict)
    people: dict[str, Contact] = field(default_factory=dict)

    def owner_of(self, key: str) -> int:
        """Who owns what a colleague owns: one colleague's share goes to the real user."""
        return self.owner_id if key == _LENT and self.owner_id else self.colleagues[key].id

    def person_id(self, key: str | None) -> int | None:
        return self.people[key].id if key else None


def gather(session: Session, *, now: datetime, owner_id: int | None) -> Cast:
    """Bring everybody in."""
    cast = Cast(session=session, now=now, owner_id=owner_id)
    cast.colleagues = ensure_colleagues(session)
    for entry in content.companies():
        cast.companies[entry["key"]] = _company(cast, entry)
    for entry in content.partners():
        cast.partners[entry["key"]] = _partner(cast, entry)
    for entry in content.people():
        cast.people[entry["key"]] = _person(cast, entry)
    for entry in content.partners():
        _needs(cast, entry)
    return cast


def ensure_colleagues(session: Session) -> dict[str, User]:
    """The invented colleagues, made where they are missing; they have no way to sign in."""
    found: dict[str, User] = {}
    for entry in content.colleagues():
        draft = user_draft(entry["email"], entry["role"], name=entry["name"])
        known = users.find_by_email(session, draft.email)
        found[entry["key"]] = known or accounts.create_user(session, None, draft, demo=True)
    return found


def _company(cast: Cast, entry: Entry) -> Company:
    copied = ("form", "municipality_no", "municipality", "home_page")
    draft = company_draft(
        name=entry["name"],
        orgnr=entry["orgnr"],
        demo=True,
        address=f"{entry['postal_code']} {entry['place']}",
        industry=entry["nace"][0],
        industry_name=entry["nace_names"][0],
        industry_standard="SN2025",
        employees=entry.get("employees"),
        purpose=f"{entry['purpose']}\n{entry['activity']}",
        facts_source=FactsSource.DEMO,
        **{name: entry[name] for name in copied},
    )
    made = companies.create_company(cast.session, None, draft, now=cast.now)
    if "offer" in entry:
        title, text = _title_of(entry["offer"]), entry["offer"]
        offer = OfferDraft(title=title, text=text, source="Samtale", demo=True)
        partnership.create_offer(cast.session, None, made, offer)
    return made


def _title_of(text: str) -> str:
    """The beginning of an offer, up to the first pause, as its heading."""
    ends = [text.find(mark) for mark in (",", ".", ":") if text.find(mark) > 0]
    return text[: min([*ends, 120])]


def _partner(cast: Cast, entry: Entry) -> Partner:
    draft = PartnerDraft(
        name=entry["name"],
        kind=PartnerKind(entry["kind"]),
        municipality_no=entry["municipality_no"],
        about=entry["about"],
        demo=True,
    )
    made = partnership.create_partner(cast.session, None, draft)
    for offer in entry["offer"]:
        bringing = OfferDraft(title=offer["title"], text=offer["text"], demo=True)
        partnership.create_offer(cast.session, None, made, bringing)
    return made


def _person(cast: Cast, entry: Entry) -> Contact:
    draft = contact_draft(
        name=entry["name"],
        email=entry["email"],
        phone=entry.get("phone", ""),
        title=entry["title"],
        source="Demo",
        demo=True,
    )
    company = cast.companies[entry["company"]] if "company" in entry else None
    made = contacts.create_contact(cast.session, None, draft, company=company)
    if "partner" in entry:
        partner = cast.partners[entry["partner"]]
        partnership.add_person(cast.session, None, partner, made, title=entry["title"])
    return made


def _needs(cast: Cast, entry: Entry) -> None:
    for need in entry["need"]:
        draft = NeedDraft(
            title=need["title"],
            text=need["text"],
            segments=frozenset(need["segments"]),
            source=need["source"],
            valid_until=days.due(cast.now, need["valid_days"]),
            contact_id=cast.person_id(need["contact"]),
            shown_to_companies=need["shown_to_companies"],
            demo=True,
        )
        partnership.create_need(cast.session, None, cast.partners[entry["key"]], draft)
