"""Tables of public codes; a small starting set of our own until the official ones are loaded."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from crm.storage.base import Base
from crm.storage.columns import Code, Json, Line, Name


class IndustryCode(Base):
    """One industry code; the same digits mean different things in SN2007 and SN2025."""

    __tablename__ = "industry_codes"

    standard: Mapped[str] = mapped_column(String(6), primary_key=True)
    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    parent: Mapped[str | None] = mapped_column(String(10))
    name_nb: Mapped[Line]
    name_en: Mapped[str] = mapped_column(String(300), default="")


class IndustrySuccessor(Base):
    """An SN2007 code and one of the SN2025 codes that took over from it."""

    __tablename__ = "industry_successors"

    sn2007: Mapped[str] = mapped_column(String(10), primary_key=True)
    sn2025: Mapped[str] = mapped_column(String(10), primary_key=True)


class Municipality(Base):
    """A municipality with the middle of it, WGS84 degrees."""

    __tablename__ = "municipalities"

    number: Mapped[str] = mapped_column(String(4), primary_key=True)
    name: Mapped[Name]
    county: Mapped[str] = mapped_column(String(100), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


class PostalCode(Base):
    """A postal code with its municipality and where it lies."""

    __tablename__ = "postal_codes"

    code: Mapped[str] = mapped_column(String(4), primary_key=True)
    place: Mapped[Name]
    municipality_no: Mapped[str | None] = mapped_column(String(4))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


class ProcurementCode(Base):
    """A code of the common procurement vocabulary (CPV), in two languages."""

    __tablename__ = "procurement_codes"

    code: Mapped[Code] = mapped_column(primary_key=True)
    name_nb: Mapped[Line]
    name_en: Mapped[Line]


class MunicipalityOutline(Base):
    """The outline of a municipality as a GeoJSON geometry."""

    __tablename__ = "municipality_outlines"

    number: Mapped[str] = mapped_column(String(4), primary_key=True)
    geometry: Mapped[Json]
