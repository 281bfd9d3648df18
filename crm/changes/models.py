"""Tables of changes made to many leads at once, and of what each lead was before."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.companies.models import Company
from crm.storage.base import Base
from crm.storage.columns import Created, Id, Json, Line, Moment, Name, UserRef, choice

UNDONE_WITHIN = timedelta(days=30)


class ChangeKind(StrEnum):
    OWNER = "owner"
    STAGE = "stage"
    SEGMENT_ADD = "add"
    SEGMENT_REMOVE = "remove"
    CADENCE = "cadence"


class BulkChange(Base):
    """One change of many leads: what was set to what, by whom, and whether it was undone."""

    __tablename__ = "bulk_changes"

    id: Mapped[Id]
    actor_id: Mapped[UserRef]
    at: Mapped[Created]
    kind: Mapped[ChangeKind] = mapped_column(choice(ChangeKind))
    value: Mapped[Name]
    reason: Mapped[Line] = mapped_column(default="")
    rows: Mapped[int]
    undone_at: Mapped[Moment | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    actor: Mapped[User] = relationship(foreign_keys="BulkChange.actor_id", lazy="raise")

    def can_be_undone(self, now: datetime) -> bool:
        return self.undone_at is None and now - self.at <= UNDONE_WITHIN


class BulkChangeRow(Base):
    """What one lead was before a change and after it, field by field."""

    __tablename__ = "bulk_change_rows"

    id: Mapped[Id]
    change_id: Mapped[int] = mapped_column(ForeignKey("bulk_changes.id", ondelete="CASCADE"), index=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    before: Mapped[Json]
    after: Mapped[Json]
    company: Mapped[Company] = relationship(lazy="raise")
