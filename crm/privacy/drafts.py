"""Validated input about whom somebody looks for, and whom we must keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

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


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldDraft:
    """Why somebody must be kept, and the day that is looked at again."""

    reason: str
    review_on: date


def hold_draft(*, reason: str, review_on: date | None, today: date) -> HoldDraft:
    """A hold from typed values; InvalidInput names the field."""
    clean = tidy(reason)
    if not clean:
        raise InvalidInput("Skriv hvilken lov eller sak som krever det.", field="why")
    if review_on is None or review_on <= today:
        raise InvalidInput("Velg en dag som kommer.", field="review_on")
    return HoldDraft(reason=clean[:300], review_on=review_on)
