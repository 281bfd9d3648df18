"""Handing mails to a mail server: over TLS unless the address says otherwise, each failure told apart.

A mail's Message-ID is made of its key and the sender's domain: one that is sent twice, because nobody knows
whether the first got through, carries the same and is recognised.
"""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from crm.errors import InvalidInput, UpstreamError
from crm.settings import Settings

_SECONDS = 20.0
_PORTS = {"smtp": 587, "smtps": 465}
_PROGRAM = "Klyngetorg"
# Long lines are legal up to 998; an address broken in two, or encoded, is no address to most readers.
_POLICY = SMTP.clone(max_line_length=900)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mails are handed in, and as whom. ``tls`` is ``starttls``, ``tls`` or ``none``."""

    host: str
    port: int
    sender: str
    tls: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    seconds: float = _SECONDS
    trusted: ssl.SSLContext | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A mail ready to go; ``stop`` is the address that ends mails of its kind with one press (RFC 8058)."""

    key: str
    to: str
    subject: str
    body: str
    at: datetime
    stop: str = ""


class NotSent(UpstreamError):  # noqa: N818  (named as the five are)
    """A mail that did not get away.

    ``reason`` is one of ours; ``for_good`` whether the server will never take it; ``server`` whether the next
    mail would fare the same; ``doubtful`` whether it may have been taken all the same.
    """

    def __init__(
        self,
        reason: str,
        detail: str = "",
        *,
        for_good: bool = False,
        server: bool = False,
        doubtful: bool = False,
    ) -> None:
        super().__init__("E-posten kom ikke av sted: %(detail)s", detail=detail or reason)
        self.reason, self.detail = reason, " ".join(detail.split())
        self.for_good, self.server, self.doubtful = for_good, server, doubtful


def missing(settings: Settings) -> str:
    """The name of the setting that keeps mails from being sent; empty where nothing does."""
    if settings.offline:
        return "CRM_OFFLINE"
    if not settings.smtp_url:
        return "CRM_SMTP_URL"
    return "" if settings.mail_from else "CRM_MAIL_FROM"


def mail_server(settings: Settings) -> MailServer | None:
    """The server this installation sends by; None where none is set up. InvalidInput for an odd address."""
    return None if missing(settings) else read_address(settings.smtp_url, settings.mail_from)


def read_address(url: str, sender: str) -> MailServer:
    """``smtp://user:password@host:587`` (STARTTLS), ``smtps://…:465``, or ``smtp://host:25?tls=none``."""
    parts = urlsplit(url)
    tls = parse_qs(parts.query).get("tls", ["tls" if parts.scheme == "smtps" else "starttls"])[0]
    if parts.scheme not in _PORTS or not parts.hostname or tls not in {"tls", "starttls", "none"}:
        raise InvalidInput(
            "CRM_SMTP_URL må se ut som smtp://bruker:passord@vert:587, smtps://vert:465"
            " eller smtp://vert:25?tls=none.",
            field="smtp_url",
        )
    return MailServer(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        sender=sender,
        tls=tls,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


class Post:
    """An open connection to a mail server."""

    def __init__(self, server: MailServer, connection: smtplib.SMTP) -> None:
        self._server, self._connection = server, connection

    def send(self, mail: Outgoing) -> None:
        """Hand in one mail; NotSent tells how it failed."""
        sender = parseaddr(self._server.sender)[1]
        try:
            whole = written(mail, self._server.sender).as_bytes(policy=_POLICY)
        except (ValueError, HeaderParseError) as error:  # an address or a subject that no mail can have
            raise NotSent("unwritable", str(error), for_good=True) from error
        with _told(self._server.host):
            self._connection.rset()
            self._said(self._connection.mail(sender), server=True)
            self._said(self._connection.rcpt(mail.to), server=False)
        with _told(self._server.host, doubtful=True):
            try:
                answer = self._connection.data(whole)
            except smtplib.SMTPDataError as error:
                answer = (error.smtp_code, _bytes(error.smtp_error))
            self._said(answer, server=False)

    def _said(self, answer: tuple[int, bytes], *, server: bool) -> None:
        code, text = answer
        if 200 <= code < 300:
            return
        detail = f"{code} {text.decode('utf-8', 'replace')}"
        if code == 421 or code < 0:
            raise NotSent("busy", detail, server=True)
        if code >= 500:
            raise NotSent("sender" if server else "refused", detail, for_good=not server, server=server)
        raise NotSent("later", detail, server=server)


@contextmanager
def open_post(server: MailServer) -> Iterator[Post]:
    """A connection that is ready for mails; NotSent where the server cannot be used."""
    connection: smtplib.SMTP | None = None
    try:
        with _told(server.host):
            connection = _connect(server)
        if server.user:
            _log_in(connection, server)
        yield Post(server, connection)
    finally:
        if connection is not None:
            _leave(connection)


def written(mail: Outgoing, sender: str) -> EmailMessage:
    """The mail as it goes over the wire; a line break in a header is refused by the library."""
    message = EmailMessage(policy=_POLICY)
    name, address = parseaddr(sender)
    message["From"] = Address(display_name=name or _PROGRAM, addr_spec=address)
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.at)
    message["Message-ID"] = message_id(mail.key, address)
    message["Auto-Submitted"] = "auto-generated"
    if mail.stop:
        message["List-Unsubscribe"] = f"<{mail.stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.body, cte="quoted-printable")
    return message


def message_id(key: str, sender: str) -> str:
    """The same for the same mail, whoever sends it and however often."""
    digest = hashlib.sha256(f"mail {key}".encode()).hexdigest()[:32]
    return f"<{digest}@{parseaddr(sender)[1].rpartition('@')[2] or 'localhost'}>"


def _connect(server: MailServer) -> smtplib.SMTP:
    context = server.trusted or ssl.create_default_context()
    if server.tls == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=server.seconds, context=context)
    connection = smtplib.SMTP(server.host, server.port, timeout=server.seconds)
    try:
        connection.ehlo()
        if server.tls == "starttls":
            connection.starttls(context=context)
            connection.ehlo()
    except BaseException:
        connection.close()
        raise
    return connection


def _log_in(connection: smtplib.SMTP, server: MailServer) -> None:
    """Some servers say no to a password, others hang up."""
    try:
        with _told(server.host):
            connection.login(server.user, server.password)
    except NotSent as trouble:
        if trouble.reason == "dropped":
            raise NotSent("login", server.host, server=True) from trouble
        raise


def _leave(connection: smtplib.SMTP) -> None:
    with suppress(smtplib.SMTPException, OSError):
        connection.quit()
    connection.close()


@contextmanager
def _told(host: str, *, doubtful: bool = False) -> Iterator[None]:
    """Failures of the connection as ours."""
    try:
        yield
    except (smtplib.SMTPNotSupportedError, ssl.SSLError) as error:
        raise NotSent("tls", f"{host}: {error}", server=True) from error
    except smtplib.SMTPAuthenticationError as error:
        raise NotSent("login", f"{host}: {error.smtp_code}", server=True) from error
    except smtplib.SMTPServerDisconnected as error:
        raise NotSent("dropped", host, server=True, doubtful=doubtful) from error
    except smtplib.SMTPResponseException as error:
        detail = f"{error.smtp_code} {_bytes(error.smtp_error).decode('utf-8', 'replace')}"
        raise NotSent("tls" if error.smtp_code == 454 else "busy", detail, server=True) from error
    except (smtplib.SMTPException, OSError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise NotSent("unreachable", f"{host}: {why}", server=True, doubtful=doubtful) from error


def _bytes(said: bytes | str) -> bytes:
    return said.encode() if isinstance(said, str) else said
