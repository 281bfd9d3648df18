"""Questions about the outbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from crm.errors import NotFound
from crm.mail.models import Mail, MailKind, MailState


def next_waiting(*, now: datetime) -> Select[Mail]:
    """The mail whose turn it is and that no worker is sending."""
    return select(Mail).where(*_free(now), Mail.next_at <= now).order_by(Mail.next_at, Mail.id).limit(1)


def _free(now: datetime) -> tuple[ColumnElement[bool], ...]:
    unclaimed = or_(Mail.claimed_until.is_(None), Mail.claimed_until <= now)
    return Mail.state == MailState.WAITING, unclaimed


def stale(*, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What makes a waiting mail too old to be sent."""
    return (*_free(now), Mail.drop_after <= now)


def mails() -> Select[Mail]:
    """The outbox, the newest first."""
    return select(Mail).order_by(Mail.id.desc())


def counts(session: Session) -> dict[MailState, int]:
    """How many mails there are in each state."""
    found = dict.fromkeys(MailState, 0)
    for state, number in session.execute(select(Mail.state, func.count()).group_by(Mail.state)):
        found[state] = number
    return found


def is_written(session: Session, key: str) -> bool:
    """Whether a mail about this was written before."""
    return session.scalar(select(Mail.id).where(Mail.key == key)) is not None


def count_since(session: Session, user_id: int, kind: MailKind, *, since: datetime) -> int:
    """How many mails of a kind were written to somebody lately."""
    lately = (Mail.user_id == user_id, Mail.kind == kind, Mail.created_at > since)
    return session.scalar(select(func.count(Mail.id)).where(*lately)) or 0


def last_trouble(session: Session) -> Mail | None:
    """The waiting mail that was tried last and did not get away."""
    tried = (Mail.state == MailState.WAITING, Mail.reason != "")
    return session.scalars(select(Mail).where(*tried).order_by(Mail.next_at.desc()).limit(1)).first()


def get_mail(session: Session, mail_id: int) -> Mail:
    found = session.get(Mail, mail_id)
    if found is None:
        raise NotFound("Fant ikke e-posten.")
    return found
