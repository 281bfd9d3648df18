"""Acts on many leads at once: made in one transaction, undone lead by lead where nobody changed it since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from crm.accounts import queries as accounts
from crm.changes import queries
from crm.changes.drafts import ChangeDraft
from crm.changes.models import BulkChange, BulkChangeRow, ChangeKind
from crm.companies import operations as companies
from crm.companies import queries as company_queries
from crm.companies.models import Company, Lead, Stage
from crm.errors import Conflict, InvalidInput
from crm.history import operations as history
from crm.ordering import key_on_top
from crm.segments import queries as segments
from crm.segments.models import Segment

# What was only written along with a change says nothing of whether somebody changed the lead since.
_ALONG = {"stage_since", "board_key"}


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undoing did: how many leads are as before, and the companies changed since and left alone."""

    restored: int
    left: Sequence[Company]


def change_many(
    session: Session, actor_id: int, found: Sequence[Company], draft: ChangeDraft, *, now: datetime
) -> BulkChange:
    """Change the leads of these companies that are not so already; Conflict where all of them are."""
    _refuse_unknown(session, draft)
    changing = queries.preview(found, draft).changing
    if not changing:
        raise Conflict("Alle de valgte er slik alt. Ingenting er endret.")
    reason = draft.move.reason if draft.move else ""
    change = BulkChange(
        actor_id=actor_id, at=now, kind=draft.kind, value=draft.value, reason=reason, rows=len(changing)
    )
    session.add(change)
    history.record(session, actor_id, "leads:change", subject=change, changes={"rows": [0, len(changing)]})
    known = {segment.code: segment for segment in session.scalars(segments.segments())}
    made: list[dict[str, Any]] = []
    for company in changing:
        lead = company.lead
        if lead is not None:
            before = queries.plain(lead, draft.kind)
            _apply(lead, draft, known, now)
            after = queries.plain(lead, draft.kind)
            _note(session, actor_id, lead, before, after)
            row = {"change_id": change.id, "company_id": company.id, "before": before, "after": after}
            made.append(row)
    session.flush()
    session.execute(insert(BulkChangeRow), made)
    return change


def undo(session: Session, actor_id: int, change: BulkChange, *, now: datetime) -> Undone:
    """Give every lead back what it was, save those changed since; Conflict when it is too late."""
    if not change.can_be_undone(now):
        raise Conflict("Endringen er alt angret, eller den er mer enn 30 dager gammel.")
    rows = session.scalars(queries.rows_of(change)).all()
    ids = [row.company_id for row in rows]
    found = {company.id: company for company in session.scalars(company_queries.by_ids(ids)).unique()}
    known = {segment.code: segment for segment in session.scalars(segments.segments())}
    left: list[Company] = []
    for row in rows:
        company = found[row.company_id]
        lead = company.lead
        if lead is None or _moved_on(queries.plain(lead, change.kind), row.after):
            left.append(company)
            continue
        before = queries.plain(lead, change.kind)
        _restore(lead, row.before, known)
        _note(session, actor_id, lead, before, queries.plain(lead, change.kind))
    change.undone_at, change.undone_by_id = now, actor_id
    history.record(session, actor_id, "leads:undo", subject=change)
    return Undone(len(rows) - len(left), left)


def _refuse_unknown(session: Session, draft: ChangeDraft) -> None:
    """InvalidInput for an owner or a segment that cannot be chosen."""
    if draft.kind is ChangeKind.OWNER and draft.value:
        owners = {user.id for user in session.scalars(accounts.colleagues())}
        if draft.number not in owners:
            raise InvalidInput("Velg en ansvarlig fra lista.", field="change")
    if draft.kind in {ChangeKind.SEGMENT_ADD, ChangeKind.SEGMENT_REMOVE}:
        segments.by_codes(session, [draft.value])


def _apply(lead: Lead, draft: ChangeDraft, known: dict[str, Segment], now: datetime) -> None:
    if draft.move:
        lead.stage, lead.stage_since, lead.board_key = draft.move.stage, now, key_on_top(now)
        lead.resting_reason, lead.wake_on = draft.move.reason, draft.move.wake_on
    elif draft.kind is ChangeKind.OWNER:
        lead.owner_id = draft.number
    elif draft.kind is ChangeKind.CADENCE:
        lead.cadence_days = draft.number
    elif draft.kind is ChangeKind.SEGMENT_ADD:
        lead.segments = [*lead.segments, known[draft.value]]
    else:
        lead.segments = [segment for segment in lead.segments if segment.code != draft.value]
    companies.plan_contact(lead)


def _restore(lead: Lead, before: dict[str, Any], known: dict[str, Segment]) -> None:
    for field, value in before.items():
        if field == "segments":
            lead.segments = [known[code] for code in value if code in known]
        else:
            setattr(lead, field, _read(field, value))
    companies.plan_contact(lead)


def _read(field: str, value: Any) -> Any:
    """A value as the column takes it."""
    if field == "stage":
        return Stage(value)
    if field == "stage_since":
        return datetime.fromisoformat(value)
    if field == "wake_on":
        return date.fromisoformat(value) if value else None
    return value


def _moved_on(present: dict[str, Any], after: dict[str, Any]) -> bool:
    return any(present[field] != value for field, value in after.items() if field not in _ALONG)


def _note(session: Session, actor_id: int, lead: Lead, before: dict[str, Any], after: dict[str, Any]) -> None:
    told = {field: [value, after[field]] for field, value in before.items() if field not in _ALONG}
    changed: dict[str, object] = {field: pair for field, pair in told.items() if pair[0] != pair[1]}
    history.note(session, actor_id, "lead:update", subject=lead, changes=changed)
