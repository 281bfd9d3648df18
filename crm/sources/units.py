"""What the national register says about an organisation, in types and words of our own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

# Forms whose name tells of a natural person. ENK: the law on names of undertakings (section 2-2) demands
# the owner's surname. PERS: single persons listed because an attached register needs them. TVAM: traders
# the tax office registered by force, as a rule under their own name. BO: estates, named after whose they
# were. Partnerships (ANS, DA) may carry names but need not; they are organisations and stay.
PERSONAL_FORMS = frozenset({"ENK", "PERS", "TVAM", "BO"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Industry:
    """An industry code and its name; which standard it is of stands nowhere in the record."""

    code: str
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A street or postal address; foreign ones lack postal code and municipality."""

    lines: tuple[str, ...] = ()
    postal_code: str | None = None
    place: str | None = None
    municipality: str | None = None
    municipality_no: str | None = None
    country: str | None = None
    country_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A main unit. ``employees`` None is unknown, never zero: fewer than five are not published."""

    orgnr: str
    name: str
    form_code: str
    form_name: str | None = None
    industries: tuple[Industry, ...] = ()
    auxiliary_code: str | None = None
    employees: int | None = None
    employees_registered: bool = False
    home_page: str | None = None
    email: str | None = None
    phone: str | None = None
    mobile: str | None = None
    business_address: Address | None = None
    postal_address: Address | None = None
    sector_code: str | None = None
    sector_name: str | None = None
    last_accounts: int | None = None
    registered_on: date | None = None
    founded_on: date | None = None
    bankrupt: bool = False
    bankrupt_on: date | None = None
    winding_up: bool = False
    winding_up_on: date | None = None
    forced_dissolution: bool = False
    dissolved_on: date | None = None
    parent: str | None = None
    language_form: str | None = None
    vat_registered: bool = False
    voluntary_registered: bool = False
    purpose: str | None = None
    activity: str | None = None
    capital: float | None = None
    currency: str | None = None
    former_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SubUnit:
    """A place where a unit works; ``parent`` is the unit it belongs to."""

    orgnr: str
    name: str
    form_code: str
    parent: str | None = None
    industries: tuple[Industry, ...] = ()
    employees: int | None = None
    employees_registered: bool = False
    location: Address | None = None
    registered_on: date | None = None
    started_on: date | None = None
    closed_on: date | None = None
    dissolved_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedUnit:
    """A unit taken out of the register on legal grounds: whoever holds a copy must erase it."""

    orgnr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DissolvedUnit:
    """A unit or sub-unit the register has closed, told by its number and the day alone."""

    orgnr: str
    dissolved_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A record that cannot be read: its place in the file (from 1), the field, what stood there and why.

    ``orgnr`` is the number the record gave itself, where it gave one.
    """

    position: int
    field: str
    value: str
    message: str
    orgnr: str = ""
