"""The table of the outbox."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.storage.base import Base
from crm.storage.columns import Created, Id, Line, Moment, Paragraph, choice


class MailKind(StrEnum):
    DIGEST = "digest"
    INVITATION = "invitation"
    MENTION = "mention"
    NOTICE = "notice"
    RESET = "reset"
    TEST = "test"


class MailState(StrEnum):
    DROPPED = "dropped"
    GIVEN_UP = "given_up"
    SENT = "sent"
    WAITING = "waiting"


class Mail(Base):
    """A mail to a colleague. ``key`` says what it is about and is there once; the Message-ID is made of it.

    A one-time link stands in ``body`` as a place to fill in: the token is made of ``seed`` and the program's
    key when the mail is sent, so that a stolen database opens nothing. What was sent keeps no text.
    """

    __tablename__ = "mails"
    __table_args__ = (Index("ix_mails_state_next_at", "state", "next_at"),)

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[MailKind] = mapped_column(choice(MailKind))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    recipient: Mapped[Line]
    subject: Mapped[Line]
    body: Mapped[Paragraph]
    seed: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[MailState] = mapped_column(choice(MailState), default=MailState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    doubtful: Mapped[int] = mapped_column(default=0)
    """How many times nobody knows whether the server took it: it may have arrived as often, under one id."""
    claim: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[Moment | None]
    next_at: Mapped[Moment]
    drop_after: Mapped[Moment]
    reason: Mapped[str] = mapped_column(String(40), default="")
    detail: Mapped[Line] = mapped_column(default="")
    created_at: Mapped[Created] = mapped_column(index=True)
    settled_at: Mapped[Moment | None]
