"""Acts on the outbox. A claim is numbered: a worker that wakes up late changes nothing any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from crm.errors import Conflict
from crm.mail import queries
from crm.mail.drafts import LASTS, Letter, Reader, Trouble
from crm.mail.models import Mail, MailState
from crm.spelling import tidy

LEASE = timedelta(minutes=5)
"""Longer than sending one mail can take."""
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240))
_KEPT = timedelta(days=90)
STALE, NOTHING = "stale", "nothing"


def write(session: Session, reader: Reader, letter: Letter, *, now: datetime) -> Mail:
    """Put a mail in the outbox, in the transaction of what causes it; the caller commits."""
    mail = Mail(
        key=letter.key,
        kind=letter.kind,
        user_id=reader.user_id,
        recipient=reader.email,
        subject=tidy(letter.subject)[:300],
        body=letter.body,
        seed=letter.seed,
        created_at=now,
        next_at=now,
        drop_after=now + letter.lasts,
    )
    session.add(mail)
    return mail


def write_down_as_needless(session: Session, reader: Reader, letter: Letter, *, now: datetime) -> None:
    """Remember that a mail was thought of and had nothing to tell, so that it is not thought of again."""
    mail = write(session, reader, letter, now=now)
    _settle(mail, MailState.DROPPED, NOTHING, now=now)


def take_next(session: Session, *, now: datetime) -> Mail | None:
    """Claim the mail whose turn it is; None where there is none, or another was quicker."""
    mail = session.scalars(queries.next_waiting(now=now)).first()
    if mail is None:
        return None
    mine = {
        "claim": mail.claim + 1,
        "claimed_until": now + LEASE,
        "tries": mail.tries + 1,
        # A claim that was never ended belonged to a worker that was killed, perhaps just after sending.
        "doubtful": mail.doubtful + (mail.claimed_until is not None),
    }
    seen = (Mail.id == mail.id, Mail.claim == mail.claim, Mail.state == MailState.WAITING)
    taken = session.execute(update(Mail).where(*seen).values(**mine))
    session.refresh(mail)
    return mail if taken.rowcount == 1 else None  # type: ignore[attr-defined]


def mark_sent(session: Session, mail_id: int, claim: int, *, now: datetime) -> None:
    """The server took it; what stood in it is forgotten."""
    mail = _claimed(session, mail_id, claim)
    _settle(mail, MailState.SENT, "", now=now)


def put_off(session: Session, mail_id: int, claim: int, trouble: Trouble, *, now: datetime) -> None:
    """Try again later, later each time, until the mail is too old."""
    mail = _claimed(session, mail_id, claim)
    wait = _WAITS[min(mail.tries, len(_WAITS)) - 1]
    mail.claimed_until, mail.next_at = None, now + wait
    mail.reason, mail.detail = trouble.reason, trouble.detail[:300]
    mail.doubtful += trouble.doubtful


def give_up(session: Session, mail_id: int, claim: int, trouble: Trouble, *, now: datetime) -> None:
    """The server will not have it, today or tomorrow."""
    mail = _claimed(session, mail_id, claim)
    _settle(mail, MailState.GIVEN_UP, trouble.reason, now=now)
    mail.detail = trouble.detail[:300]


def drop_stale(session: Session, *, now: datetime) -> int:
    """Give up what has waited too long; how many there were."""
    old = session.scalars(queries.mails().where(*queries.stale(now=now)).limit(500)).all()
    for mail in old:
        _settle(mail, MailState.GIVEN_UP, mail.reason or STALE, now=now)
    return len(old)


def forget_old(session: Session, *, now: datetime) -> None:
    """Rows that were settled three months ago are not kept."""
    old = delete(Mail).where(Mail.created_at < now - _KEPT, Mail.state != MailState.WAITING)
    session.execute(old.execution_options(synchronize_session=False))


def try_again(mail: Mail, *, now: datetime) -> None:
    """Send a waiting mail at once; Conflict for one that is settled, whose text is gone."""
    if mail.state is not MailState.WAITING:
        raise Conflict("E-posten er alt sendt eller oppgitt.")
    mail.next_at, mail.drop_after = now, max(mail.drop_after, now + LASTS / 48)


def _claimed(session: Session, mail_id: int, claim: int) -> Mail:
    mail = session.get(Mail, mail_id)
    if mail is None or mail.claim != claim or mail.state is not MailState.WAITING:
        raise Conflict("E-posten er alt tatt hånd om.")
    return mail


def _settle(mail: Mail, state: MailState, reason: str, *, now: datetime) -> None:
    """The end of a mail; neither its text nor what its link was made of is kept."""
    mail.state, mail.reason, mail.settled_at = state, reason, now
    mail.body, mail.seed, mail.detail, mail.claimed_until = "", "", "", None
