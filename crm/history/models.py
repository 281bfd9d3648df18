"""The table of the trail."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.storage.base import Base
from crm.storage.columns import Code, Created, Id, Json, Line


class Entry(Base):
    """One act on one record; ``changes`` maps a field to its value before and after."""

    __tablename__ = "history"
    __table_args__ = (Index("ix_history_subject", "subject", "subject_id"),)

    id: Mapped[Id]
    at: Mapped[Created]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    action: Mapped[Line]
    subject: Mapped[Code]
    subject_id: Mapped[int]
    changes: Mapped[Json]
