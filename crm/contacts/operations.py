"""Acts on contact persons."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.companies.models import Company
from crm.contacts.drafts import ContactDraft
from crm.contacts.models import CompanyRole, Contact, PastRole
from crm.history import operations as history
from crm.spelling import fold, sort_key


def create_contact(
    session: Session, actor_id: int | None, draft: ContactDraft, *, company: Company | None = None
) -> Contact:
    """A new person, at a company where one is given."""
    contact = Contact(source=draft.source, demo=draft.demo, roles=[])
    _fill(contact, draft)
    session.add(contact)
    if company is not None:
        contact.roles.append(CompanyRole(company=company, title=draft.title))
    history.record(session, actor_id, "contact:create", subject=contact, changes={})
    return contact


def update_contact(
    session: Session, actor_id: int | None, contact: Contact, draft: ContactDraft, *, seen: int | None = None
) -> None:
    """Correct a person; Conflict when saved since ``seen``. The trail names the fields alone."""
    contact.refuse_if_overtaken(seen)
    _fill(contact, draft)
    contact.source = draft.source
    touched = dict.fromkeys(history.pending_changes(contact))
    history.record(session, actor_id, "contact:update", subject=contact, changes=dict(touched))


def add_role(
    session: Session, actor_id: int | None, contact: Contact, company: Company, *, title: str
) -> CompanyRole:
    """Let a person have a role at a company; the same role twice is one, with the newer title."""
    known = session.scalar(
        select(CompanyRole).where(CompanyRole.contact_id == contact.id, CompanyRole.company_id == company.id)
    )
    role = known or CompanyRole(contact_id=contact.id, company_id=company.id)
    role.title = title[:200]
    session.add(role)
    history.record(session, actor_id, "contact:role", subject=contact, changes={"company": company.id})
    return role


def remove_role(session: Session, actor_id: int | None, contact: Contact, role: CompanyRole) -> None:
    """End a person's role at a company; the person stays."""
    ended: dict[str, object] = {"company": role.company_id}
    history.record(session, actor_id, "contact:role-ended", subject=contact, changes=ended)
    contact.roles.remove(role)
    session.flush()


def leave(
    session: Session, actor_id: int | None, contact: Contact, role: CompanyRole, *, on: date
) -> PastRole:
    """A person has left a company; that they were there, and as what, is kept."""
    kept = {"contact_id": contact.id, "company_id": role.company_id, "title": role.title}
    past = PastRole(**kept, began_on=role.began_on, ended_on=on)
    session.add(past)
    contact.roles.remove(role)
    left: dict[str, object] = {"company": past.company_id}
    history.record(session, actor_id, "contact:left", subject=contact, changes=left)
    return past


def come_back(session: Session, actor_id: int | None, contact: Contact, past: PastRole) -> None:
    """A person is at a company as before: they came back, or had never left."""
    kept = {"contact_id": contact.id, "company_id": past.company_id, "title": past.title}
    session.add(CompanyRole(**kept, began_on=past.began_on))
    session.delete(past)
    back: dict[str, object] = {"company": past.company_id}
    history.record(session, actor_id, "contact:role", subject=contact, changes=back)


def mark_informed(session: Session, actor_id: int | None, contact: Contact, *, on: date | None) -> None:
    """The person has been told that we keep their name, and why; None takes a mistaken mark away."""
    contact.informed_on = on
    history.record(session, actor_id, "contact:informed", subject=contact)


def delete_contact(session: Session, actor_id: int | None, contact: Contact) -> None:
    """Forget a person; the log stays, without the name."""
    history.record(session, actor_id, "contact:delete", subject=contact, changes={})
    session.delete(contact)
    session.flush()


def _fill(contact: Contact, draft: ContactDraft) -> None:
    contact.name, contact.name_key, contact.sort_key = (
        draft.name,
        fold(draft.name)[:400],
        sort_key(draft.name)[:400],
    )
    contact.email, contact.email_key = draft.email, draft.email.casefold() if draft.email else None
    contact.phone = draft.phone
