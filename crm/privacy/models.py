"""Tables of what was done for people's privacy, and of who looked at what."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.storage.base import Base
from crm.storage.columns import Created, Day, Id, Json, JsonList, Line, Moment, Paragraph, choice


class Act(StrEnum):
    """What somebody did with people's data without changing it."""

    ACCESS_FILE = "access_file"
    EXPORT = "export"
    LIST = "list"
    SEARCH = "search"
    VIEW = "view"


class Access(Base):
    """Somebody saw, searched or took out records: of one kind, how many, and which, ``ids`` in order."""

    __tablename__ = "access_log"
    __table_args__ = (Index("ix_access_log_subject_at", "subject", "at"),)

    id: Mapped[Id]
    at: Mapped[Created] = mapped_column(index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    act: Mapped[Act] = mapped_column(choice(Act))
    subject: Mapped[str] = mapped_column(String(40))
    what: Mapped[Line] = mapped_column(default="")
    rows: Mapped[int]
    lowest: Mapped[int | None]
    highest: Mapped[int | None]
    ids: Mapped[JsonList] = mapped_column(default=list)
    user: Mapped[User | None] = relationship(lazy="raise")


class Restriction(Base):
    """A frozen person: what named them in the records lies in ``SealedValue`` until this is lifted."""

    __tablename__ = "restrictions"

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), unique=True)
    reason: Mapped[Line]
    at: Mapped[Created]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    contact: Mapped[Contact] = relationship(lazy="raise")
    by: Mapped[User | None] = relationship(lazy="raise")


class SealedValue(Base):
    """A value as it was before its person was frozen, and as it was left."""

    __tablename__ = "sealed_values"

    id: Mapped[Id]
    restriction_id: Mapped[int] = mapped_column(ForeignKey("restrictions.id", ondelete="CASCADE"), index=True)
    table: Mapped[str] = mapped_column(String(60))
    column: Mapped[str] = mapped_column(String(60))
    key: Mapped[JsonList]
    before: Mapped[Any] = mapped_column(JSON)
    left: Mapped[Any] = mapped_column(JSON)


class Hold(Base):
    """A person who must not be erased yet, as laws may ask: why, and when that is looked at again."""

    __tablename__ = "privacy_holds"

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), unique=True)
    reason: Mapped[Line]
    review_on: Mapped[Day]
    at: Mapped[Created]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    contact: Mapped[Contact] = relationship(lazy="raise")
    by: Mapped[User | None] = relationship(lazy="raise")


class ErasureCause(StrEnum):
    ASKED = "asked"
    OBJECTED = "objected"
    OUTDATED = "outdated"
    WRONGLY_KEPT = "wrongly_kept"


class ErasureRecord(Base):
    """That a person was erased: by whom, why, how many values where; of the person only salted hashes."""

    __tablename__ = "erasures"

    id: Mapped[Id]
    at: Mapped[Created]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    cause: Mapped[ErasureCause] = mapped_column(choice(ErasureCause))
    scope: Mapped[Json]
    hashes: Mapped[JsonList]
    cleaned_at: Mapped[Moment | None]
    by: Mapped[User | None] = relationship(lazy="raise")


class FileLink(Base):
    """A one-time link to the file of everything we keep of a person, for the person."""

    __tablename__ = "access_file_links"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]
    contact: Mapped[Contact] = relationship(lazy="raise")


class Notice(Base):
    """That a person was told we keep their data (article 14): when, how, in which words."""

    __tablename__ = "privacy_notices"

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    at: Mapped[Created]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    how: Mapped[Line]
    text: Mapped[Paragraph]
    contact: Mapped[Contact] = relationship(lazy="raise")
    by: Mapped[User | None] = relationship(lazy="raise")


class RetentionSetting(Base):
    """How many months a rule keeps data here, and whether it is carried out; without a row as it comes."""

    __tablename__ = "retention_settings"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    months: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[Created]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


class RetentionRun(Base):
    """The one time a day that what is outdated is tidied away, with how much of each."""

    __tablename__ = "retention_runs"

    day: Mapped[Day] = mapped_column(primary_key=True)
    started_at: Mapped[Created]
    finished_at: Mapped[Moment | None]
    counts: Mapped[Json] = mapped_column(default=dict)


class Review(Base):
    """A person who has been kept long enough, by the rules: erased when somebody says so, or kept on."""

    __tablename__ = "retention_reviews"

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), unique=True)
    found_on: Mapped[Day]
    last_on: Mapped[Day]
    keep_until: Mapped[Day | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    contact: Mapped[Contact] = relationship(lazy="raise")
