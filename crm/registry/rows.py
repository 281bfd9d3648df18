"""How a unit of the register becomes a row of the mirror."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from crm.sources.units import Address, Industry, SubUnit, Unit
from crm.spelling import fold

Row = dict[str, Any]
ToNewStandard = Callable[[str], str | None]


def _clip(text: str | None, length: int) -> str | None:
    return text[:length] if text else None


def _street(address: Address | None) -> str | None:
    if address is None:
        return None
    town = " ".join(part for part in (address.postal_code, address.place) if part)
    return _clip(", ".join(part for part in (*address.lines, town) if part), 400)


def _industry(industry: Industry | None, standard: str) -> Row:
    return {
        "industry": _clip(industry.code, 10) if industry else None,
        "industry_name": _clip(industry.name, 300) if industry else None,
        "industry_standard": standard if industry else None,
    }


def _digest(row: Row) -> bytes:
    """A fingerprint of what the register said, so that an unchanged unit is left alone."""
    return hashlib.blake2b(repr(tuple(row.values())).encode(), digest_size=16).digest()


def _place(address: Address | None) -> Row:
    there = address or Address()
    return {
        "municipality_no": _clip(there.municipality_no, 4),
        "municipality": _clip(there.municipality, 100),
        "address": _street(address),
        "postal_code": _clip(there.postal_code, 20),
        "place": _clip(there.place, 100),
        "country": _clip(there.country, 100),
    }


def _identity(unit: Unit) -> Row:
    return {
        "orgnr": unit.orgnr,
        "name": unit.name[:300],
        "name_key": fold(unit.name)[:400],
        "form": unit.form_code[:10],
        "form_name": (unit.form_name or unit.form_code)[:200],
        "parent": _clip(unit.parent, 9),
        "language_form": _clip(unit.language_form, 20),
        "sector": _clip(unit.sector_code, 10),
        "sector_name": _clip(unit.sector_name, 200),
        "former_names": "\n".join(unit.former_names),
        "purpose": unit.purpose or "",
        "activity": unit.activity or "",
    }


def _reach(unit: Unit) -> Row:
    return {
        "employees": unit.employees,
        "home_page": _clip(unit.home_page, 300),
        "email": _clip(unit.email, 300),
        "phone": _clip(unit.phone, 60),
        "mobile": _clip(unit.mobile, 60),
    }


def _life(unit: Unit) -> Row:
    return {
        "founded_on": unit.founded_on,
        "registered_on": unit.registered_on,
        "last_accounts": unit.last_accounts,
        "bankrupt": unit.bankrupt,
        "bankrupt_on": unit.bankrupt_on,
        "winding_up": unit.winding_up,
        "winding_up_on": unit.winding_up_on,
        "forced_dissolution": unit.forced_dissolution,
        "dissolved_on": unit.dissolved_on,
    }


def unit_row(unit: Unit, standard: str, to_2025: ToNewStandard, *, source: str, now: datetime) -> Row:
    """The row of a main unit; industry codes keep their standard beside them."""
    first, *others = (*unit.industries, None) if not unit.industries else unit.industries
    row = _identity(unit) | _industry(first, standard) | _place(unit.business_address or unit.postal_address)
    row |= _reach(unit) | _life(unit)
    row["industry_2025"] = to_2025(first.code) if first else None
    row["other_industries"] = [
        {"code": other.code, "name": other.name, "in_2025": to_2025(other.code)} for other in others if other
    ]
    return row | {"digest": _digest(row), "source": source[:100], "seen_at": now}


def sub_unit_row(unit: SubUnit, standard: str, to_2025: ToNewStandard, *, source: str, now: datetime) -> Row:
    """The row of a workplace."""
    del to_2025
    place = _place(unit.location)
    row: Row = {
        "orgnr": unit.orgnr,
        "parent": (unit.parent or "")[:9],
        "name": unit.name[:300],
        **_industry(unit.industries[0] if unit.industries else None, standard),
        **{name: place[name] for name in ("municipality_no", "municipality", "address")},
        "employees": unit.employees,
        "started_on": unit.started_on,
        "closed_on": unit.closed_on or unit.dissolved_on,
    }
    return row | {"digest": _digest(row), "source": source[:100], "seen_at": now}
