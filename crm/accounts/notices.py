"""Telling people by mail that how they sign in was changed; written with the change, sent by the worker."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.mail import letters
from crm.mail import operations as outbox
from crm.mail.drafts import Reader


def reader_of(user: User) -> Reader:
    """A colleague as the outbox knows one."""
    return Reader(user_id=user.id, email=user.email, name=user.name, language=user.language)


def tell(session: Session, user: User, what: str, *, detail: str = "", now: datetime) -> None:
    """Tell a user what was changed, one of ``texts.NOTICES``; nobody mails an invented colleague."""
    if not user.demo:
        reader = reader_of(user)
        outbox.write(session, reader, letters.notice(reader, what, detail=detail, now=now), now=now)
