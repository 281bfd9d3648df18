"""Questions about accounts."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from crm.accounts.models import AccessLink, LinkPurpose, User, UserSession
from crm.accounts.secrets import fingerprint
from crm.errors import NotFound

LONGEST_IDLE = timedelta(days=7)
"""A browser nobody has used for so long is signed out."""


def find_by_email(session: Session, email: str) -> User | None:
    return session.scalar(select(User).where(User.email_key == email.strip().casefold()))


def get_by_email(session: Session, email: str) -> User:
    user = find_by_email(session, email)
    if user is None:
        raise NotFound("Ingen bruker har adressen «%(email)s».", field="email", email=email[:100])
    return user


def users() -> Select[User]:
    """Everybody with an account, by name."""
    return select(User).order_by(User.active.desc(), User.name)


def colleagues() -> Select[User]:
    """Those who can own a lead or a follow-up."""
    return select(User).where(User.active).order_by(User.name)


def find_session(session: Session, token: str, *, now: datetime) -> UserSession | None:
    """The live session behind a cookie's token, with its user; None when ended, expired or closed."""
    found = session.scalar(select(UserSession).where(UserSession.token_hash == fingerprint(token)))
    if found is None or found.ended_at or found.expires_at <= now or not found.user.active:
        return None
    return found if (found.seen_at or found.created_at) > now - LONGEST_IDLE else None


def live_sessions(user_id: int, *, now: datetime) -> Select[UserSession]:
    """Where a user is signed in, the latest used first."""
    last = func.coalesce(UserSession.seen_at, UserSession.created_at, type_=UserSession.created_at.type)
    live = (UserSession.ended_at.is_(None), UserSession.expires_at > now, last > now - LONGEST_IDLE)
    return select(UserSession).where(UserSession.user_id == user_id, *live).order_by(last.desc())


def get_session(session: Session, session_id: int, *, of_user: int) -> UserSession:
    """One of a user's sessions; NotFound for somebody else's."""
    found = session.get(UserSession, session_id)
    if found is None or found.user_id != of_user:
        raise NotFound("Fant ikke innloggingen. Den kan alt være avsluttet.")
    return found


def find_link(session: Session, token: str, *, now: datetime) -> AccessLink | None:
    """An unused, unexpired link; None otherwise."""
    found = session.scalar(select(AccessLink).where(AccessLink.token_hash == fingerprint(token)))
    if found is None or found.used_at or found.expires_at <= now or not found.user.active:
        return None
    return found


def is_invited(session: Session, user: User, *, now: datetime) -> bool:
    """Whether an invitation waits for a user."""
    waiting = (AccessLink.user_id == user.id, AccessLink.used_at.is_(None), AccessLink.expires_at > now)
    invited = (*waiting, AccessLink.purpose == LinkPurpose.INVITATION)
    return session.scalar(select(AccessLink.id).where(*invited).limit(1)) is not None


def first_user(session: Session) -> User | None:
    """Whoever has been here longest, of those who can sign in."""
    real = select(User).where(User.active, ~User.demo)
    return session.scalars(real.order_by(User.id).limit(1)).first()
