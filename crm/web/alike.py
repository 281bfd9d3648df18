"""Who is like what stands in a form: shown under the field it was seen in, and never in the way of saving.

What was shown is sent along with the form, so that saving asks once about each, with script or without.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from crm.companies.models import Company
from crm.contacts.drafts import show_phone
from crm.contacts.models import Contact
from crm.duplicates import recognising
from crm.duplicates.drafts import TypedCompany, TypedPerson
from crm.duplicates.likeness import Reason, Sign
from crm.orgnr import format_orgnr
from crm.registry.models import Unit
from crm.web.formats import readable_name
from crm.web.session import db

SIGNS = {
    Sign.ORGNR: _l("samme organisasjonsnummer"),
    Sign.EMAIL: _l("samme e-post"),
    Sign.PHONE: _l("samme telefonnummer"),
    Sign.DOMAIN: _l("samme nettadresse"),
    Sign.NAME: _l("samme navn"),
    Sign.FORMER_NAME: _l("tidligere navn i registeret"),
    Sign.LIKE_NAME: _l("navnene likner"),
    Sign.SAME_PLACE: _l("samme sted"),
    Sign.SAME_COMPANY: _l("samme virksomhet"),
    Sign.SHARED: _l("deler nummer eller adresse med flere"),
    Sign.OTHER_ORGNR: _l("men ulike organisasjonsnumre"),
    Sign.OTHER_PLACE: _l("men ulike steder"),
    Sign.OTHER_NAME: _l("men ulike navn"),
    Sign.OTHER_REACH: _l("men både telefon og e-post er ulike"),
}
_FIELDS = {
    "orgnr": {Sign.ORGNR},
    "home_page": {Sign.DOMAIN},
    "name": {Sign.NAME, Sign.LIKE_NAME, Sign.FORMER_NAME},
    "phone": {Sign.PHONE},
    "email": {Sign.EMAIL},
}
_SHOWN: dict[Sign, Callable[[str], str]] = {
    Sign.PHONE: show_phone,
    Sign.ORGNR: format_orgnr,
    Sign.LIKE_NAME: "{} %".format,
}
_LONGEST_SEEN = 400


@dataclass(frozen=True, slots=True)
class Hint:
    """One that is kept already: its name, where it stands, why it may be the same one, and its mark."""

    record: Company | Contact | Unit
    name: str
    address: str
    beside: str
    reasons: tuple[Reason, ...]

    @property
    def mark(self) -> str:
        """What the form sends along once this has been shown."""
        key = self.record.orgnr if isinstance(self.record, Unit) else self.record.id
        return f"{self.record.__tablename__}-{key}"

    @property
    def is_certain(self) -> bool:
        """Whether it can be no other one: two of ours never share an organisation number."""
        return isinstance(self.record, Company) and self.reasons[0][0] is Sign.ORGNR

    @property
    def held(self) -> list[dict[str, int]]:
        """The companies where a person has a role already, as parts of an address."""
        return [{"company": role.company_id} for role in getattr(self.record, "roles", ())]

    @property
    def said(self) -> str:
        """Why it may be the same one, as a sentence."""
        return reasons_in_words(self.reasons)


def reasons_in_words(reasons: Sequence[Reason]) -> str:
    """«Samme telefonnummer (22 00 00 00), samme sted»."""
    said = ", ".join(_reason(Sign(sign), seen) for sign, seen in reasons)
    return said[:1].upper() + said[1:]


def _reason(sign: Sign, seen: str) -> str:
    value = _SHOWN[sign](seen) if sign in _SHOWN else seen
    return f"{SIGNS[sign]} ({value})" if value else str(SIGNS[sign])


def companies(given: Any) -> list[Hint]:
    """Companies of ours, and units of the register, that are like the fields given."""
    texts = {name: given.get(name) or "" for name in ("name", "orgnr", "home_page", "email", "phone")}
    found = recognising.like_company(db(), TypedCompany(**texts, place=given.get("municipality") or ""))
    ours = [
        Hint(
            one.record,
            readable_name(one.record.name),
            url_for("companies.show", company_id=one.record.id),
            readable_name(one.record.municipality or ""),
            one.likeness.reasons,
        )
        for one in found.ours
    ]
    return ours + [_unit(unit) for unit in found.units]


def _unit(unit: Unit) -> Hint:
    address = url_for("companies.unit", orgnr=unit.orgnr)
    beside = gettext("står i Enhetsregisteret: %(number)s", number=format_orgnr(unit.orgnr))
    return Hint(unit, readable_name(unit.name), address, beside, ((Sign.NAME, ""),))


def persons(given: Any, *, company_id: int | None) -> list[Hint]:
    """Persons of ours that are like the fields given."""
    texts = {name: given.get(name) or "" for name in ("name", "email", "phone")}
    found = recognising.like_person(db(), TypedPerson(**texts, company_id=company_id))
    return [
        Hint(
            one.record,
            one.record.name,
            url_for("contacts.show", contact_id=one.record.id),
            ", ".join(readable_name(role.company.name) for role in one.record.roles),
            one.likeness.reasons,
        )
        for one in found
    ]


def seen_in(field: str, hints: Sequence[Hint]) -> list[Hint]:
    """Those to be shown under one field: the strongest of what they have in common was seen in it."""
    return [hint for hint in hints if hint.reasons[0][0] in _FIELDS.get(field, set())]


def unseen(hints: Sequence[Hint]) -> list[Hint]:
    """Those that were not shown before the form was sent."""
    shown = set(request.form.getlist("seen")[:_LONGEST_SEEN])
    return [hint for hint in hints if hint.mark not in shown]
