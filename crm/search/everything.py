"""What a typed text may mean: our own records first, then the register's units."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from crm.activities import queries as activities
from crm.activities.models import Activity
from crm.companies import queries as companies
from crm.companies.models import Company
from crm.contacts import queries as contacts
from crm.contacts.models import Contact
from crm.partners import queries as partners
from crm.partners.models import Need, Partner
from crm.registry import queries as registry
from crm.registry.models import Unit

SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Found:
    """What a typed text may mean, record by record; at most a few of each."""

    companies: Sequence[Company] = ()
    contacts: Sequence[Contact] = ()
    partners: Sequence[Partner] = ()
    needs: Sequence[Need] = ()
    activities: Sequence[Activity] = ()
    units: Sequence[Unit] = ()

    @property
    def anything(self) -> bool:
        ours = self.companies or self.contacts or self.partners or self.needs or self.activities
        return bool(ours or self.units)


def find(
    session: Session, typed: str, *, today: date, recent: Mapping[str, Collection[int]], limit: int = 5
) -> Found:
    """Look in every record, and in the mirror for what is not ours yet.

    ``recent`` holds the ids the reader opened last, by kind of record; they come first.
    """
    if len(typed.strip()) < SHORTEST:
        return Found()
    ours = companies.search(session, typed, limit=limit, first=recent.get("companies", ()))
    return Found(
        companies=ours,
        contacts=contacts.search(session, typed, limit=limit, first=recent.get("contacts", ())),
        partners=partners.search(session, typed, limit=limit),
        needs=session.scalars(partners.needs(today=today, q=typed).limit(limit)).all(),
        activities=activities.search(session, typed, limit=limit),
        units=_not_ours(session, typed, limit=limit),
    )


def _not_ours(session: Session, typed: str, *, limit: int) -> list[Unit]:
    """Units of the mirror we do not know, read off its index."""
    units = registry.search(session, typed, limit=limit * 2)
    known = companies.by_orgnrs(session, [unit.orgnr for unit in units]) if units else {}
    return [unit for unit in units if unit.orgnr not in known][:limit]
