"""Tables of look-alikes and merges: which two may be one, and what was made one, step by step."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.companies.models import Company
from crm.contacts.models import Contact
from crm.storage.base import Base
from crm.storage.columns import Created, Id, JsonList, Line, Moment, UserRef, choice

UNDONE_WITHIN = timedelta(days=30)


class Kind(StrEnum):
    """What there may be two of."""

    COMPANY = "company"
    CONTACT = "contact"


class Merge(Base):
    """Two records made one: ``lost_id`` leads on to the company or contact that was kept.

    ``kept_id`` is the one it was merged into, ``company_id`` or ``contact_id`` where that one is now: another
    once it is merged in its turn. ``counts`` tells what moved; ``steps`` undo it, and are forgotten
    when that can no longer be done.
    """

    __tablename__ = "merges"
    __table_args__ = (
        CheckConstraint("(company_id IS NULL) <> (contact_id IS NULL)", name="one_kept"),
        Index("ix_merges_kind_lost_id", "kind", "lost_id"),
    )

    id: Mapped[Id]
    kind: Mapped[Kind] = mapped_column(choice(Kind))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    kept_id: Mapped[int]
    lost_id: Mapped[int]
    kept_name: Mapped[Line]
    lost_name: Mapped[Line]
    actor_id: Mapped[UserRef]
    at: Mapped[Created]
    counts: Mapped[JsonList]
    steps: Mapped[JsonList]
    undone_at: Mapped[Moment | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    actor: Mapped[User] = relationship(foreign_keys="Merge.actor_id", lazy="raise")

    @property
    def now_id(self) -> int:
        """The record that holds what was merged now."""
        return self.company_id or self.contact_id or self.kept_id

    def can_be_undone(self, now: datetime) -> bool:
        return self.undone_at is None and bool(self.steps) and now - self.at <= UNDONE_WITHIN


class PairRow:
    """Two that may be one, the lower number first, until somebody says for good that they are not."""

    id: Mapped[Id]
    points: Mapped[int]
    reasons: Mapped[JsonList]
    apart_at: Mapped[Moment | None]
    apart_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


class CompanyPair(PairRow, Base):
    __tablename__ = "company_pairs"
    __table_args__ = (
        CheckConstraint("first_id < second_id", name="in_order"),
        UniqueConstraint("first_id", "second_id"),
        Index("ix_company_pairs_apart_at_points", "apart_at", "points"),
    )

    first_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    first: Mapped[Company] = relationship(foreign_keys="CompanyPair.first_id", lazy="raise")
    second: Mapped[Company] = relationship(foreign_keys="CompanyPair.second_id", lazy="raise")


class ContactPair(PairRow, Base):
    __tablename__ = "contact_pairs"
    __table_args__ = (
        CheckConstraint("first_id < second_id", name="in_order"),
        UniqueConstraint("first_id", "second_id"),
        Index("ix_contact_pairs_apart_at_points", "apart_at", "points"),
    )

    first_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    first: Mapped[Contact] = relationship(foreign_keys="ContactPair.first_id", lazy="raise")
    second: Mapped[Contact] = relationship(foreign_keys="ContactPair.second_id", lazy="raise")


class PairSearch(Base):
    """One search of everything for look-alikes, with how many were looked at and found."""

    __tablename__ = "pair_searches"

    id: Mapped[Id]
    started_at: Mapped[Created] = mapped_column(index=True)
    finished_at: Mapped[Moment | None]
    companies: Mapped[int] = mapped_column(default=0)
    contacts: Mapped[int] = mapped_column(default=0)
    company_pairs: Mapped[int] = mapped_column(default=0)
    contact_pairs: Mapped[int] = mapped_column(default=0)
