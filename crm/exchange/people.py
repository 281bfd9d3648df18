"""The persons at the companies of a list, as cards for an address book."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from crm.companies import queries
from crm.companies.drafts import CompanyFilter
from crm.contacts.models import CompanyRole
from crm.sheets.vcard_out import Card

_BLOCK = 500


def cards(session: Session, wanted: CompanyFilter) -> Iterator[Card]:
    """Each person once, with the first of the list's companies they have a role at; a block at a time."""
    seen: set[int] = set()
    start = 0
    while True:
        block = session.scalars(queries.companies(wanted).limit(_BLOCK).offset(start)).unique().all()
        ids = [company.id for company in block]
        yield from _of(session, ids, seen)
        session.expunge_all()
        if len(block) < _BLOCK:
            return
        start += _BLOCK


def _of(session: Session, company_ids: list[int], seen: set[int]) -> Iterator[Card]:
    """The persons at these companies, in the companies' order."""
    asked = select(CompanyRole).where(CompanyRole.company_id.in_(company_ids))
    roles = session.scalars(asked.options(joinedload(CompanyRole.contact), joinedload(CompanyRole.company)))
    place = {company_id: at for at, company_id in enumerate(company_ids)}
    for role in sorted(roles, key=lambda role: (place[role.company_id], role.id)):
        contact = role.contact
        if contact.id in seen:
            continue
        seen.add(contact.id)
        yield Card(
            uid=f"urn:klyngetorg:contact:{contact.id}",
            name=contact.name,
            organisation=role.company.name,
            title=role.title,
            email=contact.email or "",
            phone=contact.phone or "",
        )
