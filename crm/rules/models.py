"""Tables of the week's rules."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.companies.models import Company
from crm.partners.models import Need, Partner
from crm.storage.base import Base, Versioned
from crm.storage.columns import Created, Id, Json, Line, Moment, choice


class WeekRuleSet(Versioned, Base):
    """The rules every week keeps to; one row. Shares are percent of the week, rests are whole weeks.

    ``weights`` is how much each signal counts in percent of its usual weight; those not named count as usual.
    """

    __tablename__ = "week_rules"

    id: Mapped[Id]
    week_size: Mapped[int | None]
    fewest: Mapped[int] = mapped_column(default=20)
    per_need: Mapped[int] = mapped_column(default=5)
    per_company: Mapped[int] = mapped_column(default=2)
    sureness: Mapped[int] = mapped_column(default=20)
    partner_share: Mapped[int] = mapped_column(default=25)
    small_share: Mapped[int] = mapped_column(default=30)
    new_share: Mapped[int] = mapped_column(default=10)
    control_share: Mapped[int] = mapped_column(default=10)
    partner_most: Mapped[int | None]
    developer_most: Mapped[int | None]
    pair_rest: Mapped[int] = mapped_column(default=0)
    company_rest: Mapped[int] = mapped_column(default=0)
    partner_rest: Mapped[int] = mapped_column(default=0)
    weights: Mapped[Json] = mapped_column(default=dict)
    changed_at: Mapped[Moment | None]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    changed_by: Mapped[User | None] = relationship(lazy="raise")


class WeekCapacity(Versioned, Base):
    """The most suggestions a week that one partner or one developer can take."""

    __tablename__ = "week_capacities"
    __table_args__ = (
        CheckConstraint("(partner_id IS NULL) <> (user_id IS NULL)", name="one_party"),
        CheckConstraint("most >= 0", name="most_positive"),
    )

    id: Mapped[Id]
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id", ondelete="CASCADE"), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    most: Mapped[int]


class PairKind(StrEnum):
    MUST = "must"
    NEVER = "never"


class PairRule(Versioned, Base):
    """A company that must or shall never be suggested: for one need, or never for any need of a partner."""

    __tablename__ = "pair_rules"
    __table_args__ = (
        UniqueConstraint("need_id", "company_id"),
        UniqueConstraint("partner_id", "company_id"),
        CheckConstraint("(need_id IS NULL) <> (partner_id IS NULL)", name="one_side"),
        CheckConstraint("kind <> 'must' OR need_id IS NOT NULL", name="must_has_need"),
    )

    id: Mapped[Id]
    kind: Mapped[PairKind] = mapped_column(choice(PairKind))
    need_id: Mapped[int | None] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id", ondelete="CASCADE"))
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    reason: Mapped[Line]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
    need: Mapped[Need | None] = relationship(lazy="raise")
    partner: Mapped[Partner | None] = relationship(lazy="raise")
    company: Mapped[Company] = relationship(lazy="raise")
    created_by: Mapped[User | None] = relationship(lazy="raise")
