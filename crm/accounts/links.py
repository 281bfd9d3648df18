"""Links that are mailed: an invitation, and a new password for whoever forgot theirs.

The token of a mailed link is made of a seed in the outbox and the program's key; what the link table keeps of
it is a hash, as of every link.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from crm.accounts import operations, queries, secrets
from crm.accounts.models import LinkPurpose, User
from crm.accounts.notices import reader_of
from crm.errors import InvalidInput
from crm.mail import letters
from crm.mail import operations as outbox
from crm.mail import queries as mails
from crm.mail.models import MailKind

RESET_LASTS = timedelta(minutes=30)
_RESETS_AN_HOUR = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks for a new password, and the program's key to make the link with."""

    email: str
    address: str
    key: str


def invite(session: Session, inviter: User | None, user: User, *, key: str, now: datetime) -> str:
    """An invitation to choose a password, mailed as well; returns the token of its link."""
    seed = secrets.new_token()
    token = secrets.made_token(key, seed)
    operations.keep_link(session, user, LinkPurpose.INVITATION, token, now=now)
    reader = reader_of(user)
    letter = letters.invitation(reader, seed, inviter=inviter.name if inviter else "")
    outbox.write(session, reader, letter, now=now)
    return token


def ask_for_new_password(session: Session, asker: Asker, *, now: datetime) -> None:
    """Mail a link to whoever the address belongs to; nobody is told whether it belongs to anybody.

    TooManyTries when the address was asked for, or addresses were asked for from here, too often. Whoever it
    belongs to gets three mails an hour at most, wherever they were asked from.
    """
    if len(asker.email) > 300 or "@" not in asker.email:
        raise InvalidInput("Skriv e-postadressen din.", field="email")
    name = f"reset of {asker.email.strip().casefold()}"[:300]
    operations.refuse_guessing(session, name, address=asker.address, now=now)
    operations.remember_failure(session, name, address=asker.address, now=now)
    user = queries.find_by_email(session, asker.email)
    if user is None or not user.active or user.demo or _asked_enough(session, user, now=now):
        return
    seed = secrets.new_token()
    token = secrets.made_token(asker.key, seed)
    operations.keep_link(session, user, LinkPurpose.INVITATION, token, now=now, lasts=RESET_LASTS)
    reader = reader_of(user)
    outbox.write(session, reader, letters.reset(reader, seed), now=now)


def _asked_enough(session: Session, user: User, *, now: datetime) -> bool:
    lately = now - timedelta(hours=1)
    return mails.count_since(session, user.id, MailKind.RESET, since=lately) >= _RESETS_AN_HOUR
