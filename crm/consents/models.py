"""Tables of consents, and of addresses that nothing may be sent to."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.storage.base import Base
from crm.storage.columns import Created, Id, Line, Moment, Name, choice


class About(StrEnum):
    """What somebody may be addressed for."""

    DEALINGS = "dealings"
    INVITATIONS = "invitations"
    NEWSLETTER = "newsletter"


class Channel(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    SMS = "sms"


class Basis(StrEnum):
    """The legal ground; sending marketing by e-mail or SMS to a person asks for consent or a customer."""

    CONSENT = "consent"
    CUSTOMER = "customer"
    LEGITIMATE_INTEREST = "legitimate_interest"


class Consent(Base):
    """That a person may be addressed for something by one channel: why, how we know, until when."""

    __tablename__ = "consents"

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    about: Mapped[About] = mapped_column(choice(About))
    channel: Mapped[Channel] = mapped_column(choice(Channel))
    basis: Mapped[Basis] = mapped_column(choice(Basis))
    source: Mapped[Line]
    text_version: Mapped[Name] = mapped_column(default="")
    given_at: Mapped[Moment]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    withdrawn_at: Mapped[Moment | None]
    withdrawn_how: Mapped[Line] = mapped_column(default="")
    created_at: Mapped[Created]
    contact: Mapped[Contact] = relationship(lazy="raise")
    by: Mapped[User | None] = relationship(lazy="raise")


class Address(StrEnum):
    """What kind of address is suppressed."""

    EMAIL = "email"
    PHONE = "phone"


class Why(StrEnum):
    BOUNCED = "bounced"
    ERASED = "erased"
    OBJECTED = "objected"


class Suppression(Base):
    """An address nothing may be sent to, known by its salted hash alone: it outlives the person."""

    __tablename__ = "suppressions"
    __table_args__ = (UniqueConstraint("kind", "hash"),)

    id: Mapped[Id]
    kind: Mapped[Address] = mapped_column(choice(Address))
    hash: Mapped[str] = mapped_column(String(64))
    why: Mapped[Why] = mapped_column(choice(Why))
    at: Mapped[Created]


class Salt(Base):
    """What addresses are hashed with; one row, made at first use, kept with the database and its copies."""

    __tablename__ = "privacy_salt"

    id: Mapped[Id]
    salt: Mapped[str] = mapped_column(String(64))
