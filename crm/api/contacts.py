"""Contact persons, for programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session

from crm.accounts.permissions import Permission
from crm.api import own
from crm.api.declarations import Call, Resource
from crm.api.own import OwnIn, OwnOut
from crm.api.paging import Term, piece
from crm.api.shapes import (
    Body,
    Line,
    ListQuery,
    Moment,
    Named,
    Nothing,
    RecordId,
    Shape,
    ShortText,
    Version,
    Words,
)
from crm.companies import queries as companies
from crm.contacts import operations, queries
from crm.contacts.drafts import contact_draft
from crm.contacts.models import Contact
from crm.duplicates import queries as duplicates
from crm.duplicates.models import Kind
from crm.errors import Conflict, NotFound
from crm.fields.models import Subject
from crm.partners import operations as partner_operations
from crm.partners import queries as partners
from crm.spelling import tidy

_Phone = Annotated[str, Field(max_length=60)]


class RoleOut(Shape):
    """What a person does, and at which company."""

    company: Named
    title: str


class ContactOut(Shape):
    id: int
    version: int
    name: str
    email: str | None
    phone: str | None
    source: str
    informed_on: date | None
    created_at: Moment
    own: OwnOut
    roles: list[RoleOut]


class ContactQuery(ListQuery):
    q: Annotated[Words, Field(description="Name, phone in any form, or e-mail")] = ""


class ContactIn(Body):
    """A new person; a likely double is refused unless you say that it is another one."""

    name: ShortText
    email: Line = ""
    phone: _Phone = ""
    title: ShortText = ""
    source: Line = ""
    company_id: RecordId | None = None
    partner_id: RecordId | None = None
    another_one: bool = False


class ContactChange(Body):
    version: Version
    name: ShortText = ""
    email: Line | None = None
    phone: _Phone | None = None
    source: Line = ""
    own: OwnIn | None = None


def read(session: Session, contact_id: int) -> ContactOut:
    """One as answered; a number that was merged away answers with the one it is part of now."""
    try:
        found = queries.get_contact(session, contact_id)
    except NotFound:
        now = duplicates.leads_on_to(session, Kind.CONTACT, contact_id)
        if now is None:
            raise
        found = queries.get_contact(session, now)
    return told(found, own.of(session, Subject.CONTACT, [found.id]))


def told(contact: Contact, values: Mapping[int, OwnOut]) -> ContactOut:
    """A person as answered."""
    kept = {name: getattr(contact, name) for name in ContactOut.model_fields if name not in {"roles", "own"}}
    roles = [
        RoleOut(company=Named(id=role.company_id, name=role.company.name), title=role.title)
        for role in contact.roles
    ]
    return ContactOut(roles=roles, own=values.get(contact.id, {}), **kept)


resource = Resource("contacts", ContactOut, read)
_ORDER = (Term(Contact.sort_key), Term(Contact.id, int))


@resource.lists(ContactQuery, "List contact persons by name")
def index(call: Call[ContactQuery]) -> dict[str, Any]:
    return piece(
        call.session, queries.contacts(tidy(call.asked.q)), _ORDER, call.asked, told, Subject.CONTACT
    )


@resource.creates(Permission.COMPANY_WRITE, ContactIn, "Add a contact person, with a role where you say so")
def create(call: Call[ContactIn]) -> int:
    asked, session = call.asked, call.session
    draft = contact_draft(**asked.model_dump(include={"name", "email", "phone", "title", "source"}))
    company = companies.get_company(session, asked.company_id) if asked.company_id else None
    partner = partners.get_partner(session, asked.partner_id) if asked.partner_id else None
    if not asked.another_one and queries.look_alikes(session, email=draft.email, phone=draft.phone):
        raise Conflict(
            "Noen har alt denne e-postadressen eller dette nummeret."
            " Send another_one: true om det er en annen person.",
            field="another_one",
        )
    contact = operations.create_contact(session, call.actor.id, draft, company=company)
    if partner:
        partner_operations.add_person(session, call.actor.id, partner, contact, title=draft.title)
    session.flush()
    return contact.id


@resource.changes(Permission.COMPANY_WRITE, ContactChange, "Correct a contact person")
def change(call: Call[ContactChange]) -> int:
    contact = queries.get_contact(call.session, call.id)
    draft = contact_draft(
        name=call.given("name", contact.name) or "",
        email=call.given("email", contact.email) or "",
        phone=call.given("phone", contact.phone) or "",
        source=call.given("source", contact.source) or "",
    )
    operations.update_contact(call.session, call.actor.id, contact, draft, seen=call.asked.version)
    own.take_in(call, Subject.CONTACT, contact, call.asked.own)
    return contact.id


@resource.removes(Permission.COMPANY_WRITE, "Forget a contact person; the log stays, without the name")
def remove(call: Call[Nothing]) -> None:
    operations.delete_contact(call.session, call.actor.id, queries.get_contact(call.session, call.id))
