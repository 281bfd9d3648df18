"""What a row would change on a company, a lead or a person we have: field to [old, new]."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from crm.companies.models import Company, FactsSource, Lead
from crm.contacts.drafts import parse_phone
from crm.contacts.models import Contact
from crm.errors import InvalidInput
from crm.exchange.cells import Values
from crm.spelling import fold

# What the register says of a company it fills in anew whenever it is read; no file overrides it.
REGISTER_FACTS = frozenset(
    {"name", "municipality_no", "municipality", "address", "industry", "employees", "purpose"}
)
_FIELDS = {"municipality_no": "municipality", "owner_id": "owner"}
Changes = dict[str, list[Any]]


def company_changes(company: Company, values: Values, keep: Collection[str]) -> tuple[Changes, Changes]:
    """What to change, and what differs but stays as it is: the register's facts, and fields to keep."""
    changes: Changes = {}
    kept: Changes = {}
    given = dict(values.company)
    number = given.get("municipality_no")
    if number and number == company.municipality_no:
        given.pop("municipality", None)
    for name, new in given.items():
        old = getattr(company, name)
        if _same(name, old, new):
            continue
        fixed = company.facts_source is FactsSource.REGISTER and name in REGISTER_FACTS
        stays = old not in {None, ""} and (fixed or _FIELDS.get(name, name) in keep)
        (kept if stays else changes)[name] = [old, new]
    if "municipality_no" in changes and "municipality" not in changes:
        changes["municipality"] = [company.municipality, values.company["municipality"]]
    return changes, kept


def lead_changes(lead: Lead | None, values: Values, keep: Collection[str]) -> Changes:
    """What to change on the lead; segments are added to, never taken away. None where we do not follow."""
    if lead is None:
        return {}
    changes: Changes = {}
    for name, new in values.lead.items():
        if name == "segments":
            codes = sorted(segment.code for segment in lead.segments)
            if set(new) - set(codes) and not (codes and "segments" in keep):
                changes[name] = [codes, sorted({*codes, *new})]
            continue
        current = getattr(lead, name)
        old = str(current.value) if name == "stage" else current
        if old != new and not (old not in {None, ""} and _FIELDS.get(name, name) in keep):
            changes[name] = [old, new]
    return changes


def contact_changes(contact: Contact, person: Mapping[str, Any], keep: Collection[str]) -> Changes:
    changes: Changes = {}
    for name, field in (("email", "person_email"), ("phone", "person_phone")):
        old, new = getattr(contact, name), person.get(name)
        if new and not _same(name, old, new) and not (old and field in keep):
            changes[name] = [old, new]
    return changes


def _same(name: str, old: Any, new: Any) -> bool:
    """Whether two values say the same, however they are written."""
    if old is None or old == new:
        return bool(old == new)
    plain = _PLAIN.get(name)
    return plain is not None and plain(str(old)) == plain(str(new))


def _phone(text: str) -> str:
    try:
        return parse_phone(text) or ""
    except InvalidInput:
        return text


def _site(text: str) -> str:
    return re.sub(r"^https?://", "", text.strip().casefold()).removeprefix("www.").rstrip("/")


_PLAIN: dict[str, Callable[[str], str]] = {
    "name": fold,
    "municipality": fold,
    "address": fold,
    "purpose": fold,
    "email": str.casefold,
    "phone": _phone,
    "home_page": _site,
}
