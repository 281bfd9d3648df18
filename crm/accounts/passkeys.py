"""Passkeys (WebAuthn): a key in a phone, a computer or a stick signs in; we keep its public half alone.

A passkey is used with a fingerprint, a face or a code of its own, so it is two factors at once: whoever shows
one is not asked for a one-time code.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from crm.accounts import notices, operations, secrets
from crm.accounts.models import Passkey, User
from crm.errors import Conflict, InvalidInput, NotAllowed, NotFound
from crm.history import operations as history
from crm.spelling import tidy

MOST = 20
_LONGEST_ANSWER = 20_000
_MUST = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where passkeys belong: the address people type, and the program's key that challenges are made with."""

    base: str
    key: str = field(repr=False)

    @property
    def host(self) -> str:
        return urlsplit(self.base).hostname or ""

    @property
    def fit(self) -> bool:
        """Whether browsers keep passkeys for the address: a name, over TLS or on this machine."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return self.base.startswith("https://") or self.host == "localhost"
        return False

    def challenge(self, seed: str) -> bytes:
        """What a passkey must sign in the sign-in that was begun with a seed."""
        return secrets.made_token(self.key, f"challenge {seed}").encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a browser sent back, as it wrote it, and from which address it did."""

    text: str
    seed: str
    address: str = ""


def of_user(user_id: int) -> Select[Passkey]:
    """A user's passkeys, the oldest first."""
    return select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)


def options_to_add(session: Session, user: User, site: Site, seed: str) -> str:
    """What the browser is asked to make, as JSON; a passkey the user has already is not made again."""
    known = [_described(passkey) for passkey in session.scalars(of_user(user.id))]
    if len(known) >= MOST:
        raise Conflict("Du har så mange passnøkler som du kan ha. Fjern en først.")
    asked = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name="Klyngetorg",
        user_id=secrets.made_token(site.key, f"handle {user.id}").encode(),
        user_name=user.email,
        user_display_name=user.name,
        challenge=site.challenge(seed),
        exclude_credentials=known,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_MUST
        ),
    )
    return webauthn.options_to_json(asked)


def add(session: Session, user: User, name: str, answer: Answer, site: Site, *, now: datetime) -> Passkey:
    """Keep a passkey that was just made; InvalidInput where the answer does not hold."""
    try:
        made = webauthn.verify_registration_response(
            credential=answer.text[:_LONGEST_ANSWER],
            expected_challenge=site.challenge(answer.seed),
            expected_rp_id=site.host,
            expected_origin=site.base,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise InvalidInput("Passnøkkelen kunne ikke lagres. Prøv igjen.") from error
    number = bytes_to_base64url(made.credential_id)
    if session.scalar(select(Passkey.id).where(Passkey.credential_id == number)):
        raise Conflict("Den passnøkkelen er lagret fra før.")
    passkey = Passkey(
        user_id=user.id,
        credential_id=number,
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
        name=_named(name),
        created_at=now,
    )
    session.add(passkey)
    history.record(session, user.id, "user:passkey", subject=passkey, changes={})
    notices.tell(session, user, "passkey_on", now=now)
    return passkey


def options_to_show(site: Site, seed: str, *, mine: list[Passkey] | None = None) -> str:
    """What the browser is asked to show, as JSON: any passkey for here, or one of a user's."""
    allowed = [_described(passkey) for passkey in mine] if mine else None
    asked = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=site.challenge(seed),
        allow_credentials=allowed,
        user_verification=_MUST,
    )
    return webauthn.options_to_json(asked)


def show(session: Session, answer: Answer, site: Site, *, now: datetime) -> User:
    """The user whose passkey was shown; NotAllowed otherwise, and held back like passwords."""
    operations.refuse_guessing(session, "passkey", address=answer.address, now=now)
    passkey = _find(session, answer)
    try:
        if passkey is None or not passkey.user.active:
            raise _wrong()
        _verify(session, passkey, answer, site, now=now)
    except NotAllowed:
        operations.remember_failure(session, "passkey", address=answer.address, now=now)
        raise
    return passkey.user


def _verify(session: Session, passkey: Passkey, answer: Answer, site: Site, *, now: datetime) -> None:
    """Check the signature; a passkey that counts must have counted on, or it is a copy."""
    try:
        shown = webauthn.verify_authentication_response(
            credential=answer.text[:_LONGEST_ANSWER],
            expected_challenge=site.challenge(answer.seed),
            expected_rp_id=site.host,
            expected_origin=site.base,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise _wrong() from error
    mine = update(Passkey).where(Passkey.id == passkey.id)
    session.execute(mine.values(sign_count=shown.new_sign_count, last_used_at=now))


def rename(session: Session, user: User, passkey_id: int, name: str) -> None:
    """Call a passkey something else; NotFound for somebody else's."""
    get(session, user, passkey_id).name = _named(name)


def remove(session: Session, user: User, passkey_id: int, *, now: datetime) -> None:
    """Forget a passkey; NotFound for somebody else's."""
    passkey = get(session, user, passkey_id)
    history.record(session, user.id, "user:passkey-off", subject=passkey, changes={})
    session.delete(passkey)
    notices.tell(session, user, "passkey_off", now=now)


def get(session: Session, user: User, passkey_id: int) -> Passkey:
    """One of a user's passkeys; NotFound for somebody else's."""
    found = session.get(Passkey, passkey_id)
    if found is None or found.user_id != user.id:
        raise NotFound("Fant ikke passnøkkelen.")
    return found


def _find(session: Session, answer: Answer) -> Passkey | None:
    try:
        named = webauthn.helpers.parse_authentication_credential_json(answer.text[:_LONGEST_ANSWER]).raw_id
    except (WebAuthnException, ValueError, TypeError, KeyError):
        return None
    return session.scalars(select(Passkey).where(Passkey.credential_id == bytes_to_base64url(named))).first()


def _described(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(id=base64url_to_bytes(passkey.credential_id))


def _named(name: str) -> str:
    clean = tidy(name)[:100]
    if not clean:
        raise InvalidInput("Skriv hva passnøkkelen skal hete.", field="name")
    return clean


def _wrong() -> NotAllowed:
    return NotAllowed("Passnøkkelen slapp deg ikke inn. Prøv igjen, eller bruk passordet.")
