"""Tables of contact persons."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.companies.models import Company
from crm.storage.base import Base, Versioned
from crm.storage.columns import Created, Day, Id, Key, Line, Name


class Contact(Versioned, Base):
    """A person we speak with; where we have them from is kept, as the law asks.

    A ``restricted`` person is frozen: the row says nothing of them, and no list has it.
    """

    __tablename__ = "contacts"

    id: Mapped[Id]
    name: Mapped[Name]
    name_key: Mapped[Key]
    sort_key: Mapped[Key]
    email: Mapped[str | None] = mapped_column(String(300))
    email_key: Mapped[str | None] = mapped_column(String(300), index=True)
    phone: Mapped[str | None] = mapped_column(String(30), index=True)
    source: Mapped[Line] = mapped_column(default="")
    informed_on: Mapped[Day | None]
    restricted: Mapped[bool] = mapped_column(default=False, server_default=false())
    demo: Mapped[bool] = mapped_column(default=False, index=True)
    created_at: Mapped[Created]
    roles: Mapped[list[CompanyRole]] = relationship(
        back_populates="contact", cascade="all, delete-orphan", lazy="raise"
    )


class CompanyRole(Base):
    """What a person does at a company."""

    __tablename__ = "company_roles"

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    title: Mapped[Name] = mapped_column(default="")
    began_on: Mapped[Day | None] = mapped_column(default=clock.today)
    contact: Mapped[Contact] = relationship(back_populates="roles", lazy="raise")
    company: Mapped[Company] = relationship(lazy="raise")


class PastRole(Base):
    """What a person did at a company until a day; ``began_on`` is when we learned of it."""

    __tablename__ = "past_roles"

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    title: Mapped[Name] = mapped_column(default="")
    began_on: Mapped[Day | None]
    ended_on: Mapped[Day]
    contact: Mapped[Contact] = relationship(lazy="raise")
    company: Mapped[Company] = relationship(lazy="raise")
