"""Sign-ins under way: what the browser was told comes back once, and soon, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from crm.accounts import secrets
from crm.accounts.models import Attempt, AttemptPurpose
from crm.errors import NotAllowed

LASTS = timedelta(minutes=10)
_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in under way: ``token`` is the browser's, ``seed`` what else it was told is made of."""

    token: str
    seed: str


def begin(session: Session, purpose: AttemptPurpose, *, user_id: int | None, now: datetime) -> Begun:
    """Begin a sign-in, for a user where it is known for whom; the day before's are forgotten."""
    old = delete(Attempt).where(Attempt.expires_at < now - _KEPT)
    session.execute(old.execution_options(synchronize_session=False))
    begun = Begun(secrets.new_token(), secrets.new_token())
    made = Attempt(
        token_hash=secrets.fingerprint(begun.token),
        seed=begun.seed,
        purpose=purpose,
        user_id=user_id,
        expires_at=now + LASTS,
    )
    session.add(made)
    return begun


def spend(session: Session, token: str, purpose: AttemptPurpose, *, now: datetime) -> Attempt:
    """The sign-in a browser comes back to; NotAllowed a second time, too late, or for one never begun."""
    named = (Attempt.token_hash == secrets.fingerprint(token), Attempt.purpose == purpose)
    live = (*named, Attempt.used_at.is_(None), Attempt.expires_at > now)
    spent = session.execute(update(Attempt).where(*live).values(used_at=now))
    found = session.scalars(select(Attempt).where(*named)).first()
    if spent.rowcount != 1 or found is None:  # type: ignore[attr-defined]
        raise NotAllowed("Innloggingen tok for lang tid, eller den er alt brukt. Prøv igjen.")
    return found
