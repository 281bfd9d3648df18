"""Validated input about changes of many leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from crm.changes.models import ChangeKind
from crm.companies.drafts import MoveDraft, move_draft
from crm.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDraft:
    """What every chosen lead shall be: ``value`` is an owner's id, a segment's code or days, as text."""

    kind: ChangeKind
    value: str
    move: MoveDraft | None = None

    @property
    def number(self) -> int | None:
        return int(self.value) if self.value else None


def change_draft(typed: str, *, reason: str = "", wake_on: date | None = None, today: date) -> ChangeDraft:
    """A change written as ``owner:3``, ``stage:meeting``, ``add:helse``, ``remove:helse`` or ``cadence:30``.

    InvalidInput for any other, and for a stage beside the road without a reason.
    """
    name, colon, value = typed.partition(":")
    if not colon or name not in set(ChangeKind) or len(value) > 40:
        raise InvalidInput("Velg hva som skal endres.", field="change")
    kind = ChangeKind(name)
    if kind is ChangeKind.STAGE:
        return ChangeDraft(
            kind=kind, value=value, move=move_draft(value, reason=reason, wake_on=wake_on, today=today)
        )
    a_number = value.isascii() and value.isdigit() and len(value) <= 9
    if kind in {ChangeKind.OWNER, ChangeKind.CADENCE} and value and not a_number:
        raise InvalidInput("Velg hva som skal endres.", field="change")
    if kind in {ChangeKind.SEGMENT_ADD, ChangeKind.SEGMENT_REMOVE} and not value:
        raise InvalidInput("Velg hva som skal endres.", field="change")
    return ChangeDraft(kind=kind, value=value)
