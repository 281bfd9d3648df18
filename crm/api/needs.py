"""Partners' needs, for programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

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
    RecordId,
    SegmentCodes,
    Shape,
    ShortText,
    Text,
    Version,
    Words,
    named,
)
from crm.contacts import queries as contacts
from crm.fields.models import Subject
from crm.matches import operations as matches
from crm.partners import operations, queries
from crm.partners.drafts import NeedDraft, need_draft, refuse_past
from crm.partners.models import Need, Partner
from crm.spelling import tidy

_Kilometres = Annotated[int, Field(ge=1, le=3000)]


class NeedOut(Shape):
    id: int
    version: int
    partner: Named
    title: str
    text: str
    segments: list[str]
    source: str
    valid_until: date | None
    contact: Named | None
    shown_to_companies: bool
    farthest_km: int | None
    closed: bool
    created_at: Moment
    own: OwnOut


class NeedQuery(ListQuery):
    q: Words = ""
    segment: Words = ""
    partner: RecordId | None = None
    state: Literal["open", "all"] = "open"


class _NeedFields(Body):
    source: Line = ""
    segments: SegmentCodes = ()
    valid_until: date | None = None
    contact_id: RecordId | None = None
    shown_to_companies: bool = False
    farthest_km: _Kilometres | None = None


class NeedIn(_NeedFields):
    partner_id: RecordId
    title: ShortText
    text: Annotated[Text, Field(description="What is needed, in a sentence or two: the matching reads this")]


class NeedChange(_NeedFields):
    """What is not sent stays; ``closed`` closes a need or opens it again."""

    version: Version
    title: ShortText = ""
    text: Text = ""
    closed: bool | None = None
    own: OwnIn | None = None


def read(session: Session, need_id: int) -> NeedOut:
    return told(queries.get_need(session, need_id), own.of(session, Subject.NEED, [need_id]))


def told(need: Need, values: Mapping[int, OwnOut]) -> NeedOut:
    """A need as answered."""
    apart = {"partner", "contact", "segments", "own"}
    kept = {name: getattr(need, name) for name in NeedOut.model_fields if name not in apart}
    return NeedOut(
        partner=Named(id=need.partner_id, name=need.partner.name),
        contact=named(need.contact),
        segments=[segment.code for segment in need.segments],
        own=values.get(need.id, {}),
        **kept,
    )


resource = Resource("needs", NeedOut, read)
_ORDER = (Term(Partner.sort_key), Term(Need.sort_key), Term(Need.id, int))


@resource.lists(NeedQuery, "List needs, partner by partner; only the open ones unless you say so")
def index(call: Call[NeedQuery]) -> dict[str, Any]:
    asked = call.asked
    rows = queries.needs(
        today=call.today,
        q=tidy(asked.q),
        segment=tidy(asked.segment),
        partner=asked.partner,
        all_of=asked.state == "all",
    )
    return piece(call.session, rows, _ORDER, asked, told, Subject.NEED)


@resource.creates(Permission.PARTNER_WRITE, NeedIn, "Write down a partner's need")
def create(call: Call[NeedIn]) -> int:
    partner = queries.get_partner(call.session, call.asked.partner_id)
    refuse_past(call.asked.valid_until, today=call.today)
    draft = _draft(call, call.asked.model_dump(exclude={"partner_id"}))
    need = operations.create_need(call.session, call.actor.id, partner, draft)
    call.session.flush()
    _search(call, need)
    return need.id


@resource.changes(Permission.PARTNER_WRITE, NeedChange, "Correct a need, close it, or open it again")
def change(call: Call[NeedChange]) -> int:
    need, asked = queries.get_need(call.session, call.id), call.asked
    need.refuse_if_overtaken(asked.version)
    if call.given("valid_until", need.valid_until) != need.valid_until:
        refuse_past(asked.valid_until, today=call.today)
    stands: dict[str, Any] = {name: getattr(need, name) for name in _NeedFields.model_fields}
    stands |= {
        "title": need.title,
        "text": need.text,
        "segments": tuple(found.code for found in need.segments),
    }
    typed = {name: call.given(name, value) for name, value in stands.items()}
    before = need.asked, need.closed
    if typed != stands:
        operations.update_need(call.session, call.actor.id, need, _draft(call, typed))
    if asked.closed is not None and asked.closed != need.closed:
        operations.close_need(call.session, call.actor.id, need, closed=asked.closed)
    own.take_in(call, Subject.NEED, need, asked.own)
    if (need.asked, need.closed) != before:
        _search(call, need)
    return need.id


def _search(call: Call[Any], need: Need) -> None:
    """Ask for suggestions; the worker's next sweep finds them."""
    if need.open_on(call.today):
        matches.request_search(call.session, need.id, actor_id=call.actor.id, now=call.now)


def _draft(call: Call[Any], typed: dict[str, Any]) -> NeedDraft:
    """The draft of a need; NotFound for a contact person there is none of."""
    if typed["contact_id"]:
        contacts.get_contact(call.session, typed["contact_id"])
    return need_draft(**typed | {"segments": frozenset(typed["segments"])})
