"""What is typed of a new company or person, half written or not, as it is compared with what is kept."""

from __future__ import annotations

from dataclasses import dataclass

from crm.duplicates.likeness import CompanyTraits, PersonTraits, domains_of, number_of
from crm.duplicates.models import Kind
from crm.errors import InvalidInput
from crm.spelling import fold, tidy, without_form

_LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedCompany:
    """The fields of a company's form as they stand."""

    name: str = ""
    orgnr: str = ""
    home_page: str = ""
    email: str = ""
    phone: str = ""
    place: str = ""

    @property
    def traits(self) -> CompanyTraits:
        digits = "".join(sign for sign in self.orgnr if sign.isdigit())
        return CompanyTraits(
            name=without_form(fold(self.name[:_LONGEST])),
            orgnr=digits if len(digits) == 9 else "",
            phone=number_of(self.phone[:60]),
            email=_address(self.email),
            domains=domains_of(self.home_page[:_LONGEST], self.email[:_LONGEST]),
            place=fold(self.place[:100]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedPerson:
    """The fields of a person's form as they stand, and the company the person is entered at."""

    name: str = ""
    email: str = ""
    phone: str = ""
    company_id: int | None = None

    @property
    def traits(self) -> PersonTraits:
        return PersonTraits(
            name=fold(self.name[:_LONGEST]),
            phone=number_of(self.phone[:60]),
            email=_address(self.email),
            companies=frozenset({self.company_id} if self.company_id else ()),
        )


def _address(email: str) -> str:
    clean = tidy(email[:_LONGEST]).casefold()
    return clean if "@" in clean.strip("@") else ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records of a kind, the lower number first."""

    kind: Kind
    first: int
    second: int


def pair_of(kind: Kind, one: int, other: int) -> Pair:
    """Two records as a pair; InvalidInput where they are one and the same."""
    if one == other:
        raise InvalidInput("Velg to ulike oppføringer.", field="other")
    return Pair(kind, min(one, other), max(one, other))
