"""Validated input about whom somebody looks for."""

from __future__ import annotations

from crm.accounts.drafts import parse_email
from crm.contacts.drafts import parse_phone
from crm.errors import InvalidInput
from crm.privacy.likeness import Likeness
from crm.spelling import tidy


def likeness_draft(*, name: str = "", email: str = "", phone: str = "") -> Likeness:
    """Whom to look for; InvalidInput where nothing was typed or a value cannot be right."""
    clean = tidy(name)[:200]
    if not (clean or email.strip() or phone.strip()):
        raise InvalidInput("Skriv navn, e-post eller telefon.", field="name")
    if clean and len(clean) < 3:
        raise InvalidInput("Skriv minst tre bokstaver av navnet.", field="name")
    number = parse_phone(phone)
    return Likeness(
        names=(clean,) if clean else (),
        emails=(parse_email(email).casefold(),) if email.strip() else (),
        phones=(number,) if number else (),
    )
