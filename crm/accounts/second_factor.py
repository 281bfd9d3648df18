"""The second factor: one-time codes from an app (RFC 6238), and codes on paper that stand in for it once.

A secret is made of the stored seed and the program's key: a stolen database opens nothing by itself.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from crm.accounts import notices, operations, secrets
from crm.accounts.models import RecoveryCode, SecondFactor, User
from crm.errors import Conflict, NotAllowed
from crm.history import operations as history

_STEP = 30
_DRIFT = (-1, 0, 1)
_RECOVERY_CODES = 10
_ISSUER = "Klyngetorg"


def find(session: Session, user: User) -> SecondFactor | None:
    """The user's second factor, also one that is not confirmed yet."""
    return session.scalar(select(SecondFactor).where(SecondFactor.user_id == user.id))


def is_on(session: Session, user: User) -> bool:
    """Whether signing in asks the user for a code."""
    found = find(session, user)
    return found is not None and found.confirmed_at is not None


def users_with(session: Session) -> set[int]:
    """The numbers of those whom signing in asks for a code."""
    return set(session.scalars(select(SecondFactor.user_id).where(SecondFactor.confirmed_at.is_not(None))))


def begin(session: Session, user: User, *, now: datetime) -> SecondFactor:
    """A fresh seed, not asked for until it is confirmed; Conflict where a factor is on."""
    found = find(session, user)
    if found and found.confirmed_at:
        raise Conflict("Engangskode er alt slått på.")
    if found is None:
        found = SecondFactor(user_id=user.id, created_at=now, last_step=0)
        session.add(found)
    found.seed = secrets.new_token()
    session.flush()
    return found


def secret_of(factor: SecondFactor, key: str) -> str:
    """The secret the app is told, 160 bits in base 32."""
    made = hmac.new(key.encode(), f"second factor {factor.seed}".encode(), hashlib.sha256).digest()
    return base64.b32encode(made[:20]).decode()


def address_of(factor: SecondFactor, user: User, key: str) -> str:
    """What the app reads from the picture."""
    return pyotp.TOTP(secret_of(factor, key)).provisioning_uri(name=user.email, issuer_name=_ISSUER)


def confirm(session: Session, actor_id: int, user: User, code: str, *, key: str, now: datetime) -> list[str]:
    """Turn the factor on with a first code; returns the recovery codes, told this once."""
    factor = find(session, user)
    if factor is None or factor.confirmed_at:
        raise Conflict("Begynn på nytt: trykk «Slå på engangskode».")
    _take_step(factor, code, key=key, now=now)
    factor.confirmed_at = now
    history.record(session, actor_id, "user:second-factor", subject=user, changes={})
    notices.tell(session, user, "code_on", now=now)
    return _new_recovery_codes(session, user)


def check(session: Session, user: User, code: str, *, key: str, address: str, now: datetime) -> None:
    """Let a code from the app or a recovery code pass, once; NotAllowed, and held back like passwords."""
    name = f"second factor of {user.id}"
    operations.refuse_guessing(session, name, address=address, now=now)
    factor = find(session, user)
    try:
        if factor is None or not factor.confirmed_at:
            raise _wrong()
        if not _spend_recovery_code(session, user, code, now=now):
            _take_step(factor, code, key=key, now=now)
    except NotAllowed:
        operations.remember_failure(session, name, address=address, now=now)
        raise


def remove(session: Session, actor_id: int | None, user: User, *, now: datetime) -> None:
    """Turn the factor off, with its recovery codes."""
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    history.record(session, actor_id, "user:second-factor-off", subject=user, changes={})
    notices.tell(session, user, "code_off", now=now)


def codes_left(session: Session, user: User) -> int:
    """How many recovery codes are unspent."""
    unspent = (RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    return session.scalar(select(func.count(RecoveryCode.id)).where(*unspent)) or 0


def _take_step(factor: SecondFactor, code: str, *, key: str, now: datetime) -> None:
    """Let a code pass that is newer than the last one; NotAllowed for a wrong one, or one seen before."""
    given = "".join(code.split())
    app, present = pyotp.HOTP(secret_of(factor, key)), int(now.timestamp()) // _STEP
    fits = (
        [present + drift for drift in _DRIFT if hmac.compare_digest(app.at(present + drift), given[:12])]
        if given.isascii()
        else []
    )
    if not fits or fits[-1] <= factor.last_step:
        raise _wrong()
    factor.last_step = fits[-1]


def _new_recovery_codes(session: Session, user: User) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = [secrets.new_recovery_code() for _ in range(_RECOVERY_CODES)]
    session.add_all(RecoveryCode(user_id=user.id, code_hash=_hash(user, code)) for code in codes)
    session.flush()
    return codes


def _spend_recovery_code(session: Session, user: User, code: str, *, now: datetime) -> bool:
    plain = "".join(code.split()).replace("-", "").lower()
    unspent = select(RecoveryCode).where(
        RecoveryCode.code_hash == _hash(user, plain), RecoveryCode.used_at.is_(None)
    )
    found = session.scalar(unspent)
    if found is None:
        return False
    found.used_at = now
    return True


def _hash(user: User, code: str) -> str:
    return secrets.fingerprint(f"{user.id} {code.replace('-', '')}")


def _wrong() -> NotAllowed:
    return NotAllowed(
        "Koden stemmer ikke, eller den er alt brukt. Vent på den neste, og prøv igjen.", field="code"
    )
