"""How like two companies or two persons are, and why: one measure for what is typed and for what is kept.

Signs add points, what speaks against takes some. A number or an address that many share makes no pair alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from crm.spelling import bare_number

LIKELY = 50
"""From so many points on a pair of kept records is put before somebody."""
WORTH_A_LOOK = 35
"""From so many points on what is typed is compared with what is kept."""
_ALIKE_COMPANY, _ALIKE_PERSON = 88, 86
_SHORTEST_NUMBER = 8
# Hosts where addresses say nothing of who owns them.
_SHARED_HOSTS = """gmail.com googlemail.com hotmail.com hotmail.no outlook.com outlook.no live.com live.no
    msn.com yahoo.com yahoo.no icloud.com me.com mac.com online.no broadpark.no getmail.no frisurf.no c2i.net
    lyse.net altibox.no haugnett.no nextgentel.no start.no telia.no proton.me protonmail.com aol.com gmx.com
    facebook.com instagram.com linkedin.com linktr.ee twitter.com x.com youtube.com proff.no gulesider.no
    1881.no wordpress.com wixsite.com blogspot.com squarespace.com business.site google.com finn.no
    mittanbud.no webnode.no domene.no"""
_ANYBODYS = frozenset(_SHARED_HOSTS.split())
_SHARED_BOXES = """post postmottak info kontakt firmapost mail epost e-post contact office admin salg support
    kundeservice servicetorget resepsjon faktura regnskap"""
_MAILBOXES = frozenset(_SHARED_BOXES.split())


class Sign(StrEnum):
    """What speaks for two being one, or against it."""

    ORGNR = "orgnr"
    EMAIL = "email"
    PHONE = "phone"
    DOMAIN = "domain"
    NAME = "name"
    FORMER_NAME = "former_name"
    LIKE_NAME = "like_name"
    SAME_PLACE = "same_place"
    SAME_COMPANY = "same_company"
    SHARED = "shared"
    OTHER_ORGNR = "other_orgnr"
    OTHER_PLACE = "other_place"
    OTHER_NAME = "other_name"
    OTHER_REACH = "other_reach"


_POINTS = {
    Sign.ORGNR: 100,
    Sign.EMAIL: 45,
    Sign.PHONE: 40,
    Sign.DOMAIN: 40,
    Sign.NAME: 50,
    Sign.FORMER_NAME: 45,
    Sign.SAME_PLACE: 10,
    Sign.SAME_COMPANY: 25,
    Sign.SHARED: 5,
    Sign.OTHER_ORGNR: -60,
    Sign.OTHER_PLACE: -15,
    Sign.OTHER_NAME: -25,
    Sign.OTHER_REACH: -10,
}
_OF_PERSONS = {Sign.EMAIL: 60, Sign.NAME: 35}
_NAMES = {Sign.NAME, Sign.LIKE_NAME, Sign.FORMER_NAME}
Reason = tuple[Sign, str]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like two are, in points, and the reasons with what each was seen in."""

    points: int
    reasons: tuple[Reason, ...]

    @property
    def signs(self) -> frozenset[Sign]:
        return frozenset(sign for sign, _seen in self.reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyTraits:
    """What a company is known by: folded name without form, bare number, own domains, former names."""

    name: str = ""
    orgnr: str = ""
    phone: str = ""
    email: str = ""
    domains: frozenset[str] = frozenset()
    place: str = ""
    former: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonTraits:
    """What a person is known by; ``companies`` are the numbers of those where they have a role."""

    name: str = ""
    phone: str = ""
    email: str = ""
    companies: frozenset[int] = frozenset()


def number_of(phone: str | None) -> str:
    """The digits of a phone number in any form, without Norway's country code; empty for too few."""
    digits = bare_number(phone or "")
    return digits if len(digits) >= _SHORTEST_NUMBER else ""


def domain_of(address: str | None) -> str:
    """The host of a home page or an e-mail that is somebody's own; empty for a host open to anybody.

    Examples
    --------
    >>> domain_of("https://www.Verk.no/om"), domain_of("post@verk.no"), domain_of("kari@gmail.com")
    ('verk.no', 'verk.no', '')
    """
    host = (address or "").strip().casefold().rpartition("@")[2].rpartition("://")[2]
    host = host.partition("/")[0].partition("?")[0].partition(":")[0].removeprefix("www.")
    shared = host in _ANYBODYS or any(host.endswith(f".{one}") for one in _ANYBODYS)
    return host if "." in host.strip(".") and not shared else ""


def own_mailbox(email: str | None) -> str:
    """An e-mail that is one person's; empty for «post@» and its like.

    Examples
    --------
    >>> own_mailbox("Kari@verk.no"), own_mailbox("post@verk.no")
    ('kari@verk.no', '')
    """
    clean = (email or "").strip().casefold()
    return clean if "@" in clean and clean.partition("@")[0] not in _MAILBOXES else ""


def domains_of(*addresses: str | None) -> frozenset[str]:
    return frozenset(filter(None, map(domain_of, addresses)))


def companies(one: CompanyTraits, other: CompanyTraits, *, shared: Collection[str] = ()) -> Likeness:
    """How like two companies are; ``shared`` are the numbers and domains that many have."""
    seen = [*_names_of_companies(one, other)]
    if one.orgnr and other.orgnr:
        seen.append((Sign.ORGNR, one.orgnr) if one.orgnr == other.orgnr else (Sign.OTHER_ORGNR, ""))
    if one.email and one.email == other.email:
        seen.append(_weighed(Sign.EMAIL, one.email, shared))
    if one.phone and one.phone == other.phone:
        seen.append(_weighed(Sign.PHONE, one.phone, shared))
    if both := sorted(one.domains & other.domains):
        seen.append(_weighed(Sign.DOMAIN, both[0], shared))
    if one.place and other.place:
        seen.append((Sign.SAME_PLACE, "") if one.place == other.place else (Sign.OTHER_PLACE, ""))
    found = _likeness(seen)
    # Mother and daughter share phone and domain: two numbers are two companies, unless the name is one.
    apart = Sign.OTHER_ORGNR in found.signs and not found.signs & _NAMES
    return Likeness(0, found.reasons) if apart else found


def persons(one: PersonTraits, other: PersonTraits, *, shared: Collection[str] = ()) -> Likeness:
    """How like two persons are; ``shared`` are the numbers and addresses that many have."""
    seen = [*_names_of_persons(one.name, other.name)]
    if one.email and one.email == other.email:
        mine = own_mailbox(one.email)
        seen.append(_weighed(Sign.EMAIL, one.email, shared if mine else {one.email}))
    if one.phone and one.phone == other.phone:
        seen.append(_weighed(Sign.PHONE, one.phone, shared))
    if one.companies & other.companies:
        seen.append((Sign.SAME_COMPANY, ""))
    if _differ(one.phone, other.phone) and _differ(one.email, other.email):
        seen.append((Sign.OTHER_REACH, ""))
    return _likeness(seen, _OF_PERSONS)


def _differ(one: str, other: str) -> bool:
    return bool(one and other and one != other)


def _weighed(sign: Sign, value: str, shared: Collection[str]) -> Reason:
    return (Sign.SHARED if value in shared else sign, value)


def _names_of_companies(one: CompanyTraits, other: CompanyTraits) -> Iterable[Reason]:
    if not one.name or not other.name:
        return
    if one.name == other.name:
        yield Sign.NAME, ""
    elif one.name in other.former or other.name in one.former:
        yield Sign.FORMER_NAME, ""
    else:
        per_cent = _alike(one.name, other.name, _ALIKE_COMPANY)
        if per_cent:
            yield Sign.LIKE_NAME, str(per_cent)


def _names_of_persons(one: str, other: str) -> Iterable[Reason]:
    if not one or not other:
        return
    mine, theirs = one.split(), other.split()
    if sorted(mine) == sorted(theirs):
        yield Sign.NAME, ""
    elif per_cent := _alike(one, other, _ALIKE_PERSON):
        yield Sign.LIKE_NAME, str(per_cent)
    elif (mine[0], mine[-1]) == (theirs[0], theirs[-1]):  # a middle name more or less
        yield Sign.LIKE_NAME, "90"
    elif not set(mine) & set(theirs):
        yield Sign.OTHER_NAME, ""


def _alike(one: str, other: str, least: int) -> int:
    """How like two names are in per cent, in whatever order their words stand; 0 for less than ``least``.

    A number that differs makes them two: «Bygg 1» is not «Bygg 2».
    """
    if _digits(one) != _digits(other):
        return 0
    return int(fuzz.token_sort_ratio(one, other, score_cutoff=least))


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _likeness(seen: list[Reason], points: dict[Sign, int] | None = None) -> Likeness:
    weights = _POINTS | (points or {})
    total = 0
    for sign, value in seen:
        total += 25 + (int(value) - 86) * 3 // 2 if sign is Sign.LIKE_NAME else weights[sign]
    ordered = sorted(seen, key=lambda reason: -weights.get(reason[0], 30))
    return Likeness(max(0, min(total, 100)), tuple(ordered))
