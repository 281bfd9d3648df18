"""The log of what happened, for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session

from crm.accounts.permissions import Permission
from crm.activities import operations, queries
from crm.activities.drafts import activity_draft
from crm.activities.models import Activity, Kind, Outcome
from crm.api.declarations import Call, Resource
from crm.api.follow_ups import NextStep, next_step_of
from crm.api.paging import Term, piece
from crm.api.shapes import (
    Body,
    ListQuery,
    Moment,
    Named,
    Nothing,
    RecordId,
    Shape,
    Text,
    Version,
    named,
)
from crm.api.subjects import subject_of
from crm.contacts import queries as contacts


class ActivityOut(Shape):
    id: int
    version: int
    kind: Kind
    outcome: Outcome | None
    happened_at: Moment
    text: str
    company: Named | None
    partner: Named | None
    contact: Named | None
    by: Named
    created_at: Moment


class ActivityQuery(ListQuery):
    kind: Kind | None = None
    by: RecordId | None = None
    company: RecordId | None = None
    partner: RecordId | None = None


class ActivityIn(Body):
    """What happened, with one company or one partner; the next step becomes a follow-up."""

    kind: Kind
    company_id: RecordId | None = None
    partner_id: RecordId | None = None
    contact_id: RecordId | None = None
    outcome: Outcome | None = None
    happened_at: Annotated[Moment | None, Field(description="Now unless given")] = None
    text: Text = ""
    next_step: NextStep | None = None


class ActivityChange(Body):
    version: Version
    kind: Kind = Kind.NOTE
    contact_id: RecordId | None = None
    outcome: Outcome | None = None
    happened_at: Moment | None = None
    text: Text = ""


def read(session: Session, activity_id: int) -> ActivityOut:
    return told(queries.get_activity(session, activity_id))


def told(line: Activity) -> ActivityOut:
    """A line of the log as answered."""
    apart = {"company", "partner", "contact", "by"}
    kept = {name: getattr(line, name) for name in ActivityOut.model_fields if name not in apart}
    return ActivityOut(
        company=named(line.company),
        partner=named(line.partner),
        contact=named(line.contact),
        by=Named(id=line.by_id, name=line.by.name),
        **kept,
    )


resource = Resource("activities", ActivityOut, read)
_ORDER = (Term(Activity.happened_at, datetime, descending=True), Term(Activity.id, int, descending=True))


@resource.lists(ActivityQuery, "List what happened, newest first")
def index(call: Call[ActivityQuery]) -> dict[str, Any]:
    asked = call.asked
    rules = [
        Activity.kind == asked.kind if asked.kind else None,
        Activity.by_id == asked.by if asked.by else None,
        Activity.company_id == asked.company if asked.company else None,
        Activity.partner_id == asked.partner if asked.partner else None,
    ]
    rows = queries.activities().where(*(rule for rule in rules if rule is not None))
    return piece(call.session, rows, _ORDER, asked, told)


@resource.creates(Permission.ACTIVITY_WRITE, ActivityIn, "Log what happened, and what comes next")
def create(call: Call[ActivityIn]) -> int:
    asked, session = call.asked, call.session
    subject = subject_of(session, company_id=asked.company_id, partner_id=asked.partner_id)
    draft = activity_draft(
        kind=asked.kind.value,
        happened_at=asked.happened_at or call.now,
        now=call.now,
        text=asked.text,
        outcome=asked.outcome.value if asked.outcome else "",
        contact_id=_contact(session, asked.contact_id),
        next_step=next_step_of(call, asked.next_step) if asked.next_step else None,
    )
    line = operations.log_activity(session, call.actor.id, subject, draft)
    session.flush()
    return line.id


@resource.changes(Permission.ACTIVITY_WRITE, ActivityChange, "Correct a line of the log")
def change(call: Call[ActivityChange]) -> int:
    line = queries.get_activity(call.session, call.id)
    line.refuse_if_overtaken(call.asked.version)
    outcome = call.given("outcome", line.outcome)
    draft = activity_draft(
        kind=call.given("kind", line.kind).value,
        happened_at=call.given("happened_at", line.happened_at) or line.happened_at,
        now=call.now,
        text=call.given("text", line.text),
        outcome=outcome.value if outcome else "",
        contact_id=_contact(call.session, call.given("contact_id", line.contact_id)),
    )
    operations.update_activity(call.session, call.actor.id, line, draft)
    return line.id


@resource.removes(Permission.ACTIVITY_WRITE, "Take a line out of the log; the trail keeps what it said")
def remove(call: Call[Nothing]) -> None:
    operations.delete_activity(call.session, call.actor.id, queries.get_activity(call.session, call.id))


def _contact(session: Session, contact_id: int | None) -> int | None:
    """A person's number; NotFound for nobody's."""
    return contacts.get_contact(session, contact_id).id if contact_id else None
