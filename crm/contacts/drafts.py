"""Validated input about contact persons."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

from crm.accounts.drafts import parse_email
from crm.errors import InvalidInput
from crm.spelling import tidy

# A Norwegian number of eight digits, which is written two and two; those that begin with 8 are not.
_USUAL = re.compile(r"\+47[2-79][0-9]{7}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDraft:
    """A person as typed in: phone in E.164, e-mail as given."""

    name: str
    email: str | None = None
    phone: str | None = None
    title: str = ""
    source: str = ""
    demo: bool = False


def parse_phone(text: str, *, field: str = "phone") -> str | None:
    """A phone number in any form as E.164; None for nothing; InvalidInput where no such number can be."""
    clean = tidy(text)
    if not clean:
        return None
    try:
        number = phonenumbers.parse(clean[:60], "NO")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or len(clean) > 40 or not phonenumbers.is_possible_number(number):
        raise InvalidInput(
            "«%(value)s» er ikke et telefonnummer. Norske numre har åtte sifre; utenlandske begynner med +.",
            field=field,
            value=clean[:40],
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def show_phone(number: str) -> str:
    """A stored number as Norwegians write it; text that is no number is returned as it is."""
    if _USUAL.fullmatch(number):
        return f"{number[3:5]} {number[5:7]} {number[7:9]} {number[9:]}"
    try:
        parsed = phonenumbers.parse(number, "NO")
    except phonenumbers.NumberParseException:
        return number
    home = parsed.country_code == 47
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


def contact_draft(
    *, name: str, email: str = "", phone: str = "", title: str = "", source: str = "", demo: bool = False
) -> ContactDraft:
    """A person from typed values; InvalidInput names the field that cannot be right."""
    clean = tidy(name)
    if not clean:
        raise InvalidInput("Skriv navnet på personen.", field="name")
    return ContactDraft(
        name=clean[:200],
        email=parse_email(email) if email.strip() else None,
        phone=parse_phone(phone),
        title=tidy(title)[:200],
        source=tidy(source)[:300],
        demo=demo,
    )
