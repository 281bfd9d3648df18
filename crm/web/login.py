"""Flask-Login over our own sessions: the cookie carries a token, the row behind it can be ended."""

from __future__ import annotations

from datetime import datetime

from flask import Flask, g
from flask_login import LoginManager, UserMixin, login_user, logout_user

from crm import clock
from crm.accounts import operations, queries
from crm.accounts.models import User
from crm.web.session import db


class SignedIn(UserMixin):  # type: ignore[misc]
    """A user as Flask-Login knows one: the session's token is the identity."""

    def __init__(self, token: str, user: User) -> None:
        self.token = token
        self.user = user

    def get_id(self) -> str:
        return self.token


def begin(user: User, *, now: datetime) -> None:
    """Sign a user in on this browser; the caller commits."""
    token = operations.open_session(db(), user, now=now)
    login_user(SignedIn(token, user))
    g.language = user.language


def end(token: str) -> None:
    """Sign this browser out; the caller commits."""
    operations.end_session(db(), token, now=clock.now())
    logout_user()


def _load(token: str) -> SignedIn | None:
    found = queries.find_session(db(), token, now=clock.now())
    return SignedIn(token, found.user) if found else None


def install(app: Flask) -> None:
    manager = LoginManager()
    manager.session_protection = None  # the token is our own and can be ended; a phone changes address
    manager.user_loader(_load)
    manager.init_app(app)
