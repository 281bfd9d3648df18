"""Tables of partners, needs and offers."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.contacts.models import Contact
from crm.segments.models import Segment
from crm.storage.base import Base, Versioned
from crm.storage.columns import Created, Day, Id, Key, Line, Name, Paragraph, choice


class PartnerKind(StrEnum):
    HOSPITAL = "hospital"
    ARMED_FORCES = "armed_forces"
    MUNICIPALITY = "municipality"
    UNIVERSITY = "university"
    VOLUNTEERS = "volunteers"
    COMPANY = "company"
    OTHER = "other"


class Partner(Versioned, Base):
    """A local actor that companies may be brought together with."""

    __tablename__ = "partners"

    id: Mapped[Id]
    name: Mapped[Line]
    name_key: Mapped[Key]
    sort_key: Mapped[Key]
    kind: Mapped[PartnerKind] = mapped_column(choice(PartnerKind))
    orgnr: Mapped[str | None] = mapped_column(String(9), unique=True)
    municipality_no: Mapped[str | None] = mapped_column(String(4))
    home_page: Mapped[str | None] = mapped_column(String(300))
    about: Mapped[Paragraph] = mapped_column(default="")
    demo: Mapped[bool] = mapped_column(default=False, index=True)
    created_at: Mapped[Created]
    needs: Mapped[list[Need]] = relationship(
        back_populates="partner", cascade="all, delete-orphan", lazy="raise", passive_deletes=True
    )
    roles: Mapped[list[PartnerRole]] = relationship(
        back_populates="partner", cascade="all, delete-orphan", lazy="raise", passive_deletes=True
    )


class PartnerRole(Base):
    """What a person does at a partner."""

    __tablename__ = "partner_roles"

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id", ondelete="CASCADE"), index=True)
    title: Mapped[Name] = mapped_column(default="")
    contact: Mapped[Contact] = relationship(lazy="raise")
    partner: Mapped[Partner] = relationship(back_populates="roles", lazy="raise")


need_segments = Table(
    "need_segments",
    Base.metadata,
    Column("need_id", Integer, ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True),
    Column("segment_id", Integer, ForeignKey("segments.id", ondelete="CASCADE"), primary_key=True),
)


class Need(Versioned, Base):
    """What a partner needs, in the partner's words; not shown to companies unless said so."""

    __tablename__ = "needs"
    __table_args__ = (Index("ix_needs_valid_until", "valid_until"),)

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id", ondelete="CASCADE"), index=True)
    title: Mapped[Name]
    sort_key: Mapped[Key]
    text: Mapped[Paragraph]
    source: Mapped[Line] = mapped_column(default="")
    valid_until: Mapped[Day | None]
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"), index=True)
    shown_to_companies: Mapped[bool] = mapped_column(default=False)
    farthest_km: Mapped[int | None]
    closed: Mapped[bool] = mapped_column(default=False)
    demo: Mapped[bool] = mapped_column(default=False, index=True)
    created_at: Mapped[Created]
    partner: Mapped[Partner] = relationship(back_populates="needs", lazy="raise")
    contact: Mapped[Contact | None] = relationship(lazy="raise")
    segments: Mapped[list[Segment]] = relationship(
        secondary=need_segments, lazy="raise", order_by=Segment.position
    )

    @property
    def asked(self) -> tuple[object, ...]:
        """What suggestions are found by: where it changes, they are to be found anew."""
        return self.title, self.text, self.farthest_km, sorted(segment.code for segment in self.segments)

    def open_on(self, day: date) -> bool:
        """Whether the need is still to be met on a day; ``queries.is_open`` asks the database the same."""
        return not self.closed and (self.valid_until is None or self.valid_until >= day)


class Offer(Versioned, Base):
    """What a company or a partner brings: a product, a test arena, competence, premises."""

    __tablename__ = "offers"
    __table_args__ = (CheckConstraint("(company_id IS NULL) <> (partner_id IS NULL)", name="one_owner"),)

    id: Mapped[Id]
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id", ondelete="CASCADE"), index=True)
    title: Mapped[Name]
    text: Mapped[Paragraph] = mapped_column(default="")
    source: Mapped[Line] = mapped_column(default="")
    demo: Mapped[bool] = mapped_column(default=False, index=True)
    created_at: Mapped[Created]
