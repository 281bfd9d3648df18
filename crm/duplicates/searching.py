"""Looking through all there is for look-alikes: only records that share a key are compared with each other.

Keys are phone, e-mail, own domain, name without form at a place, former names, and beginnings and ends of
names at a place. A number or an address that many share makes no block; a block that grows too large is cut
by more letters, so that the work grows with the number of records and not with its square.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.companies.models import Company
from crm.contacts.models import CompanyRole, Contact
from crm.duplicates import likeness
from crm.duplicates.likeness import (
    LIKELY,
    CompanyTraits,
    Likeness,
    PersonTraits,
    domains_of,
    number_of,
    own_mailbox,
)
from crm.registry.models import Unit
from crm.spelling import fold, without_form

CROWD = 4
MOST_PAIRS = 10_000
_LARGEST_BLOCK, _NAMESAKES = 120, 20
_BEGINNING, _END, _MORE = 3, 4, 3
_ALIKE = 86
_AT_A_TIME = 5000
_NOTHING: frozenset[Any] = frozenset()
Pairs = set[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Found:
    """Two that may be one."""

    first: int
    second: int
    likeness: Likeness


def companies(session: Session) -> tuple[int, list[Found]]:
    """How many companies there are, and the pairs that are likely one, the likest first."""
    kept = dict(_company_traits(session))
    phones = _blocks((one.phone, number) for number, one in kept.items())
    emails = _blocks((one.email, number) for number, one in kept.items())
    domains = _blocks((domain, number) for number, one in kept.items() for domain in one.domains)
    pairs = _small(phones) | _small(emails) | _small(domains)
    pairs |= _namesakes(kept) | _once_so_called(kept) | _spelt_alike(kept)
    shared = {key for blocks in (phones, emails, domains) for key, ids in blocks.items() if len(ids) > CROWD}
    return len(kept), _best(pairs, kept, lambda one, other: likeness.companies(one, other, shared=shared))


def contacts(session: Session) -> tuple[int, list[Found]]:
    """How many persons there are, and the pairs that are likely one, the likest first."""
    kept = dict(_person_traits(session))
    phones = _blocks((one.phone, number) for number, one in kept.items())
    emails = _blocks((own_mailbox(one.email), number) for number, one in kept.items())
    colleagues = _blocks((company, number) for number, one in kept.items() for company in one.companies)
    pairs = _small(phones) | _small(emails)
    for block in colleagues.values():
        pairs |= _alike_in(block, kept)
    shared = {key for blocks in (phones, emails) for key, ids in blocks.items() if len(ids) > CROWD}
    return len(kept), _best(pairs, kept, lambda one, other: likeness.persons(one, other, shared=shared))


def _company_traits(session: Session) -> Iterator[tuple[int, CompanyTraits]]:
    columns = (Company.id, Company.name_key, Company.orgnr, Company.phone, Company.email)
    asked = select(*columns, Company.home_page, Company.municipality, Unit.former_names)
    joined = asked.outerjoin(Unit, Unit.orgnr == Company.orgnr).execution_options(yield_per=_AT_A_TIME)
    for number, name_key, orgnr, phone, email, home_page, place, former in session.execute(joined):
        yield (
            number,
            CompanyTraits(
                name=without_form(name_key),
                orgnr=orgnr or "",
                phone=number_of(phone) if phone else "",
                email=(email or "").casefold(),
                domains=domains_of(home_page, email) if home_page or email else _NOTHING,
                place=fold(place) if place else "",
                former=frozenset(without_form(fold(name)) for name in former.splitlines() if name.strip())
                if former
                else _NOTHING,
            ),
        )


def _person_traits(session: Session) -> Iterator[tuple[int, PersonTraits]]:
    at: dict[int, frozenset[int]] = {}
    for number, company in session.execute(select(CompanyRole.contact_id, CompanyRole.company_id)):
        at[number] = at.get(number, _NOTHING) | {company}
    asked = select(Contact.id, Contact.name_key, Contact.phone, Contact.email_key)
    asked = asked.where(Contact.restricted.is_(False))
    for number, name, phone, email in session.execute(asked.execution_options(yield_per=_AT_A_TIME)):
        known = number_of(phone) if phone else ""
        yield (
            number,
            PersonTraits(name=name, phone=known, email=email or "", companies=at.get(number, _NOTHING)),
        )


def _blocks(keyed: Iterable[tuple[Hashable, int]]) -> dict[Any, list[int]]:
    """The records by a key they share; a key that one alone has is left out."""
    found: dict[Any, list[int]] = defaultdict(list)
    for key, number in keyed:
        if key:
            found[key].append(number)
    return {key: ids for key, ids in found.items() if len(ids) > 1}


def _small(blocks: Mapping[Any, list[int]]) -> Pairs:
    return {pair for ids in blocks.values() if len(ids) <= CROWD for pair in _pairs(ids)}


def _pairs(ids: list[int]) -> Iterator[tuple[int, int]]:
    return combinations(sorted(ids), 2)


def _namesakes(kept: Mapping[int, CompanyTraits]) -> Pairs:
    """Those of one name at one place, or whose place is not known."""
    found: Pairs = set()
    for ids in _blocks((one.name, number) for number, one in kept.items()).values():
        if len(ids) <= _NAMESAKES:
            found.update(_pairs(ids))
        else:
            placed = _blocks((kept[number].place, number) for number in ids)
            found.update(pair for here in placed.values() for pair in _pairs(here[:_NAMESAKES]))
    return found


def _once_so_called(kept: Mapping[int, CompanyTraits]) -> Pairs:
    """Those with a name that another had before."""
    names = defaultdict(list)
    for number, one in kept.items():
        names[one.name].append(number)
    return {
        (min(number, other), max(number, other))
        for number, one in kept.items()
        for former in one.former
        for other in names.get(former, ())[:CROWD]
        if other != number
    }


def _spelt_alike(kept: Mapping[int, CompanyTraits]) -> Pairs:
    """Those at one place, or at none that is known, whose names are nearly the same."""
    found: Pairs = set()
    for part in (slice(_BEGINNING), slice(-_END, None)):
        blocks = _blocks(((one.place, one.name[part]), number) for number, one in kept.items() if one.name)
        for ids in blocks.values():
            found |= _alike_in(ids, kept)
    return found


def _alike_in(ids: list[int], kept: Mapping[int, Any], letters: int = _BEGINNING) -> Pairs:
    """The pairs of one block whose names are alike; a large block is cut by more letters of the name."""
    if len(ids) > _LARGEST_BLOCK:
        longer = letters + _MORE
        cut = _blocks((kept[number].name[:longer] or " ", number) for number in ids)
        if len(cut) > 1:
            return {pair for part in cut.values() for pair in _alike_in(part, kept, longer)}
        ids = ids[:_LARGEST_BLOCK]
    named = [(number, " ".join(sorted(kept[number].name.split()))) for number in ids]
    return {
        (min(one, other), max(one, other))
        for (one, name), (other, compared) in combinations(named, 2)
        if _may_be_one(name, compared)
    }


def _may_be_one(name: str, other: str) -> bool:
    """Whether two names, their words in order, are nearly the same or hold each other's words."""
    if fuzz.ratio(name, other, score_cutoff=_ALIKE):
        return True
    words, others = set(name.split()), set(other.split())
    return len(words & others) > 1 and (words <= others or others <= words)


def _best(pairs: Pairs, kept: Mapping[int, Any], measure: Callable[[Any, Any], Likeness]) -> list[Found]:
    found = (Found(one, other, measure(kept[one], kept[other])) for one, other in pairs)
    likely = [pair for pair in found if pair.likeness.points >= LIKELY]
    likely.sort(key=lambda pair: (-pair.likeness.points, pair.first, pair.second))
    return likely[:MOST_PAIRS]
