"""Questions about contact persons."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from crm.contacts.models import CompanyRole, Contact
from crm.errors import NotFound
from crm.spelling import fold


def get_contact(session: Session, contact_id: int) -> Contact:
    """A person with roles and companies; NotFound when there is none."""
    found = session.scalars(contacts().where(Contact.id == contact_id)).first()
    if found is None:
        raise NotFound("Fant ikke personen. Oppføringen kan være slettet.")
    return found


def contacts(q: str = "") -> Select[Contact]:
    """People by name; ``q`` narrows by name, phone in any form, or e-mail."""
    chosen = select(Contact).options(selectinload(Contact.roles).joinedload(CompanyRole.company))
    if q.strip():
        chosen = chosen.where(_matches(q))
    return chosen.order_by(Contact.sort_key, Contact.id)


def count_contacts(session: Session, q: str = "") -> int:
    counted = select(func.count(Contact.id))
    return session.scalar(counted.where(_matches(q)) if q.strip() else counted) or 0


def search(session: Session, text: str, *, limit: int = 6) -> Sequence[Contact]:
    """The people a typed text may mean."""
    return session.scalars(contacts(text).limit(limit)).all() if len(text.strip()) >= 2 else []


def at_company(company_id: int) -> Select[CompanyRole]:
    """The roles people have at a company, with the people."""
    found = select(CompanyRole).join(CompanyRole.contact).where(CompanyRole.company_id == company_id)
    return found.options(joinedload(CompanyRole.contact)).order_by(Contact.sort_key)


def _matches(text: str) -> ColumnElement[bool]:
    by_name = and_(
        *(Contact.name_key.contains(word, autoescape=True) for word in fold(text).split()[:8]), true()
    )
    digits = "".join(char for char in text if char.isdigit())
    rules = [by_name]
    if len(digits) >= 4:
        rules.append(Contact.phone.contains(digits.removeprefix("0047")[-8:], autoescape=True))
    if "@" in text:
        rules.append(Contact.email_key.contains(text.strip().casefold(), autoescape=True))
    return or_(*rules)
