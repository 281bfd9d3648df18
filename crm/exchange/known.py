"""What we already have of the companies and persons that some rows name, a block of rows at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from crm.activities.models import Activity, FollowUp, Kind
from crm.companies.models import Company, Lead
from crm.consents import queries as consents
from crm.consents.models import Address
from crm.contacts.models import CompanyRole, Contact
from crm.exchange.cells import Values
from crm.registry import queries as registry
from crm.registry.models import Unit
from crm.spelling import fold


@dataclass(slots=True)
class Known:
    """Companies by number and by folded name; persons at each; notes and follow-ups by their texts.

    ``shut`` are the addresses among those asked about that nothing may be sent to.
    """

    by_id: dict[int, Company] = field(default_factory=dict)
    by_orgnr: dict[str, Company] = field(default_factory=dict)
    by_name: dict[str, list[Company]] = field(default_factory=lambda: defaultdict(list))
    units: dict[str, Unit] = field(default_factory=dict)
    units_by_name: dict[str, list[Unit]] = field(default_factory=lambda: defaultdict(list))
    people: dict[int, list[tuple[Contact, str]]] = field(default_factory=lambda: defaultdict(list))
    by_email: dict[str, Contact] = field(default_factory=dict)
    shut: set[str] = field(default_factory=set)
    notes: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    steps: dict[int, set[tuple[str, date]]] = field(default_factory=lambda: defaultdict(set))

    def company(self, orgnr: str | None, name_key: str, municipality_no: str | None) -> list[Company]:
        """Those of ours that a row must mean: by number, else by exact name where the place allows it."""
        if orgnr and orgnr in self.by_orgnr:
            return [self.by_orgnr[orgnr]]
        return [
            company
            for company in self.by_name.get(name_key, ())
            if not (orgnr and company.orgnr)
            and not (
                municipality_no and company.municipality_no and municipality_no != company.municipality_no
            )
        ]


def known(session: Session, rows: Collection[Values], ids: Iterable[int] = ()) -> Known:
    """What there is about these rows, and about the companies with these ids."""
    found = Known()
    numbers = {row.company["orgnr"] for row in rows if "orgnr" in row.company}
    names = {fold(row.company["name"])[:400] for row in rows if "name" in row.company}
    companies = _companies(session, numbers, names, set(ids))
    for company in companies:
        found.by_id[company.id] = company
        if company.orgnr:
            found.by_orgnr[company.orgnr] = company
        found.by_name[company.name_key].append(company)
    _mirror(session, found, numbers, names)
    company_ids = [company.id for company in companies]
    _people(session, found, company_ids, rows)
    _log(session, found, company_ids, rows)
    return found


def _companies(session: Session, numbers: set[str], names: set[str], ids: set[int]) -> list[Company]:
    wanted = select(Company).options(joinedload(Company.lead).selectinload(Lead.segments))
    rules = or_(Company.orgnr.in_(numbers), Company.name_key.in_(names), Company.id.in_(ids))
    return list(session.scalars(wanted.where(rules).order_by(Company.id)).unique())


def _mirror(session: Session, found: Known, numbers: set[str], names: set[str]) -> None:
    """What the register's mirror has of numbers and names that are new to us."""
    found.units = registry.by_orgnrs(session, sorted(numbers - found.by_orgnr.keys()))
    new_names = names - found.by_name.keys()
    if new_names:
        for unit in session.scalars(registry.living().where(Unit.name_key.in_(new_names))):
            found.units_by_name[unit.name_key].append(unit)


def _people(session: Session, found: Known, company_ids: list[int], rows: Collection[Values]) -> None:
    people = [row.person for row in rows if row.person]
    if not people:
        return
    at_ours = select(CompanyRole).where(CompanyRole.company_id.in_(company_ids))
    for role in session.scalars(at_ours.options(joinedload(CompanyRole.contact))):
        found.people[role.company_id].append((role.contact, role.title))
    found.shut = consents.suppressed(session, Address.EMAIL, _held(people, "email"))
    found.shut |= consents.suppressed(session, Address.PHONE, _held(people, "phone"))
    emails = {person["email"].casefold() for person in people if "email" in person}
    for contact in session.scalars(select(Contact).where(Contact.email_key.in_(emails)).order_by(Contact.id)):
        found.by_email.setdefault(contact.email_key or "", contact)


def _held(people: Iterable[dict[str, Any]], name: str) -> set[str]:
    return {person[name] for person in people if person.get(name)}


def _log(session: Session, found: Known, company_ids: list[int], rows: Collection[Values]) -> None:
    if any(row.note for row in rows):
        notes = select(Activity.company_id, Activity.text).where(
            Activity.company_id.in_(company_ids), Activity.kind == Kind.NOTE
        )
        for number, text in session.execute(notes):
            found.notes[number or 0].add(text)
    if any(row.step for row in rows):
        steps = select(FollowUp.company_id, FollowUp.text, FollowUp.due_on)
        for number, text, day in session.execute(steps.where(FollowUp.company_id.in_(company_ids))):
            found.steps[number or 0].add((text, day))
