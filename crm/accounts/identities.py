"""Users as a sign-in provider knows them: by its own number for them, never by e-mail alone.

Nobody gets an account by signing in with a provider. Whoever was invited, and has chosen no password yet, is
known the first time by an address the provider vouches for; everybody else connects on «Min konto».
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from crm.accounts import notices, operations, queries
from crm.accounts.models import Identity, Passkey, User
from crm.errors import Conflict, NotAllowed, NotFound
from crm.history import operations as history


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Who somebody is to a provider; ``email`` only where the provider vouches for it."""

    issuer: str
    subject: str
    email: str
    provider: str


def of_user(user_id: int) -> Select[Identity]:
    """A user's connections, the oldest first."""
    return select(Identity).where(Identity.user_id == user_id).order_by(Identity.id)


def sign_in(session: Session, shown: Shown, *, now: datetime) -> User:
    """The user a provider vouches for; NotAllowed where there is none."""
    found = _find(session, shown)
    user = found.user if found else _invited(session, shown, now=now)
    if user is None or not user.active:
        raise NotAllowed(
            "Ingen konto her er koblet til deg hos %(provider)s. Logg inn på en annen måte, og koble til"
            " under Min konto. Har du ingen konto, så be en administrator om en invitasjon.",
            provider=shown.provider,
        )
    if found:
        found.last_used_at = now
    return user


def connect(session: Session, user: User, shown: Shown, *, now: datetime) -> Identity:
    """Let a user sign in by a provider; Conflict where somebody else is known by that."""
    found = _find(session, shown)
    if found is not None:
        if found.user_id != user.id:
            raise Conflict("Kontoen din hos %(provider)s hører til en annen her.", provider=shown.provider)
        return found
    made = Identity(user_id=user.id, issuer=shown.issuer, subject=shown.subject, created_at=now)
    session.add(made)
    history.record(session, user.id, "user:connect", subject=user, changes={"provider": shown.issuer})
    notices.tell(session, user, "openid_on", detail=shown.provider, now=now)
    return made


def disconnect(session: Session, user: User, identity_id: int, *, provider: str, now: datetime) -> None:
    """End a connection; NotFound for somebody else's, Conflict where it is the only way in."""
    found = session.get(Identity, identity_id)
    if found is None or found.user_id != user.id:
        raise NotFound("Fant ikke koblingen.")
    if user.password_hash is None and not _has_passkey(session, user):
        raise Conflict("Velg et passord først, ellers kommer du ikke inn igjen.")
    session.delete(found)
    history.record(session, user.id, "user:disconnect", subject=user, changes={"provider": found.issuer})
    notices.tell(session, user, "openid_off", detail=provider, now=now)


def _find(session: Session, shown: Shown) -> Identity | None:
    known_as = (Identity.issuer == shown.issuer, Identity.subject == shown.subject)
    return session.scalars(select(Identity).where(*known_as)).first()


def _invited(session: Session, shown: Shown, *, now: datetime) -> User | None:
    """Somebody invited who has no way in yet, by the address the provider vouches for; connected at once."""
    user = queries.find_by_email(session, shown.email) if shown.email else None
    if user is None or user.demo or not user.active or user.password_hash is not None:
        return None
    others = session.scalar(select(func.count(Identity.id)).where(Identity.user_id == user.id))
    if others or _has_passkey(session, user) or not queries.is_invited(session, user, now=now):
        return None
    connect(session, user, shown, now=now)
    operations.spend_links(session, user, now=now)
    return user


def _has_passkey(session: Session, user: User) -> bool:
    return session.scalar(select(Passkey.id).where(Passkey.user_id == user.id).limit(1)) is not None
