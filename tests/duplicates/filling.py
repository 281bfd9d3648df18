"""Two look-alikes with whatever may hang on them, as a test tells."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from crm.activities.models import Activity, FollowUp
from crm.activities.models import Kind as Happening
from crm.companies import operations as companies
from crm.companies.drafts import CompanyDraft, LeadDraft
from crm.companies.models import Company, Stage
from crm.contacts import operations as contacts
from crm.contacts.drafts import contact_draft
from crm.contacts.models import Contact, PastRole
from crm.duplicates.drafts import Pair, pair_of
from crm.duplicates.models import Kind
from crm.events.models import Event
from crm.fields.models import FieldKind, OwnField, OwnValue, Subject
from crm.matches.models import Answer, Introduction, MatchRun, Suggestion
from crm.partners.models import Offer, PartnerRole
from crm.registry.differences import News
from crm.rules.models import PairKind, PairRule
from tests.world import NOW, TODAY, World


def fill(session: Session, world: World, kind: Kind, told: dict[str, Any]) -> Pair:
    """The world's company or person and a look-alike of it, filled as told."""
    twin, person = _twins(session, world, told)
    session.flush()
    for number, company in enumerate((world.company, twin)):
        _log(
            session,
            world,
            company,
            told.get("activities", (1, 1))[number],
            person if number else world.person,
        )
        session.add(Offer(company_id=company.id, title=f"Tilbud {number}", created_at=NOW))
    run = MatchRun(week="2026-W48", created_at=NOW)
    session.add(run)
    session.flush()
    for number, company in enumerate((world.company, twin)):
        if number == 0 or told.get("same_suggestion"):
            _suggest(session, world, run, company, answered=told.get("answered") == number)
        if number == 0 or told.get("same_introduction"):
            _introduce(session, world, company, number)
        if number == 0 or told.get("same_news"):
            session.add(_news(company, settled=number == 1))
        if number == 0 or told.get("same_rule"):
            rule = PairKind.NEVER if number else PairKind.MUST
            session.add(PairRule(kind=rule, need_id=world.need.id, company_id=company.id, reason="Fordi"))
    if told.get("own_values"):
        _own(session, world, twin, person)
    session.flush()
    session.expire_all()
    if kind is Kind.COMPANY:
        return pair_of(kind, world.company.id, twin.id)
    return pair_of(kind, world.person.id, person.id)


def _twins(session: Session, world: World, told: dict[str, Any]) -> tuple[Company, Contact]:
    draft = CompanyDraft(name="Rullestolverkstedet", phone="22334455", home_page="rullestol.example")
    twin = companies.create_company(session, None, draft, now=NOW)
    if told.get("both_followed"):
        segments = frozenset({"helse", "beredskap"})
        lead = LeadDraft(segments=segments, stage=Stage.MEETING, owner_id=world.administrator.id)
        companies.follow(session, None, twin, lead, now=NOW)
    titles = {"same": "Daglig leder", "other": "Styreleder"}
    title = titles.get(told.get("same_role", ""), "")
    draft_of_person = contact_draft(name="Kari Anne Eksempel", email="kari@example.org", title=title)
    person = contacts.create_contact(session, None, draft_of_person, company=world.company)
    contacts.create_contact(session, None, contact_draft(name="Ola Berg", title="Selger"), company=twin)
    session.flush()
    partner = {"partner_id": world.partner.id}
    session.add(PartnerRole(contact_id=person.id, title="Rådgiver", **partner))
    if told.get("same_role"):
        contacts.add_role(session, None, world.person, twin, title="Daglig leder")
        session.add(PartnerRole(contact_id=world.person.id, title="", **partner))
    world.need.contact_id = person.id
    session.add(PastRole(contact_id=person.id, company_id=twin.id, title="Selger", ended_on=TODAY))
    return twin, person


def _log(session: Session, world: World, company: Company, lines: int, person: Contact) -> None:
    for line in range(lines):
        at = NOW - timedelta(days=10 * (line + 1), hours=company.id % 7)
        session.add(
            Activity(
                company_id=company.id,
                contact_id=person.id,
                kind=Happening.CALL,
                happened_at=at,
                text=f"Samtale {line}",
                by_id=world.developer.id,
                created_at=at,
            )
        )
    session.add(FollowUp(company_id=company.id, text="Ring", due_on=TODAY, owner_id=world.developer.id))


def _suggest(session: Session, world: World, run: MatchRun, company: Company, *, answered: bool) -> None:
    session.add(
        Suggestion(
            run_id=run.id,
            need_id=world.need.id,
            company_id=company.id,
            rank=1,
            score=0.5,
            probability=0.5 + company.id % 3 / 10,
            reasons=[],
            against={},
            answer=Answer.NO if answered else None,
            answered_at=NOW if answered else None,
            answered_by_id=world.developer.id if answered else None,
        )
    )


def _introduce(session: Session, world: World, company: Company, number: int) -> None:
    session.flush()
    made = session.query(Suggestion).filter_by(company_id=company.id).first()
    session.add(
        Introduction(
            suggestion_id=made.id if made else None,
            need_id=world.need.id,
            company_id=company.id,
            state_since=NOW,
            opened_by_id=world.developer.id,
            outcome=f"Utfall {number}",
        )
    )


def _news(company: Company, *, settled: bool) -> Event:
    return Event(
        company_id=company.id, news=next(iter(News)), happened_on=TODAY, settled_at=NOW if settled else None
    )


def _own(session: Session, world: World, twin: Company, person: Contact) -> None:
    for subject, column, records in (
        (Subject.COMPANY, "company_id", (world.company, twin)),
        (Subject.CONTACT, "contact_id", (world.person, person)),
    ):
        field = OwnField(subject=subject, code=f"bransje_{subject}", name="Bransje", kind=FieldKind.TEXT)
        session.add(field)
        session.flush()
        for record in records:
            session.add(OwnValue(field_id=field.id, text=f"Tekst {record.id}", **{column: record.id}))
