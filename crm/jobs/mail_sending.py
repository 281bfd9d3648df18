"""Sending what waits in the outbox, one mail at a time, each under a claim of its own."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from crm.accounts import secrets
from crm.errors import Conflict
from crm.jobs import transactions
from crm.jobs.weekly_round import Now
from crm.mail import operations
from crm.mail.drafts import HOME, LINK, STOP, Trouble
from crm.mail.models import Mail, MailKind
from crm.settings import Settings
from crm.sources.mail_server import MailServer, NotSent, Outgoing, Post, mail_server, open_post
from crm.storage.engines import Database

_log = logging.getLogger(__name__)
_AT_ONCE = 200
"""So many in one pass: after a long outage the server is not flooded, and other work has its turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postman:
    """Who sends: by which server, None where there is none; links lead to ``base``, made with ``key``."""

    server: MailServer | None
    base: str
    key: str

    def ready(self, mail: Mail) -> Outgoing:
        """A row of the outbox as it goes out, with its links."""
        stop = f"{self.base}/mail/stop/{secrets.stop_token(self.key, mail.user_id)}"
        link = f"{self.base}/sign-in/{secrets.made_token(self.key, mail.seed)}"
        return Outgoing(
            key=mail.key,
            to=mail.recipient,
            subject=mail.subject,
            body=_filled(mail.body, {HOME: self.base, LINK: link if mail.seed else self.base, STOP: stop}),
            at=mail.created_at,
            stop=stop if mail.kind is MailKind.DIGEST else "",
        )


def _filled(body: str, addresses: dict[str, str]) -> str:
    for place, address in addresses.items():
        body = body.replace(place, address)
    return body


def postman_of(settings: Settings) -> Postman:
    """The postman of these settings."""
    base, key = settings.resolved_base_url, settings.secret_key or ""
    return Postman(server=mail_server(settings), base=base, key=key)


def send_waiting(database: Database, postman: Postman, *, now: Now) -> int:
    """Send what is due; how many mails got away. A server that fails is left alone until the next pass."""
    transactions.commit(database, partial(_tidy, now=now()))
    first = _take(database, now()) if postman.server else None
    if first is None or postman.server is None:
        return 0
    try:
        with open_post(postman.server) as post:
            return _send_each(database, postman, post, first, now=now)
    except NotSent as trouble:  # raised before any mail was handed in
        _not_sent(database, first, trouble, now=now())
        return 0


def _send_each(database: Database, postman: Postman, post: Post, first: Mail, *, now: Now) -> int:
    handled, sent, mail = 0, 0, first
    while True:
        handled += 1
        try:
            post.send(postman.ready(mail))
        except NotSent as trouble:
            _not_sent(database, mail, trouble, now=now())
            if trouble.server:
                return sent
        else:
            _end(database, partial(operations.mark_sent, mail_id=mail.id, claim=mail.claim, now=now()))
            sent += 1
        following = _take(database, now()) if handled < _AT_ONCE else None
        if following is None:
            return sent
        mail = following


def _take(database: Database, now: datetime) -> Mail | None:
    return transactions.commit(database, partial(operations.take_next, now=now))


def _not_sent(database: Database, mail: Mail, trouble: NotSent, *, now: datetime) -> None:
    _log.warning("mail %s was not sent: %s", mail.id, trouble.reason)
    act = operations.give_up if trouble.for_good else operations.put_off
    told = Trouble(reason=trouble.reason, detail=trouble.detail, doubtful=trouble.doubtful)
    _end(database, partial(act, mail_id=mail.id, claim=mail.claim, trouble=told, now=now))


def _end(database: Database, act: partial[None]) -> None:
    """Write down what became of a mail; another worker's claim is left alone."""
    try:
        transactions.commit(database, act)
    except Conflict:
        _log.warning("a mail was taken over by another worker while it was sent")


def _tidy(session: Session, *, now: datetime) -> None:
    operations.drop_stale(session, now=now)
    operations.forget_old(session, now=now)
