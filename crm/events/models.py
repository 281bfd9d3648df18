"""The table of register events."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.companies.models import Company
from crm.registry.differences import News
from crm.storage.base import Base
from crm.storage.columns import Created, Day, Id, Line, Moment, choice


class Event(Base):
    """One piece of news about a company we follow; it is open until it is seen to or put aside."""

    __tablename__ = "register_events"
    __table_args__ = (
        UniqueConstraint("company_id", "news", "happened_on", "before", "after"),
        Index("ix_register_events_settled_at_happened_on", "settled_at", "happened_on"),
    )

    id: Mapped[Id]
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    news: Mapped[News] = mapped_column(choice(News))
    happened_on: Mapped[Day]
    before: Mapped[Line] = mapped_column(default="")
    after: Mapped[Line] = mapped_column(default="")
    created_at: Mapped[Created]
    settled_at: Mapped[Moment | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    follow_up_id: Mapped[int | None] = mapped_column(ForeignKey("follow_ups.id", ondelete="SET NULL"))
    company: Mapped[Company] = relationship(lazy="raise")

    @property
    def happened_at(self) -> datetime:
        """The day as a moment, its noon, so that it takes its place among what is logged by the hour."""
        return datetime.combine(self.happened_on, time(12), tzinfo=clock.OSLO)
