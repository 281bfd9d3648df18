"""Companies and partners brought together, for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from crm.accounts.permissions import Permission
from crm.api.declarations import Call, Resource
from crm.api.paging import Term, piece
from crm.api.shapes import Body, Line, ListQuery, Moment, Named, RecordId, Shape, Version
from crm.matches import introduced, operations
from crm.matches.drafts import move_draft
from crm.matches.models import Introduction, IntroductionState


class IntroductionOut(Shape):
    """A company and a partner's need brought together: how far it has come, and what came of it."""

    id: int
    version: int
    need: Named
    partner: Named
    company: Named
    state: IntroductionState
    state_since: Moment
    outcome: str
    opened_by: Named
    created_at: Moment


class IntroductionQuery(ListQuery):
    state: IntroductionState | None = None
    company: RecordId | None = None
    need: RecordId | None = None


class IntroductionMove(Body):
    """The next state; one that is declined says why."""

    version: Version
    state: IntroductionState
    outcome: Line = ""


def read(session: Session, introduction_id: int) -> IntroductionOut:
    return told(introduced.get_introduction(session, introduction_id))


def told(found: Introduction) -> IntroductionOut:
    """An introduction as answered."""
    apart = {"need", "partner", "company", "opened_by"}
    kept = {name: getattr(found, name) for name in IntroductionOut.model_fields if name not in apart}
    return IntroductionOut(
        need=Named(id=found.need_id, name=found.need.title),
        partner=Named(id=found.need.partner_id, name=found.need.partner.name),
        company=Named(id=found.company_id, name=found.company.name),
        opened_by=Named(id=found.opened_by_id, name=found.opened_by.name),
        **kept,
    )


resource = Resource("introductions", IntroductionOut, read)
_ORDER = (
    Term(Introduction.created_at, datetime, descending=True),
    Term(Introduction.id, int, descending=True),
)


@resource.lists(IntroductionQuery, "List introductions, newest first")
def index(call: Call[IntroductionQuery]) -> dict[str, Any]:
    asked = call.asked
    rules = [
        Introduction.company_id == asked.company if asked.company else None,
        Introduction.need_id == asked.need if asked.need else None,
    ]
    rows = introduced.introductions([asked.state] if asked.state else ())
    narrowed = rows.where(*(rule for rule in rules if rule is not None))
    return piece(call.session, narrowed, _ORDER, asked, told)


@resource.acts("move", Permission.MATCH_ANSWER, IntroductionMove, "Tell how far an introduction has come")
def move(call: Call[IntroductionMove]) -> int:
    found = introduced.get_introduction(call.session, call.id)
    found.refuse_if_overtaken(call.asked.version)
    draft = move_draft(call.asked.state.value, outcome=call.asked.outcome)
    operations.move_introduction(call.session, call.actor.id, found, draft, now=call.now)
    return found.id
