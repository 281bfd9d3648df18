"""Acts on accounts."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.orm import Session

from crm.accounts import notices, queries, secrets, tokens
from crm.accounts.drafts import UserDraft, parse_password
from crm.accounts.models import AccessLink, LinkPurpose, SignInFailure, User, UserSession, WeeklyMail
from crm.errors import Conflict, NotAllowed
from crm.history import operations as history
from crm.spelling import tidy

SESSION_LIFETIME = timedelta(days=14)
_LINK_LIFETIME = {LinkPurpose.INVITATION: timedelta(days=7), LinkPurpose.SIGN_IN: timedelta(hours=8)}
_GUESSES, _GUESSES_FROM_ADDRESS, _GUESS_WINDOW = 8, 40, timedelta(minutes=10)
_GUESSES_KEPT = timedelta(days=1)


class TooManyTries(NotAllowed):
    """Signing in is held back until ``until``; the right password from elsewhere still opens."""

    def __init__(self, until: datetime) -> None:
        super().__init__("For mange forsøk. Vent ti minutter, og prøv igjen.")
        self.until = until


def create_user(session: Session, actor_id: int | None, draft: UserDraft, *, demo: bool = False) -> User:
    """A new user without a password; Conflict when the address is taken."""
    if queries.find_by_email(session, draft.email):
        raise Conflict("Adressen «%(email)s» har alt en bruker.", field="email", email=draft.email)
    user = User(
        email=draft.email,
        email_key=draft.email.casefold(),
        name=draft.name,
        role=draft.role,
        demo=demo,
        active=True,
    )
    session.add(user)
    history.record(session, actor_id, "user:create", subject=user)
    return user


def issue_link(session: Session, user: User, purpose: LinkPurpose, *, now: datetime) -> str:
    """A one-time token for a user; the token itself is stored nowhere. An invented colleague gets none."""
    token = secrets.new_token()
    keep_link(session, user, purpose, token, now=now)
    return token


def keep_link(
    session: Session,
    user: User,
    purpose: LinkPurpose,
    token: str,
    *,
    now: datetime,
    lasts: timedelta | None = None,
) -> None:
    """Let a token open its user's account once, as long as its purpose lasts unless said otherwise."""
    if user.demo:
        raise NotAllowed("%(name)s er en demobruker og kan ikke logge inn.", name=user.name)
    session.add(
        AccessLink(
            token_hash=secrets.fingerprint(token),
            user_id=user.id,
            purpose=purpose,
            created_at=now,
            expires_at=now + (lasts or _LINK_LIFETIME[purpose]),
        )
    )
    session.flush()


def use_link(session: Session, link: AccessLink, *, now: datetime) -> None:
    """Spend a link; Conflict when somebody was quicker."""
    spent = (
        update(AccessLink).where(AccessLink.id == link.id, AccessLink.used_at.is_(None)).values(used_at=now)
    )
    if session.execute(spent).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("Lenken er alt brukt. Be om en ny.")


def open_session(session: Session, user: User, *, now: datetime, device: str = "", address: str = "") -> str:
    """A new signed-in session, told by its device and address; returns the token for the cookie."""
    token = secrets.new_token()
    session.add(
        UserSession(
            token_hash=secrets.fingerprint(token),
            user_id=user.id,
            created_at=now,
            expires_at=now + SESSION_LIFETIME,
            seen_at=now,
            proved_at=now,
            device=tidy(device)[:300],
            address=address[:60],
        )
    )
    return token


def note_proof(session: Session, session_id: int, *, now: datetime) -> None:
    """Write down that whoever sits at a browser has just shown who they are."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(proved_at=now))


def end_session(session: Session, token: str, *, now: datetime) -> None:
    """Sign one browser out."""
    found = queries.find_session(session, token, now=now)
    if found:
        found.ended_at = now


def end_all_sessions(session: Session, user: User, *, now: datetime, but: int | None = None) -> None:
    """Sign a user out everywhere, but on the browser of one session where it is given."""
    live = update(UserSession).where(UserSession.user_id == user.id, UserSession.ended_at.is_(None))
    if but is not None:
        live = live.where(UserSession.id != but)
    session.execute(live.values(ended_at=now))


def note_seen(session: Session, session_id: int, *, now: datetime) -> None:
    """Write down that a browser was used."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(seen_at=now))


def set_password(session: Session, actor_id: int | None, user: User, password: str, *, now: datetime) -> None:
    """Choose a password; every older session, token and link to choose one ends, and the user is told."""
    known, user.password_hash = user.password_hash, secrets.hash_password(parse_password(password))
    end_all_sessions(session, user, now=now)
    spend_links(session, user, now=now)
    tokens.revoke_all(session, user, now=now)
    history.record(session, actor_id, "user:password", subject=user, changes={})
    if known:
        notices.tell(session, user, "password", now=now)


def spend_links(session: Session, user: User, *, now: datetime) -> None:
    """No link that waits in a mailbox may choose a password any more."""
    waiting = (AccessLink.user_id == user.id, AccessLink.used_at.is_(None))
    spent = update(AccessLink).where(*waiting, AccessLink.purpose == LinkPurpose.INVITATION)
    session.execute(spent.values(used_at=now))


def sign_in(session: Session, email: str, password: str, *, address: str, now: datetime) -> User:
    """The user behind an address and a password; NotAllowed, in the same words, whatever is wrong."""
    key = email.strip().casefold()[:300]
    refuse_guessing(session, key, address=address, now=now)
    user = queries.find_by_email(session, email)
    fits = secrets.password_fits(user.password_hash if user else None, password[:1024])
    if not user or not fits or not user.active:
        remember_failure(session, key, address=address, now=now)
        raise NotAllowed("E-postadressen eller passordet stemmer ikke. Prøv igjen.")
    return user


def refuse_guessing(session: Session, key: str, *, address: str, now: datetime) -> None:
    """TooManyTries when an account was guessed at from here, or too many accounts were."""
    here = (SignInFailure.address == address[:60], SignInFailure.at > now - _GUESS_WINDOW)
    mine = func.count(case((SignInFailure.email_key == key, 1)))
    counted = select(mine, func.count(), func.min(SignInFailure.at)).where(*here)
    at_account, from_address, oldest = session.execute(counted).one()
    if at_account >= _GUESSES or from_address >= _GUESSES_FROM_ADDRESS:
        raise TooManyTries(oldest + _GUESS_WINDOW)


def remember_failure(session: Session, key: str, *, address: str, now: datetime) -> None:
    """A failed try is kept for a day."""
    old = delete(SignInFailure).where(SignInFailure.at < now - _GUESSES_KEPT)
    session.execute(old.execution_options(synchronize_session=False))
    session.add(SignInFailure(email_key=key, address=address[:60], at=now))


def change_role(session: Session, actor_id: int, user: User, draft: UserDraft) -> None:
    """Give a user another name or role; nobody takes away their own administration."""
    if user.id == actor_id and draft.role is not user.role:
        raise Conflict("Du kan ikke endre din egen rolle. Be en annen administrator om det.", field="role")
    user.name, user.role = draft.name, draft.role
    history.record(session, actor_id, "user:update", subject=user)


def close_account(session: Session, actor_id: int, user: User, *, now: datetime) -> None:
    """Shut a user out at once; what the user did stays."""
    if user.id == actor_id:
        raise Conflict("Du kan ikke stenge din egen konto.")
    user.active = False
    end_all_sessions(session, user, now=now)
    tokens.revoke_all(session, user, now=now)
    history.record(session, actor_id, "user:close", subject=user)


def choose_language(user: User, language: str) -> None:
    user.language = language


def choose_weekly_mail(user: User, what: WeeklyMail) -> None:
    """Decide what the mail on Monday morning tells, if anything."""
    user.weekly_mail = what
