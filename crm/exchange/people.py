"""The persons at the companies of a list, as cards for an address book."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from crm.companies import queries
from crm.companies.drafts import CompanyFilter
from crm.companies.models import Company
from crm.contacts.models import CompanyRole, Contact
from crm.sheets.vcard_out import Card

BLOCK = 1000


def cards(session: Session, wanted: CompanyFilter) -> Iterator[Card]:
    """Each person once, with the first of the list's companies they have a role at; one question."""
    held = (Contact.id, Contact.name, Company.name, CompanyRole.title, Contact.email, Contact.phone)
    asked = (
        queries.companies(wanted)
        .with_only_columns(*held)
        .join(CompanyRole, CompanyRole.company_id == Company.id)
        .join(Contact, Contact.id == CompanyRole.contact_id)
        .where(Contact.restricted.is_(False))
        .order_by(CompanyRole.id)
    )
    seen: set[int] = set()
    for number, name, organisation, title, email, phone in session.execute(
        asked, execution_options={"yield_per": BLOCK}
    ):
        if number in seen:
            continue
        seen.add(number)
        yield Card(
            uid=f"urn:klyngetorg:contact:{number}",
            name=name,
            organisation=organisation,
            title=title,
            email=email or "",
            phone=phone or "",
        )
