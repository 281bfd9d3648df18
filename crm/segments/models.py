"""Tables of segments."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.storage.base import Base
from crm.storage.columns import Id, Name, choice


class Strength(StrEnum):
    CORE = "core"
    ADJACENT = "adjacent"


class Segment(Base):
    """A field the programme is about, such as health; named in three languages."""

    __tablename__ = "segments"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_nb: Mapped[Name]
    name_nn: Mapped[Name]
    name_en: Mapped[Name]
    position: Mapped[int] = mapped_column(default=0)
    colour: Mapped[str] = mapped_column(String(20), default="neutral")
    industries: Mapped[list[SegmentIndustry]] = relationship(
        back_populates="segment", cascade="all, delete-orphan", lazy="raise"
    )

    def name_in(self, language: str) -> str:
        """The segment's name in a language; bokmål where there is none."""
        return str(getattr(self, f"name_{language}", None) or self.name_nb)


class SegmentIndustry(Base):
    """A beginning of SN2025 codes that belongs to a segment."""

    __tablename__ = "segment_industries"

    segment_id: Mapped[int] = mapped_column(ForeignKey("segments.id", ondelete="CASCADE"), primary_key=True)
    prefix: Mapped[str] = mapped_column(String(10), primary_key=True)
    strength: Mapped[Strength] = mapped_column(choice(Strength))
    segment: Mapped[Segment] = relationship(back_populates="industries")
