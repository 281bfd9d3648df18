"""Tables of accounts."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.permissions import Role
from crm.storage.base import Base, Versioned
from crm.storage.columns import Created, Id, Line, Moment, Name, choice


class LinkPurpose(StrEnum):
    INVITATION = "invitation"
    SIGN_IN = "sign_in"


class WeeklyMail(StrEnum):
    """What the mail on Monday morning tells: nothing, how many there are of each, or their names as well."""

    COUNTS = "counts"
    NAMES = "names"
    OFF = "off"


class User(Versioned, Base):
    """Somebody who signs in and acts; a demonstration colleague has no way in."""

    __tablename__ = "users"

    id: Mapped[Id]
    email: Mapped[Line]
    email_key: Mapped[str] = mapped_column(String(300), unique=True)
    name: Mapped[Name]
    role: Mapped[Role] = mapped_column(choice(Role))
    password_hash: Mapped[str | None] = mapped_column(String(300))
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(5), default="nb")
    weekly_mail: Mapped[WeeklyMail] = mapped_column(choice(WeeklyMail), default=WeeklyMail.COUNTS)
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Created]


class UserSession(Base):
    """One signed-in browser; ended at sign-out, so that an old cookie opens nothing."""

    __tablename__ = "user_sessions"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[Created]
    expires_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    seen_at: Mapped[Moment | None]
    proved_at: Mapped[Moment | None]
    device: Mapped[Line] = mapped_column(default="")
    address: Mapped[str] = mapped_column(String(60), default="")
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class AccessLink(Base):
    """A one-time link that signs a user in or lets an invited one choose a password."""

    __tablename__ = "access_links"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(choice(LinkPurpose))
    created_at: Mapped[Created]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class ApiToken(Base):
    """What lets a program act as its user; the token itself is stored nowhere, only where it begins."""

    __tablename__ = "api_tokens"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    prefix: Mapped[str] = mapped_column(String(20), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[Name]
    read_only: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Created]
    expires_at: Mapped[Moment]
    last_used_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class ApiCreation(Base):
    """What a program made under a key of its own, so that asking again makes nothing more."""

    __tablename__ = "api_creations"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(100))
    asked_hash: Mapped[str] = mapped_column(String(64))
    record_id: Mapped[int | None]
    created_at: Mapped[Created] = mapped_column(index=True)


class SecondFactor(Base):
    """A user's app for one-time codes: the seed makes a secret only together with the program's key."""

    __tablename__ = "second_factors"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    seed: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[Created]
    confirmed_at: Mapped[Moment | None]
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCode(Base):
    """A code on paper that stands in once for the app."""

    __tablename__ = "recovery_codes"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[Moment | None]


class SignInFailure(Base):
    """A wrong password, remembered for a while to slow down guessing."""

    __tablename__ = "sign_in_failures"

    id: Mapped[Id]
    email_key: Mapped[str] = mapped_column(String(300), index=True)
    address: Mapped[str] = mapped_column(String(60), index=True)
    at: Mapped[Moment] = mapped_column(index=True)


class AttemptPurpose(StrEnum):
    OPENID = "openid"
    PASSKEY = "passkey"
    PASSKEY_NEW = "passkey_new"


class Attempt(Base):
    """A sign-in that went out to a provider or to a passkey, and may come back once.

    What the browser was told is made of ``seed`` and the program's key.
    """

    __tablename__ = "sign_in_attempts"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    seed: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[AttemptPurpose] = mapped_column(choice(AttemptPurpose))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[Moment] = mapped_column(index=True)
    used_at: Mapped[Moment | None]


class Identity(Base):
    """Whom a sign-in provider knows a user as: its own number for them, and nothing else of what it tells."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[Line]
    subject: Mapped[Line]
    created_at: Mapped[Created]
    last_used_at: Mapped[Moment | None]
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class Passkey(Base):
    """A key that a phone, a computer or a stick keeps for a user; here only its public half."""

    __tablename__ = "passkeys"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[str] = mapped_column(String(2800))
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    name: Mapped[Name]
    created_at: Mapped[Created]
    last_used_at: Mapped[Moment | None]
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class ApiWindow(Base):
    """How many requests a token has made, or an address has guessed, in a minute, in all processes."""

    __tablename__ = "api_windows"

    who: Mapped[str] = mapped_column(String(100), primary_key=True)
    minute: Mapped[int] = mapped_column(BigInteger)
    used: Mapped[int]
