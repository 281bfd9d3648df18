"""Questions about contact persons."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from crm.contacts.models import CompanyRole, Contact, PastRole
from crm.errors import NotFound
from crm.spelling import fold, search_words
from crm.storage import finding

_CANDIDATES = 400


def get_contact(session: Session, contact_id: int) -> Contact:
    """A person with roles and companies; NotFound when there is none."""
    found = session.scalars(contacts().where(Contact.id == contact_id)).first()
    if found is None:
        raise NotFound("Fant ikke personen. Oppføringen kan være slettet.")
    return found


def contacts(q: str = "") -> Select[Contact]:
    """People by name, the frozen ones aside; ``q`` narrows by name, phone in any form, or e-mail."""
    chosen = select(Contact).where(Contact.restricted.is_(False))
    chosen = chosen.options(selectinload(Contact.roles).joinedload(CompanyRole.company))
    if q.strip():
        chosen = chosen.where(_matches(q))
    return chosen.order_by(Contact.sort_key, Contact.id)


def count_contacts(session: Session, q: str = "") -> int:
    counted = select(func.count(Contact.id)).where(Contact.restricted.is_(False))
    return session.scalar(counted.where(_matches(q)) if q.strip() else counted) or 0


def search(session: Session, text: str, *, limit: int = 6, first: Collection[int] = ()) -> Sequence[Contact]:
    """The people a typed text may mean, with their companies: ``first`` the named ones, then by name."""
    if len(text.strip()) < 2:
        return []
    words = search_words(text)
    candidates = finding.beginning(Contact.id, Contact.name_key, fold(text), at_most=_CANDIDATES // 5)
    if finding.is_indexed(words):
        holding = select(Contact.id).where(_matches(text)).limit(_CANDIDATES)
        candidates = or_(candidates, Contact.id.in_(holding))
    chosen = select(Contact).where(candidates, Contact.restricted.is_(False))
    chosen = chosen.options(joinedload(Contact.roles).joinedload(CompanyRole.company))
    order = (
        Contact.id.not_in(first),
        finding.closeness(Contact.name_key, search_words(text)),
        Contact.sort_key,
        Contact.id,
    )
    return session.scalars(chosen.order_by(*order).limit(limit)).unique().all()


def at_company(company_id: int) -> Select[CompanyRole]:
    """The roles people have at a company, with the people."""
    found = select(CompanyRole).join(CompanyRole.contact)
    found = found.where(CompanyRole.company_id == company_id, Contact.restricted.is_(False))
    return found.options(joinedload(CompanyRole.contact)).order_by(Contact.sort_key)


def past_of(contact_id: int) -> Select[PastRole]:
    """Where a person was before, the latest first."""
    found = select(PastRole).where(PastRole.contact_id == contact_id).options(joinedload(PastRole.company))
    return found.order_by(PastRole.ended_on.desc(), PastRole.id.desc())


def past_at(company_id: int) -> Select[PastRole]:
    """Who was at a company before, the latest first."""
    found = select(PastRole).join(PastRole.contact).where(PastRole.company_id == company_id)
    found = found.where(Contact.restricted.is_(False)).options(joinedload(PastRole.contact))
    return found.order_by(PastRole.ended_on.desc(), PastRole.id.desc())


def get_past(session: Session, contact_id: int, past_id: int) -> PastRole:
    """One of a person's former roles; NotFound where there is none."""
    found = session.scalar(past_of(contact_id).where(PastRole.id == past_id))
    if found is None:
        raise NotFound("Personen har ikke lenger denne rollen.")
    return found


def first_at(session: Session, company_ids: Collection[int]) -> dict[int, CompanyRole]:
    """The person first entered at each company, in one question."""
    first = (
        select(func.min(CompanyRole.id))
        .join(CompanyRole.contact)
        .where(CompanyRole.company_id.in_(company_ids), Contact.restricted.is_(False))
        .group_by(CompanyRole.company_id)
    )
    found = select(CompanyRole).where(CompanyRole.id.in_(first)).options(joinedload(CompanyRole.contact))
    return {role.company_id: role for role in session.scalars(found)}


def look_alikes(session: Session, *, email: str | None, phone: str | None) -> Sequence[Contact]:
    """People who already have this e-mail address or this number."""
    rules = [Contact.email_key == email.casefold()] if email else []
    rules += [Contact.phone == phone] if phone else []
    return session.scalars(contacts().where(or_(*rules)).limit(5)).all() if rules else []


def _matches(text: str) -> ColumnElement[bool]:
    """Whether a person is known by what was typed: name, phone in any form, e-mail or its domain."""
    known_by = (Contact.name_key, Contact.email_key, finding.digits_of(Contact.phone))
    return finding.holds("find_contacts", Contact.id, known_by, search_words(text))
