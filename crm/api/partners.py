"""Partners, for programs."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session

from crm.accounts.permissions import Permission
from crm.api.declarations import Call, Resource
from crm.api.paging import Term, piece
from crm.api.shapes import Body, Line, ListQuery, Moment, Named, Shape, Text, Version, Words
from crm.partners import operations, queries
from crm.partners.drafts import PartnerDraft, partner_draft
from crm.partners.models import Partner, PartnerKind
from crm.spelling import tidy

_Number = Annotated[str, Field(max_length=40)]
_Municipality = Annotated[str, Field(pattern="^([0-9]{4})?$")]


class PersonOut(Shape):
    """A person at a partner, and what the person does there."""

    contact: Named
    title: str


class PartnerOut(Shape):
    id: int
    version: int
    name: str
    kind: PartnerKind
    orgnr: str | None
    municipality_no: str | None
    home_page: str | None
    about: str
    created_at: Moment
    people: list[PersonOut]


class PartnerQuery(ListQuery):
    q: Words = ""


class PartnerIn(Body):
    name: Line
    kind: PartnerKind
    orgnr: _Number = ""
    municipality_no: _Municipality = ""
    home_page: Line = ""
    about: Text = ""


class PartnerChange(Body):
    """What is not sent stays; null empties a field."""

    version: Version
    name: Line = ""
    kind: PartnerKind = PartnerKind.OTHER
    orgnr: _Number | None = None
    municipality_no: _Municipality | None = None
    home_page: Line | None = None
    about: Text = ""


def read(session: Session, partner_id: int) -> PartnerOut:
    return told(queries.get_partner(session, partner_id))


def told(partner: Partner) -> PartnerOut:
    """A partner as answered."""
    kept = {name: getattr(partner, name) for name in PartnerOut.model_fields if name != "people"}
    people = [
        PersonOut(contact=Named(id=role.contact_id, name=role.contact.name), title=role.title)
        for role in partner.roles
    ]
    return PartnerOut(people=people, **kept)


resource = Resource("partners", PartnerOut, read)
_ORDER = (Term(Partner.sort_key), Term(Partner.id, int))


@resource.lists(PartnerQuery, "List partners by name")
def index(call: Call[PartnerQuery]) -> dict[str, Any]:
    return piece(call.session, queries.partners(tidy(call.asked.q)), _ORDER, call.asked, told)


@resource.creates(Permission.PARTNER_WRITE, PartnerIn, "Add a partner")
def create(call: Call[PartnerIn]) -> int:
    partner = operations.create_partner(call.session, call.actor.id, _draft(**call.asked.model_dump()))
    call.session.flush()
    return partner.id


@resource.changes(Permission.PARTNER_WRITE, PartnerChange, "Correct a partner")
def change(call: Call[PartnerChange]) -> int:
    partner = queries.get_partner(call.session, call.id)
    names = [name for name in PartnerChange.model_fields if name != "version"]
    draft = _draft(**{name: call.given(name, getattr(partner, name)) or "" for name in names})
    operations.update_partner(call.session, call.actor.id, partner, draft, seen=call.asked.version)
    return partner.id


def _draft(*, kind: PartnerKind | str, **typed: str) -> PartnerDraft:
    return partner_draft(kind=kind.value if isinstance(kind, PartnerKind) else kind, **typed)
