"""What shall happen, for programs."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from sqlalchemy.orm import Session

from crm.accounts.permissions import Permission
from crm.activities import operations, queries
from crm.activities.drafts import FollowUpDraft, follow_up_draft
from crm.activities.models import FollowUp
from crm.api.colleagues import colleague
from crm.api.declarations import Call, Resource
from crm.api.paging import Term, piece
from crm.api.shapes import Body, Line, ListQuery, Moment, Named, RecordId, Shape, Version, named
from crm.api.subjects import subject_of


class FollowUpOut(Shape):
    id: int
    version: int
    text: str
    due_on: date
    owner: Named
    company: Named | None
    partner: Named | None
    done_at: Moment | None
    created_at: Moment


class FollowUpQuery(ListQuery):
    owner: RecordId | None = None
    until: date | None = None
    company: RecordId | None = None
    partner: RecordId | None = None
    state: Literal["open", "done", "all"] = "open"


class NextStep(Body):
    """What shall happen, by when, and who does it: yourself unless given."""

    text: Line
    due_on: date
    owner_id: RecordId | None = None


class FollowUpIn(NextStep):
    company_id: RecordId | None = None
    partner_id: RecordId | None = None


class Postponement(Body):
    version: Version
    due_on: date


class Tick(Body):
    version: Version


def read(session: Session, follow_up_id: int) -> FollowUpOut:
    return told(queries.get_follow_up(session, follow_up_id))


def told(step: FollowUp) -> FollowUpOut:
    """A follow-up as answered."""
    apart = {"owner", "company", "partner"}
    kept = {name: getattr(step, name) for name in FollowUpOut.model_fields if name not in apart}
    return FollowUpOut(
        owner=Named(id=step.owner_id, name=step.owner.name),
        company=named(step.company),
        partner=named(step.partner),
        **kept,
    )


resource = Resource("follow-ups", FollowUpOut, read)
_ORDER = (Term(FollowUp.due_on, date), Term(FollowUp.id, int))


@resource.lists(
    FollowUpQuery, "List what shall happen, the most pressing first; what is done where you say so"
)
def index(call: Call[FollowUpQuery]) -> dict[str, Any]:
    asked = call.asked
    rules = [
        {"open": FollowUp.done_at.is_(None), "done": FollowUp.done_at.is_not(None)}.get(asked.state),
        FollowUp.owner_id == asked.owner if asked.owner else None,
        FollowUp.due_on <= asked.until if asked.until else None,
        FollowUp.company_id == asked.company if asked.company else None,
        FollowUp.partner_id == asked.partner if asked.partner else None,
    ]
    rows = queries.follow_ups().where(*(rule for rule in rules if rule is not None))
    return piece(call.session, rows, _ORDER, asked, told)


@resource.creates(Permission.ACTIVITY_WRITE, FollowUpIn, "Decide that something shall happen")
def create(call: Call[FollowUpIn]) -> int:
    asked = call.asked
    subject = subject_of(call.session, company_id=asked.company_id, partner_id=asked.partner_id)
    step = operations.plan(call.session, call.actor.id, subject, next_step_of(call, asked))
    call.session.flush()
    return step.id


@resource.changes(Permission.ACTIVITY_WRITE, Postponement, "Move a follow-up to another day")
def change(call: Call[Postponement]) -> int:
    step = _seen(call, call.asked.version)
    draft = follow_up_draft(
        text=step.text, due_on=call.asked.due_on, owner_id=step.owner_id, today=call.today
    )
    operations.postpone(call.session, call.actor.id, step, to=draft.due_on)
    return step.id


@resource.acts("finish", Permission.ACTIVITY_WRITE, Tick, "Tick a follow-up off")
def finish(call: Call[Tick]) -> int:
    step = _seen(call, call.asked.version)
    operations.finish(call.session, call.actor.id, step, now=call.now)
    return step.id


@resource.acts("reopen", Permission.ACTIVITY_WRITE, Tick, "Undo a tick")
def reopen(call: Call[Tick]) -> int:
    step = _seen(call, call.asked.version)
    operations.reopen(call.session, call.actor.id, step)
    return step.id


def next_step_of(call: Call[Any], asked: NextStep) -> FollowUpDraft:
    """The draft of a follow-up, our own where nobody is told to do it."""
    owner = colleague(call.session, asked.owner_id) or call.actor.id
    return follow_up_draft(text=asked.text, due_on=asked.due_on, owner_id=owner, today=call.today)


def _seen(call: Call[Any], version: int) -> FollowUp:
    """The follow-up; Conflict when it was changed since the program read it."""
    step = queries.get_follow_up(call.session, call.id)
    step.refuse_if_overtaken(version)
    return step
