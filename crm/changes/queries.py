"""Questions about changes of many leads: who is chosen, who would change, and what was done before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from crm.changes.drafts import ChangeDraft
from crm.changes.models import BulkChange, BulkChangeRow, ChangeKind
from crm.companies import queries as companies
from crm.companies.drafts import CompanyFilter
from crm.companies.models import Company, Lead
from crm.errors import InvalidInput, NotFound

MOST = 2000


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do: whose lead changes, how many are so already, how many have none."""

    changing: Sequence[Company]
    same: int
    not_followed: int


def chosen(session: Session, ids: Collection[int] | None, wanted: CompanyFilter) -> Sequence[Company]:
    """The companies ticked, or all that fit the filter where ``ids`` is None; InvalidInput for too many."""
    rows = companies.companies(wanted) if ids is None else companies.by_ids(list(ids)[: MOST + 1])
    found = session.scalars(rows.limit(MOST + 1)).unique().all()
    if not found:
        raise InvalidInput("Velg minst én virksomhet.", field="ids")
    if len(found) > MOST:
        raise InvalidInput("Velg høyst %(most)s om gangen. Snevr inn utvalget.", field="ids", most=MOST)
    return found


def preview(found: Sequence[Company], draft: ChangeDraft) -> Preview:
    """Who of the chosen would change."""
    leads = [company for company in found if company.lead]
    changing = [company for company in leads if company.lead and differs(company.lead, draft)]
    return Preview(changing, len(leads) - len(changing), len(found) - len(leads))


def differs(lead: Lead, draft: ChangeDraft) -> bool:
    """Whether a change would make a lead another."""
    codes = {segment.code for segment in lead.segments}
    return {
        ChangeKind.OWNER: lambda: lead.owner_id != draft.number,
        ChangeKind.CADENCE: lambda: lead.cadence_days != draft.number,
        ChangeKind.STAGE: lambda: lead.stage != draft.value,
        ChangeKind.SEGMENT_ADD: lambda: draft.value not in codes,
        ChangeKind.SEGMENT_REMOVE: lambda: draft.value in codes,
    }[draft.kind]()


def get_change(session: Session, change_id: int) -> BulkChange:
    found = session.scalar(changes().where(BulkChange.id == change_id))
    if found is None:
        raise NotFound("Fant ikke endringen.")
    return found


def changes() -> Select[BulkChange]:
    """Every change of many, the newest first."""
    return select(BulkChange).options(joinedload(BulkChange.actor)).order_by(BulkChange.id.desc())


def rows_of(change: BulkChange) -> Select[BulkChangeRow]:
    """The leads of a change, by name."""
    found = select(BulkChangeRow).join(BulkChangeRow.company).where(BulkChangeRow.change_id == change.id)
    return found.options(joinedload(BulkChangeRow.company)).order_by(Company.sort_key, BulkChangeRow.id)


def plain(lead: Lead, kind: ChangeKind) -> dict[str, Any]:
    """What a kind of change touches of a lead, as JSON holds it."""
    if kind in {ChangeKind.SEGMENT_ADD, ChangeKind.SEGMENT_REMOVE}:
        return {"segments": sorted(segment.code for segment in lead.segments)}
    if kind is ChangeKind.OWNER:
        return {"owner_id": lead.owner_id}
    if kind is ChangeKind.CADENCE:
        return {"cadence_days": lead.cadence_days}
    return {
        "stage": lead.stage.value,
        "resting_reason": lead.resting_reason,
        "wake_on": lead.wake_on.isoformat() if lead.wake_on else None,
        "stage_since": lead.stage_since.isoformat(),
        "board_key": lead.board_key,
    }
