"""Random tokens and password hashes: what is stored never opens anything by itself."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from itsdangerous import BadData, URLSafeSerializer

_HASHER = PasswordHasher()
_LEGIBLE = "23456789abcdefghjkmnpqrstuvwxyz"
# Verified against when there is no such user, so that the answer takes as long.
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))


def new_token() -> str:
    """A fresh token of 256 bits."""
    return secrets.token_urlsafe(32)


def made_token(key: str, seed: str) -> str:
    """The token of 256 bits that a stored seed and the program's key make; neither opens anything alone."""
    made = hmac.new(key.encode(), f"token {seed}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def stop_token(key: str, user_id: int) -> str:
    """What ends a user's weekly mail without signing in; it opens nothing else."""
    return str(URLSafeSerializer(key, salt="weekly mail").dumps(user_id))


def read_stop_token(key: str, token: str) -> int | None:
    """Whose weekly mail a token ends; None for one we did not make."""
    try:
        found = URLSafeSerializer(key, salt="weekly mail").loads(token[:200])
    except BadData:
        return None
    return found if isinstance(found, int) else None


def new_recovery_code() -> str:
    """A code to write on paper, of 79 bits, without letters that look alike."""
    letters = "".join(secrets.choice(_LEGIBLE) for _ in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def fingerprint(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def password_fits(password_hash: str | None, password: str) -> bool:
    """Whether a password is the right one; takes as long when there is none to compare with."""
    try:
        return _HASHER.verify(password_hash or _NOBODY, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False
