"""What a mail is before it is a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from crm.mail.models import MailKind

LINK = "{link}"
"""Where the one-time link goes in a body; filled in when the mail is sent."""
STOP = "{stop}"
"""Where the address that ends the weekly mail goes."""
HOME = "{base}"
"""Where the program's own address goes."""
LASTS = timedelta(hours=48)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whom a mail is for: a colleague's number, address, name and language."""

    user_id: int
    email: str
    name: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail to a colleague; ``key`` keeps the same thing from being told twice.

    What has not been sent within ``lasts`` is not sent any more: it would only mislead. ``seed`` is what the
    one-time link in the body is made of.
    """

    key: str
    kind: MailKind
    subject: str
    body: str
    seed: str = ""
    lasts: timedelta = LASTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a mail did not get away: a reason we have words for, what the server said, whether it may have."""

    reason: str
    detail: str = ""
    doubtful: bool = False
