"""Recognising what is typed: who among those kept it may be, while the fields are still half written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from crm.companies import queries as companies
from crm.companies.models import Company
from crm.contacts import queries as contacts
from crm.contacts.models import CompanyRole, Contact
from crm.duplicates import likeness
from crm.duplicates.drafts import TypedCompany, TypedPerson
from crm.duplicates.likeness import CompanyTraits, Likeness, PersonTraits, domains_of, number_of
from crm.duplicates.searching import CROWD
from crm.registry import queries as registry
from crm.registry.models import Unit
from crm.spelling import fold, without_form

_LOOKED_AT, _SHOWN, _SHORTEST = 20, 4, 3
Record = TypeVar("Record", Company, Contact)


@dataclass(frozen=True, slots=True)
class Alike(Generic[Record]):
    """One that is kept and like what is typed, with how like it is."""

    record: Record
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class AlikeCompanies:
    """Those of ours that are like a typed company, the likest first, and units of the register that are."""

    ours: Sequence[Alike[Company]]
    units: Sequence[Unit]


def like_company(session: Session, typed: TypedCompany) -> AlikeCompanies:
    """Who a typed company may be: by number, phone, e-mail, domain, name without form, or a former name."""
    asked = typed.traits
    units = _units(session, typed, asked)
    former = {unit.orgnr: _former(unit) for unit in units}
    found = {company.id: company for company in _companies(session, asked, units)}
    traits = {number: traits_of(company, former) for number, company in found.items()}
    shared = _crowds(value for one in traits.values() for value in (one.phone, *one.domains))
    ranked = _ranked(
        (found[number], likeness.companies(asked, kept, shared=shared)) for number, kept in traits.items()
    )
    known = {company.orgnr for company in found.values()}
    return AlikeCompanies(ranked, [unit for unit in units if unit.orgnr not in known][:2])


def like_person(session: Session, typed: TypedPerson) -> Sequence[Alike[Contact]]:
    """Who a typed person may be: by e-mail, phone, name, or a name like one at the same company."""
    asked = typed.traits
    found = {contact.id: contact for contact in _contacts(session, asked)}
    traits = {number: person_traits_of(contact) for number, contact in found.items()}
    shared = _crowds(value for one in traits.values() for value in (one.phone, one.email))
    return _ranked(
        (found[number], likeness.persons(asked, kept, shared=shared)) for number, kept in traits.items()
    )


def traits_of(company: Company, former: dict[str, frozenset[str]] | None = None) -> CompanyTraits:
    """What a kept company is known by, and by its former names in the register where they are given."""
    return CompanyTraits(
        name=without_form(company.name_key),
        orgnr=company.orgnr or "",
        phone=number_of(company.phone),
        email=(company.email or "").casefold(),
        domains=domains_of(company.home_page, company.email),
        place=fold(company.municipality or ""),
        former=(former or {}).get(company.orgnr or "", frozenset()),
    )


def person_traits_of(contact: Contact) -> PersonTraits:
    """What a kept person is known by; the roles are read."""
    return PersonTraits(
        name=contact.name_key,
        phone=number_of(contact.phone),
        email=contact.email_key or "",
        companies=frozenset(role.company_id for role in contact.roles),
    )


def _ranked(pairs: Iterable[tuple[Record, Likeness]]) -> list[Alike[Record]]:
    alike = [Alike(record, like) for record, like in pairs if like.points >= likeness.WORTH_A_LOOK]
    return sorted(alike, key=lambda one: (-one.likeness.points, one.record.id))[:_SHOWN]


def _crowds(values: Iterable[str]) -> set[str]:
    return {value for value, times in Counter(filter(None, values)).items() if times > CROWD}


def _units(session: Session, typed: TypedCompany, asked: CompanyTraits) -> list[Unit]:
    """The register's units of this number, or with this name now or before."""
    if asked.orgnr:
        return list(registry.by_orgnrs(session, [asked.orgnr]).values())
    if len(asked.name) < _SHORTEST:
        return []
    hits = registry.search(session, typed.name, limit=_LOOKED_AT)
    return [unit for unit in hits if asked.name in {without_form(unit.name_key), *_former(unit)}]


def _former(unit: Unit) -> frozenset[str]:
    return frozenset(without_form(fold(name)) for name in unit.former_names.splitlines() if name.strip())


def _companies(session: Session, asked: CompanyTraits, units: Sequence[Unit]) -> list[Company]:
    numbers = {asked.orgnr, *(unit.orgnr for unit in units)} - {""}
    found = list(companies.by_orgnrs(session, numbers).values()) if numbers else []
    for text in (*sorted(asked.domains), asked.phone, asked.name):
        if len(text) >= _SHORTEST:
            found += companies.search(session, text, limit=_LOOKED_AT)
    return [*found, *_misspelt(session, asked.name)]


def _misspelt(session: Session, name: str) -> Sequence[Company]:
    """Companies whose names begin alike, among which one may be written wrongly further on."""
    if len(name) < _SHORTEST + 2:
        return []
    begins = name[: _SHORTEST + 2]
    same = select(Company).where(Company.name_key >= begins, Company.name_key < begins + "\uffff")
    return session.scalars(same.order_by(Company.name_key).limit(_LOOKED_AT * 10)).all()


def _contacts(session: Session, asked: PersonTraits) -> list[Contact]:
    found: list[Contact] = []
    known_by = [Contact.email_key == asked.email] if asked.email else []
    known_by += [Contact.phone.in_(_written(asked.phone))] if asked.phone else []
    known_by += [Contact.name_key == asked.name] if len(asked.name) >= _SHORTEST else []
    if known_by:
        found += session.scalars(contacts.contacts().where(or_(*known_by)).limit(_LOOKED_AT))
    if len(asked.name) >= _SHORTEST and asked.companies:
        here = select(CompanyRole.contact_id).where(CompanyRole.company_id.in_(asked.companies))
        found += session.scalars(contacts.contacts().where(Contact.id.in_(here)).limit(_LOOKED_AT * 10))
    return found


def _written(number: str) -> list[str]:
    """The ways a bare number may be kept."""
    return [f"+47{number}", f"+{number}", number]
