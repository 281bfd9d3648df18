"""Guessing what one line logs: whom it is about is looked up, and every guess can be put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from crm.companies import queries as companies
from crm.companies.models import Company
from crm.contacts import queries as contacts
from crm.contacts.models import Contact
from crm.partners import queries as partners
from crm.partners.models import Partner
from crm.search.sentence import Sentence, read
from crm.spelling import fold

_TRIES = 3


@dataclass(frozen=True, slots=True)
class Guess:
    """What a line may mean; the first of each is the likeliest, and there may be none."""

    said: Sentence
    companies: Sequence[Company]
    partners: Sequence[Partner]
    people: Sequence[Contact]

    @property
    def person(self) -> Contact | None:
        """The person named, when the likeliest company is theirs."""
        return next(iter(self.people), None)


def guess(session: Session, text: str, *, today: date) -> Guess:
    """Read a line and look up whom it names: persons by name, companies by name or through their persons."""
    said = read(text, today=today)
    people, ours, local = _named(session, said.who)
    if said.at:
        places = companies.search(session, said.at, limit=6)
        working_there = [one for one in people if {role.company_id for role in one.roles} & _ids(places)]
        people, ours = working_there or people, list(places) or ours
    by_person = [role.company for one in people for role in one.roles]
    person_first = bool(people) and _closeness(people[0].name, said.who) >= max(
        (_closeness(company.name, said.who) for company in ours), default=0
    )
    if person_first:
        found = [company for company in by_person if not said.at or company.id in _ids(ours)] or by_person
        return Guess(said, _once([*found, *ours]), local, people)
    staff = [one for one in people if {role.company_id for role in one.roles} & _ids(ours[:1])]
    return Guess(said, _once([*ours, *by_person]), local, staff)


def _named(session: Session, who: str) -> tuple[list[Contact], list[Company], list[Partner]]:
    """Whom some words may name; where nobody is called so, the last words are left out one by one."""
    words = who.split()
    for left in range(len(words), max(0, len(words) - _TRIES), -1):
        asked = " ".join(words[:left])
        people = list(contacts.search(session, asked, limit=6))
        ours = list(companies.search(session, asked, limit=6))
        local = list(partners.search(session, asked, limit=3))
        if people or ours or local:
            return people, ours, local
    return [], [], []


def _closeness(name: str, who: str) -> int:
    """3 for the same name, 2 where each word begins one of its words, 1 for a name that holds them."""
    key, asked = f" {fold(name)}", fold(who)
    begun = all(f" {word}" in key for word in asked.split())
    return 3 if key[1:] == asked else 2 if begun else 1


def _ids(found: Sequence[Company]) -> set[int]:
    return {company.id for company in found}


def _once(found: Sequence[Company]) -> list[Company]:
    return list({company.id: company for company in found}.values())
