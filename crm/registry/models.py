"""Tables of the mirror, which is a database of its own, and the ledger of loads, which is ours."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import JSON, BigInteger, ColumnElement, Date, Index, LargeBinary, String, Table, Text, and_
from sqlalchemy.orm import Mapped, mapped_column

from crm.registry import indexes
from crm.storage import mirror
from crm.storage.base import Base
from crm.storage.columns import Created, Day, Id, Moment, by_code_point, choice

_OF_THE_MIRROR = {"schema": mirror.NAME}


class Unit(Base):
    """A unit of Enhetsregisteret. Employees unknown is None, which is not zero."""

    __tablename__ = "units"
    __table_args__ = (
        Index("ix_units_municipality_no_industry_2025", "municipality_no", "industry_2025"),
        _OF_THE_MIRROR,
    )

    orgnr: Mapped[str] = mapped_column(String(9), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    name_key: Mapped[str] = mapped_column(by_code_point(400), index=True)
    form: Mapped[str] = mapped_column(String(10))
    form_name: Mapped[str] = mapped_column(String(200))
    industry: Mapped[str | None] = mapped_column(String(10))
    industry_name: Mapped[str | None] = mapped_column(String(300))
    industry_standard: Mapped[str | None] = mapped_column(String(6))
    industry_2025: Mapped[str | None] = mapped_column(String(10), index=True)
    other_industries: Mapped[list[Any]] = mapped_column(JSON, default=list)
    municipality_no: Mapped[str | None] = mapped_column(String(4))
    municipality: Mapped[str | None] = mapped_column(String(100))
    address: Mapped[str | None] = mapped_column(String(400))
    postal_code: Mapped[str | None] = mapped_column(String(20))
    place: Mapped[str | None] = mapped_column(String(100))
    country: Mapped[str | None] = mapped_column(String(100))
    employees: Mapped[int | None]
    home_page: Mapped[str | None] = mapped_column(String(300))
    email: Mapped[str | None] = mapped_column(String(300))
    phone: Mapped[str | None] = mapped_column(String(60))
    mobile: Mapped[str | None] = mapped_column(String(60))
    sector: Mapped[str | None] = mapped_column(String(10))
    sector_name: Mapped[str | None] = mapped_column(String(200))
    founded_on: Mapped[Day | None]
    registered_on: Mapped[Day | None]
    last_accounts: Mapped[int | None]
    bankrupt: Mapped[bool] = mapped_column(default=False)
    bankrupt_on: Mapped[date | None] = mapped_column(Date)
    winding_up: Mapped[bool] = mapped_column(default=False)
    winding_up_on: Mapped[date | None] = mapped_column(Date)
    forced_dissolution: Mapped[bool] = mapped_column(default=False)
    dissolved_on: Mapped[date | None] = mapped_column(Date)
    parent: Mapped[str | None] = mapped_column(String(9))
    language_form: Mapped[str | None] = mapped_column(String(20))
    former_names: Mapped[str] = mapped_column(Text, default="", server_default="")
    purpose: Mapped[str] = mapped_column(Text, default="")
    activity: Mapped[str] = mapped_column(Text, default="")
    digest: Mapped[bytes] = mapped_column(LargeBinary(16))
    source: Mapped[str] = mapped_column(String(100))
    seen_at: Mapped[Moment]

    @property
    def alive(self) -> bool:
        """Whether the unit can be worked with: not dissolved, bankrupt or on its way out."""
        return not (self.dissolved_on or self.bankrupt or self.winding_up or self.forced_dissolution)


indexes.made_with(cast("Table", Unit.__table__))


def is_living() -> ColumnElement[bool]:
    """As ``alive``, for a question: not dissolved, bankrupt or on its way out."""
    return and_(
        Unit.dissolved_on.is_(None),
        Unit.bankrupt.is_(False),
        Unit.winding_up.is_(False),
        Unit.forced_dissolution.is_(False),
    )


class SubUnit(Base):
    """A workplace of a unit; this is how a firm from elsewhere shows that it is in town."""

    __tablename__ = "sub_units"
    __table_args__ = (
        Index("ix_sub_units_industry_municipality_no", "industry", "municipality_no"),
        _OF_THE_MIRROR,
    )

    orgnr: Mapped[str] = mapped_column(String(9), primary_key=True)
    parent: Mapped[str] = mapped_column(String(9), index=True)
    name: Mapped[str] = mapped_column(String(300))
    industry: Mapped[str | None] = mapped_column(String(10))
    industry_name: Mapped[str | None] = mapped_column(String(300))
    industry_standard: Mapped[str | None] = mapped_column(String(6))
    municipality_no: Mapped[str | None] = mapped_column(String(4), index=True)
    municipality: Mapped[str | None] = mapped_column(String(100))
    address: Mapped[str | None] = mapped_column(String(400))
    employees: Mapped[int | None]
    started_on: Mapped[Day | None]
    closed_on: Mapped[Day | None]
    digest: Mapped[bytes] = mapped_column(LargeBinary(16))
    source: Mapped[str] = mapped_column(String(100))
    seen_at: Mapped[Moment]


class FeedPosition(Base):
    """How far one of the register's feeds has been followed: after an entry, or else since a moment."""

    __tablename__ = "register_feeds"
    __table_args__ = _OF_THE_MIRROR

    register: Mapped[str] = mapped_column(String(20), primary_key=True)
    last_id: Mapped[int | None] = mapped_column(BigInteger)
    since: Mapped[Moment]
    read_at: Mapped[Moment | None]


class Tiding(Base):
    """What a load has changed that others have not heard of yet; see ``tidings``."""

    __tablename__ = "tidings"
    __table_args__ = _OF_THE_MIRROR

    id: Mapped[Id]
    load_id: Mapped[int | None]
    told: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[Moment]


class LoadState(StrEnum):
    DONE = "done"
    FAILED = "failed"
    RUNNING = "running"
    WAITING = "waiting"


class RegisterLoad(Base):
    """One loading of register data, asked for or finished, with its counts."""

    __tablename__ = "register_loads"

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(300))
    state: Mapped[LoadState] = mapped_column(choice(LoadState))
    asked: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[Created]
    started_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]
    read: Mapped[int] = mapped_column(BigInteger, default=0)
    new: Mapped[int] = mapped_column(BigInteger, default=0)
    changed: Mapped[int] = mapped_column(BigInteger, default=0)
    unchanged: Mapped[int] = mapped_column(BigInteger, default=0)
    removed: Mapped[int] = mapped_column(BigInteger, default=0)
    rejected: Mapped[int] = mapped_column(BigInteger, default=0)
    message: Mapped[str] = mapped_column(Text, default="")
