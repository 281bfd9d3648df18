"""Tables of activities and follow-ups."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.companies.models import Company
from crm.contacts.models import Contact
from crm.partners.models import Partner
from crm.storage.base import Base, Versioned
from crm.storage.columns import Created, Day, Id, Line, Moment, Paragraph, UserRef, choice


class Kind(StrEnum):
    CALL = "call"
    MEETING = "meeting"
    VISIT = "visit"
    EMAIL = "email"
    EVENT = "event"
    NOTE = "note"


class Outcome(StrEnum):
    REACHED = "reached"
    NOT_REACHED = "not_reached"
    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"
    AGREED = "agreed"


class Activity(Versioned, Base):
    """One call, meeting, visit, e-mail, event or note: when, by whom, with whom, how it went."""

    __tablename__ = "activities"
    __table_args__ = (
        CheckConstraint("(company_id IS NULL) <> (partner_id IS NULL)", name="one_subject"),
        Index("ix_activities_company_id_happened_at", "company_id", "happened_at"),
        Index("ix_activities_partner_id_happened_at", "partner_id", "happened_at"),
        Index("ix_activities_happened_at_id", "happened_at", "id"),
        Index("ix_activities_by_id_happened_at_id", "by_id", "happened_at", "id"),
    )

    id: Mapped[Id]
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id", ondelete="CASCADE"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"), index=True)
    kind: Mapped[Kind] = mapped_column(choice(Kind))
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome))
    happened_at: Mapped[Moment]
    text: Mapped[Paragraph] = mapped_column(default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    form_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    demo: Mapped[bool] = mapped_column(default=False, index=True)
    created_at: Mapped[Created]
    company: Mapped[Company | None] = relationship(lazy="raise")
    partner: Mapped[Partner | None] = relationship(lazy="raise")
    contact: Mapped[Contact | None] = relationship(lazy="raise")
    by: Mapped[User] = relationship(lazy="raise")

    @property
    def is_contact(self) -> bool:
        """Whether this was real contact: a note never is, and a call nobody took is not either."""
        return self.kind is not Kind.NOTE and self.outcome is not Outcome.NOT_REACHED


class CalendarFeed(Base):
    """The secret address of one person's follow-ups as a calendar; a new one ends the old one."""

    __tablename__ = "calendar_feeds"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Created]
    user: Mapped[User] = relationship(lazy="raise")


class FollowUp(Versioned, Base):
    """What shall happen, who does it, and by when."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        CheckConstraint("(company_id IS NULL) <> (partner_id IS NULL)", name="one_subject"),
        Index("ix_follow_ups_done_at_due_on", "done_at", "due_on"),
        Index("ix_follow_ups_owner_id_done_at_due_on", "owner_id", "done_at", "due_on"),
        Index("ix_follow_ups_company_id_done_at_due_on", "company_id", "done_at", "due_on"),
    )

    id: Mapped[Id]
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id", ondelete="CASCADE"), index=True)
    activity_id: Mapped[int | None] = mapped_column(
        ForeignKey("activities.id", ondelete="SET NULL"), index=True
    )
    text: Mapped[Line]
    due_on: Mapped[Day]
    owner_id: Mapped[UserRef]
    done_at: Mapped[Moment | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    demo: Mapped[bool] = mapped_column(default=False, index=True)
    created_at: Mapped[Created]
    company: Mapped[Company | None] = relationship(lazy="raise")
    partner: Mapped[Partner | None] = relationship(lazy="raise")
    owner: Mapped[User] = relationship(foreign_keys="FollowUp.owner_id", lazy="raise")
