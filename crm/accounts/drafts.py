"""Validated input about accounts."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr

from crm.accounts.permissions import Role
from crm.errors import InvalidInput
from crm.spelling import tidy

_SHORTEST_PASSWORD, _LONGEST_PASSWORD = 12, 1024
_TOO_COMMON = {
    "passord",
    "password",
    "elverum",
    "velkommen",
    "sommer",
    "vinter",
    "qwerty",
    "123456",
    "beredskap",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDraft:
    email: str
    name: str
    role: Role


def parse_email(text: str, *, field: str = "email") -> str:
    """An e-mail address as given, without blanks around it; InvalidInput where it is none."""
    clean = text.strip()
    local, _, domain = parseaddr(clean)[1].rpartition("@")
    whole = f"{local}@{domain}" == clean and ("." in domain.strip(".") or domain == "localhost")
    if len(clean) > 254 or not local or not whole or any(c.isspace() for c in clean):
        raise InvalidInput(
            "«%(value)s» er ikke en e-postadresse. Skriv den som navn@domene.no.",
            field=field,
            value=clean[:60],
        )
    return clean


def parse_password(text: str) -> str:
    """A password long enough to keep; blanks belong to it."""
    if len(text) < _SHORTEST_PASSWORD:
        raise InvalidInput("Passordet må ha minst 12 tegn. Bruk gjerne en hel setning.", field="password")
    if len(text) > _LONGEST_PASSWORD or "\0" in text:
        raise InvalidInput("Passordet kan ha høyst 1024 tegn, og ikke nulltegn.", field="password")
    letters = "".join(char for char in text.casefold() if char.isalpha())
    if letters in _TOO_COMMON or len(set(text)) < 4:
        raise InvalidInput("Passordet er for lett å gjette. Bruk flere og andre ord.", field="password")
    return text


def user_draft(email: str, role: str, *, name: str = "") -> UserDraft:
    """The draft of a new user; InvalidInput names the field."""
    if role not in {known.value for known in Role}:
        raise InvalidInput(
            "Rollen «%(value)s» finnes ikke. Velg en av: %(known)s.",
            field="role",
            value=role,
            known=", ".join(sorted(known.value for known in Role)),
        )
    address = parse_email(email)
    return UserDraft(email=address, name=tidy(name) or address.split("@")[0], role=Role(role))
