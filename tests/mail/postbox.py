"""A real mail server on this machine that does as a test tells it, and counts what it took."""

from __future__ import annotations

import socket
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

from crm.sources.mail_server import MailServer


@dataclass
class Postbox:
    """What a server took, and what it answers: ``says`` maps a step (rcpt, data) to answers in turn."""

    taken: list[EmailMessage] = field(default_factory=list)
    says: dict[str, list[str]] = field(default_factory=dict)
    hang_up: list[str] = field(default_factory=list)
    """``before``: hang up instead of taking a mail; ``after``: take it, and hang up instead of saying so."""

    async def handle_RCPT(  # noqa: N802  (the server calls it so)
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self._next("rcpt")
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: Any, _session: object, envelope: Envelope) -> str:  # noqa: N802
        answer, drop = self._next("data"), self.hang_up.pop(0) if self.hang_up else ""
        if drop == "before":
            server.transport.abort()
            return "451 never heard"
        if not answer:
            self.taken.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        if drop == "after":
            server.transport.abort()
        return answer or "250 OK"

    def _next(self, step: str) -> str:
        waiting = self.says.get(step, [])
        return waiting.pop(0) if waiting else ""

    @property
    def ids(self) -> Counter[str]:
        """How often each Message-ID was taken."""
        return Counter(str(mail["Message-ID"]) for mail in self.taken)


class _Own(Controller):
    """A controller whose server speaks as a test wants."""

    def __init__(self, box: Postbox, **given: Any) -> None:
        self.given = given
        super().__init__(box, hostname="127.0.0.1", port=0)

    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="localhost", **self.given)

    def _trigger_server(self) -> None:
        """Knock once, at the port the machine chose."""
        with socket.create_connection(self.server.sockets[0].getsockname(), timeout=5) as knock:
            knock.recv(100)


def _login(_server: object, _session: object, _envelope: object, _kind: object, given: Any) -> AuthResult:
    right = isinstance(given, LoginPassword) and given == LoginPassword(b"crm", b"hemmelig")
    return AuthResult(success=right)


@contextmanager
def serving(box: Postbox, *, tls: bool = False, login: bool = False) -> Iterator[MailServer]:
    """The server while the block lasts, and how to reach it.

    ``tls`` demands STARTTLS first, and ``login`` a password besides.
    """
    authority = trustme.CA()
    given: dict[str, Any] = {}
    context = ssl.create_default_context()
    if tls:
        inside = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("localhost").configure_cert(inside)
        authority.configure_trust(context)
        given |= {"tls_context": inside, "require_starttls": True}
    if login:
        given |= {"authenticator": _login, "auth_required": True}
    running = _Own(box, **given)
    running.start()
    try:
        port = running.server.sockets[0].getsockname()[1]
        yield MailServer(
            host="localhost",
            port=port,
            sender="Klyngetorg <crm@example.org>",
            tls="starttls" if tls else "none",
            seconds=5,
            trusted=context,
        )
    finally:
        with suppress(Exception):
            running.stop()
