"""Tokens that let programs act as a user: made, known again, counted as used, and revoked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from crm.accounts import secrets
from crm.accounts.models import ApiCreation, ApiToken, User
from crm.errors import Conflict, InvalidInput, NotAllowed, NotFound
from crm.history import operations as history
from crm.spelling import tidy

MARK = "klt_"
"""What every token begins with, so that a search for leaked secrets finds it."""
DAYS, LONGEST_DAYS = 90, 366
_SHOWN = len(MARK) + 8
_COUNT_USE_EVERY = timedelta(minutes=10)
_REMEMBERED = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenDraft:
    """What a token is for, how many days it lives, and whether it may only read."""

    name: str
    days: int = DAYS
    read_only: bool = False


def token_draft(*, name: str, days: int = DAYS, read_only: bool = False) -> TokenDraft:
    """The draft of a token; InvalidInput names the field."""
    clean = tidy(name)
    if not clean:
        raise InvalidInput("Skriv hva nøkkelen skal brukes til.", field="name")
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput("Nøkkelen kan vare fra 1 til 366 dager.", field="days")
    return TokenDraft(name=clean[:200], days=days, read_only=read_only)


def issue(session: Session, actor_id: int | None, user: User, draft: TokenDraft, *, now: datetime) -> str:
    """A new token for a user, told this once and stored nowhere; NotAllowed for who cannot sign in."""
    if user.demo or not user.active:
        raise NotAllowed("%(name)s kan ikke logge inn, og kan derfor ikke ha nøkler.", name=user.name)
    token = MARK + secrets.new_token()
    made = ApiToken(
        token_hash=secrets.fingerprint(token),
        prefix=token[:_SHOWN],
        user_id=user.id,
        name=draft.name,
        read_only=draft.read_only,
        created_at=now,
        expires_at=now + timedelta(days=draft.days),
    )
    session.add(made)
    history.record(session, actor_id, "token:issue", subject=made, changes={"prefix": made.prefix})
    return token


def find(session: Session, token: str, *, now: datetime) -> ApiToken | None:
    """The live token with its user; None when unknown, revoked, expired or the account is closed."""
    found = session.scalar(select(ApiToken).where(ApiToken.token_hash == secrets.fingerprint(token)))
    if found is None or found.revoked_at or found.expires_at <= now or not found.user.active:
        return None
    return found


def use_is_worth_writing(token: ApiToken, *, now: datetime) -> bool:
    """Whether the last use is long enough ago to be written down anew."""
    return token.last_used_at is None or token.last_used_at < now - _COUNT_USE_EVERY


def count_use(session: Session, token_id: int, *, now: datetime) -> None:
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now))


def live(user_id: int, *, now: datetime) -> Select[ApiToken]:
    """A user's tokens that still open something, the newest first."""
    mine = (ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now)
    return select(ApiToken).where(*mine).order_by(ApiToken.created_at.desc(), ApiToken.id.desc())


def get(session: Session, token_id: int, *, of_user: int) -> ApiToken:
    """One of a user's tokens; NotFound for somebody else's."""
    found = session.get(ApiToken, token_id)
    if found is None or found.user_id != of_user:
        raise NotFound("Fant ikke nøkkelen.")
    return found


def by_prefix(session: Session, prefix: str) -> ApiToken:
    """The token that begins so; NotFound for none, Conflict for several."""
    begins = ApiToken.prefix.startswith(prefix.strip()[:_SHOWN], autoescape=True)
    found = session.scalars(select(ApiToken).where(begins).limit(2)).all()
    if not found or len(prefix.strip()) < len(MARK) + 2:
        raise NotFound("Fant ikke nøkkelen.")
    if len(found) > 1:
        raise Conflict("Flere nøkler begynner slik. Skriv flere tegn.")
    return found[0]


def revoke(session: Session, actor_id: int | None, token: ApiToken, *, now: datetime) -> None:
    """Shut a token at once; a second time changes nothing."""
    if token.revoked_at is None:
        token.revoked_at = now
        history.record(session, actor_id, "token:revoke", subject=token, changes={"prefix": token.prefix})


def revoke_all(session: Session, user: User, *, now: datetime) -> None:
    """Shut every token of a user."""
    live_ones = update(ApiToken).where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))
    session.execute(live_ones.values(revoked_at=now))


def hash_of(asked: bytes) -> str:
    """What is remembered of the body of a request, to tell a repeat from another request."""
    return hashlib.sha256(asked).hexdigest()


def find_creation(session: Session, user_id: int, key: str) -> ApiCreation | None:
    """What a user's program made under a key."""
    return session.scalar(select(ApiCreation).where(ApiCreation.user_id == user_id, ApiCreation.key == key))


def remember_creation(
    session: Session, user_id: int, key: str, asked_hash: str, *, now: datetime
) -> ApiCreation:
    """Take a key, in the transaction of what it makes; what was taken two days ago is forgotten."""
    old = delete(ApiCreation).where(ApiCreation.created_at < now - _REMEMBERED)
    session.execute(old.execution_options(synchronize_session=False))
    taken = ApiCreation(user_id=user_id, key=key, asked_hash=asked_hash, created_at=now)
    session.add(taken)
    session.flush()
    return taken
