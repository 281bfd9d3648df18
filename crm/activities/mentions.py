"""Colleagues who are named with @ in the log: they are told by mail where, and not what was written."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy.orm import Session

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.accounts.notices import reader_of
from crm.activities.models import Activity
from crm.mail import letters, operations
from crm.mail import queries as mails
from crm.spelling import fold

# Not what stands in an e-mail address; the full stop of a sentence is cut off afterwards.
_NAMED = re.compile(r"(?<![\w.+-])@([\w.-]{2,60})")
_MOST = 20


def named(session: Session, text: str) -> list[User]:
    """Who is named: by first name where it is one colleague's alone, else by first.last or address."""
    asked = {fold(found.rstrip(".-")) for found in _NAMED.findall(text)[:_MOST]}
    if not asked:
        return []
    people = [user for user in session.scalars(accounts.colleagues()) if not user.demo]
    firsts = [_names(user)[0] for user in people]
    return [user for user in people if asked & _called(user, alone=firsts.count(_names(user)[0]) == 1)]


def tell(session: Session, actor_id: int, activity: Activity, *, now: datetime) -> None:
    """Mail whoever a line of the log names, once for each line; not whoever wrote it."""
    if "@" not in activity.text:
        return
    session.flush()
    actor = session.get(User, actor_id)
    path = f"/companies/{activity.company_id}" if activity.company_id else f"/partners/{activity.partner_id}"
    for user in named(session, activity.text):
        reader = reader_of(user)
        letter = letters.mention(reader, actor.name if actor else "", f"{activity.id} {user.id}", path)
        if user.id != actor_id and not mails.is_written(session, letter.key):
            operations.write(session, reader, letter, now=now)


def _called(user: User, *, alone: bool) -> set[str]:
    first, *rest = _names(user)
    known = {".".join([first, *rest[-1:]]), fold(user.email.partition("@")[0])}
    return known | {first} if alone else known - {first}


def _names(user: User) -> list[str]:
    return fold(user.name).split() or [""]
