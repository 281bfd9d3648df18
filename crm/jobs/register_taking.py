"""What the register says, taken into the mirror, and on to our companies and their events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from crm import clock
from crm.companies import operations as companies
from crm.companies import queries as known
from crm.events import operations as events
from crm.history import operations as history
from crm.matches import operations as matches
from crm.prospects import operations as prospects
from crm.registry import operations as registry
from crm.registry.counts import Counts, Record

Told = Callable[[Counts], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """How records are to be taken in: where they are from, and which municipality is ours.

    ``days`` is when the register told what, by number; ``told`` hears how far the load has come.
    """

    source: str
    home: str = ""
    days: Mapping[str, date] = field(default_factory=dict)
    told: Told | None = None


def take(session: Session, records: Iterable[Record], reading: Reading, *, now: datetime) -> Counts:
    """Records into the mirror, and what they change for us; one transaction, which the caller commits."""
    watch = events.watch(session, reading.home, reading.days)
    counts = registry.load(session, records, source=reading.source, now=now, told=reading.told, watch=watch)
    events.note(session, counts.differences, now=now)
    if counts.erased:
        _forget(session, counts.erased)
    companies.refresh_from_register(session)
    events.note_missing_accounts(session, today=now.astimezone(clock.OSLO).date(), now=now)
    return counts


def _forget(session: Session, numbers: list[str]) -> None:
    """Forget the removed wherever their facts have come: on companies, in events, quotes and the trail."""
    ids = [company.id for company in known.by_orgnrs(session, numbers).values()]
    events.forget(session, numbers)
    matches.forget_quotes(session, ids)
    prospects.forget(session, numbers)
    companies.erase_register_facts(session, numbers)
    history.forget_values(session, "companies", ids)
