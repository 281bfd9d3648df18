"""Tables of companies and leads."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import User
from crm.ordering import LONGEST, key_on_top
from crm.segments.models import Segment
from crm.storage.base import Base, Versioned
from crm.storage.columns import Created, Day, Id, Key, Line, Moment, Name, Paragraph, by_code_point, choice


class Stage(StrEnum):
    """How far a lead has come, in order; parked and lost stand beside the road."""

    IDENTIFIED = "identified"
    CONTACTED = "contacted"
    MEETING = "meeting"
    VISIT = "visit"
    CONCRETE_INTEREST = "concrete_interest"
    ESTABLISHING = "establishing"
    ESTABLISHED = "established"
    PARKED = "parked"
    LOST = "lost"


RESTING = frozenset({Stage.PARKED, Stage.LOST})
# How long a lead may stand without contact or a move before it is called quiet; the rest never is.
SILENT_AFTER = {
    Stage.CONTACTED: timedelta(days=30),
    Stage.MEETING: timedelta(days=30),
    Stage.VISIT: timedelta(days=30),
    Stage.CONCRETE_INTEREST: timedelta(days=21),
    Stage.ESTABLISHING: timedelta(days=60),
}


class FactsSource(StrEnum):
    DEMO = "demo"
    OURS = "ours"
    REGISTER = "register"


class Company(Versioned, Base):
    """An organisation, known by its organisation number where it has one.

    The facts lists show are copied from the register, with where and when they were read.
    """

    __tablename__ = "companies"
    __table_args__ = (
        Index("ix_companies_municipality_no_industry", "municipality_no", "industry"),
        Index("ix_companies_industry", "industry"),
        Index("ix_companies_municipality_sort_key", "municipality", "sort_key"),
        Index("ix_companies_employees_sort_key", "employees", "sort_key"),
        Index("ix_companies_created_at", "created_at"),
    )

    id: Mapped[Id]
    orgnr: Mapped[str | None] = mapped_column(String(9), unique=True)
    name: Mapped[Line]
    name_key: Mapped[Key]
    sort_key: Mapped[Key]
    form: Mapped[str | None] = mapped_column(String(10))
    municipality_no: Mapped[str | None] = mapped_column(String(4))
    municipality: Mapped[str | None] = mapped_column(String(100))
    address: Mapped[str | None] = mapped_column(String(400))
    industry: Mapped[str | None] = mapped_column(String(10))
    industry_name: Mapped[str | None] = mapped_column(String(300))
    industry_standard: Mapped[str | None] = mapped_column(String(6))
    employees: Mapped[int | None]
    home_page: Mapped[str | None] = mapped_column(String(300))
    email: Mapped[str | None] = mapped_column(String(300))
    phone: Mapped[str | None] = mapped_column(String(60))
    purpose: Mapped[Paragraph] = mapped_column(default="")
    facts_source: Mapped[FactsSource] = mapped_column(choice(FactsSource))
    facts_at: Mapped[Moment]
    closed: Mapped[str | None] = mapped_column(String(40))
    demo: Mapped[bool] = mapped_column(default=False, index=True)
    created_at: Mapped[Created]
    lead: Mapped[Lead | None] = relationship(back_populates="company", uselist=False, lazy="raise")


lead_segments = Table(
    "lead_segments",
    Base.metadata,
    Column("lead_id", Integer, ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True),
    Column("segment_id", Integer, ForeignKey("segments.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_lead_segments_segment_id_lead_id", "segment_id", "lead_id"),
)


class Lead(Versioned, Base):
    """The fact that we follow a company. ``last_contact_*`` change together, by real contact alone.

    With a cadence, ``contact_due_on`` is the workday the next contact is due, counted from the last one.
    """

    __tablename__ = "leads"
    __table_args__ = (
        Index("ix_leads_stage_last_contact_at", "stage", "last_contact_at"),
        Index("ix_leads_owner_id_stage_board_key", "owner_id", "stage", "board_key"),
        Index("ix_leads_wake_on", "wake_on"),
        Index("ix_leads_contact_due_on", "contact_due_on"),
        Index("ix_leads_owner_id_contact_due_on", "owner_id", "contact_due_on"),
        Index("ix_leads_stage_board_key", "stage", "board_key"),
        Index("ix_leads_last_contact_at", "last_contact_at"),
        Index("ix_leads_owner_id_last_contact_at", "owner_id", "last_contact_at"),
        Index("ix_leads_stage_since", "stage_since"),
        Index("ix_leads_created_at", "created_at"),
        Index("ix_leads_source", "source"),
    )

    id: Mapped[Id]
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), unique=True)
    stage: Mapped[Stage] = mapped_column(choice(Stage), default=Stage.IDENTIFIED)
    stage_since: Mapped[Moment]
    board_key: Mapped[str] = mapped_column(by_code_point(LONGEST), default=lambda: key_on_top(clock.now()))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    source: Mapped[Name] = mapped_column(default="")
    resting_reason: Mapped[Line] = mapped_column(default="")
    wake_on: Mapped[Day | None]
    cadence_days: Mapped[int | None]
    contact_due_on: Mapped[Day | None]
    last_contact_at: Mapped[Moment | None]
    last_contact_kind: Mapped[str | None] = mapped_column(String(20))
    last_contact_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
    company: Mapped[Company] = relationship(back_populates="lead", lazy="raise")
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id], lazy="raise")
    last_contact_by: Mapped[User | None] = relationship(foreign_keys=[last_contact_by_id], lazy="raise")
    segments: Mapped[list[Segment]] = relationship(
        secondary=lead_segments, lazy="raise", order_by=Segment.position
    )

    def silent_days(self, now: datetime) -> int | None:
        """How many days without contact or a move, where that is too many; None where it is not."""
        allowed = SILENT_AFTER.get(self.stage)
        silent = now - max(self.stage_since, self.last_contact_at or self.stage_since)
        return silent.days if allowed is not None and silent > allowed else None
