"""Flask-Login over our own sessions: the cookie carries a token, the row behind it can be ended."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from flask import Flask, g, request
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import inspect
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from crm import clock
from crm.accounts import operations, queries
from crm.accounts.models import User, UserSession
from crm.web.session import close, database, db

_NOTE_EVERY = timedelta(minutes=10)


class SignedIn(UserMixin):  # type: ignore[misc]
    """A user as Flask-Login knows one: the session's token is the identity."""

    def __init__(self, token: str, user: User, session: UserSession | None = None) -> None:
        self.token = token
        self.user = user
        self.session_id = session.id if session else None
        self.proved_at = session.proved_at if session else None

    def get_id(self) -> str:
        return self.token


def begin(user: User, *, now: datetime) -> None:
    """Sign a user in on this browser; the caller commits."""
    device, address = request.headers.get("User-Agent", ""), request.remote_addr or ""
    token = operations.open_session(db(), user, now=now, device=device, address=address)
    login_user(SignedIn(token, user))
    g.language = user.language


def end(token: str) -> None:
    """Sign this browser out; the caller commits."""
    operations.end_session(db(), token, now=clock.now())
    logout_user()


def _load(token: str) -> SignedIn | None:
    now = clock.now()
    found = queries.find_session(db(), token, now=now)
    if found is None:
        return None
    _note_seen(found, now=now)
    return SignedIn(token, found.user, found)


def _note_seen(found: UserSession, *, now: datetime) -> None:
    """Now and then, write down that a browser is still used; a page that writes is not held up by it."""
    lately = found.seen_at is not None and found.seen_at > now - _NOTE_EVERY
    if lately or request.method not in {"GET", "HEAD"}:
        return
    close()
    with suppress(OperationalError), database().Write() as session:
        operations.note_seen(session, found.id, now=now)
        session.commit()


def reread() -> None:
    """Read the signed-in user anew where a rollback let go of it, so that an error page can name them.

    A session of its own is used: the request's is closed by then, and would hold the writers' lock.
    """
    user = getattr(current_user, "user", None)
    if user is None or not inspect(user).expired_attributes:
        return
    with database().Read() as session:
        current_user.user = session.get(User, inspect(user).identity)


def name_or_nobody() -> None:
    """Where the database cannot even tell who is signed in, an error page is shown as to a stranger."""
    try:
        bool(current_user.is_authenticated)
    except SQLAlchemyError:
        close()
        g._login_user = AnonymousUserMixin()  # noqa: SLF001  (where Flask-Login keeps whom it loaded)


def install(app: Flask) -> None:
    manager = LoginManager()
    manager.session_protection = None  # the token is our own and can be ended; a phone changes address
    manager.user_loader(_load)
    manager.init_app(app)
