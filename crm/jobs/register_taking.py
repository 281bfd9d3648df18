"""What the register says, taken into the mirror, and on to our companies and their events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from sqlalchemy.orm import Session

from crm import clock
from crm.companies import operations as companies
from crm.companies import queries as known
from crm.events import operations as events
from crm.history import operations as history
from crm.jobs import transactions
from crm.matches import operations as matches
from crm.prospects import operations as prospects
from crm.registry import ledger, missing, tidings
from crm.registry import operations as registry
from crm.registry.counts import Counts, Record
from crm.registry.tidings import Heard
from crm.storage.engines import Database

Told = Callable[[Counts], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """How records are to be taken in: where they are from, and which municipality is ours.

    ``days`` is when the register told what, by number; ``told`` hears how far the load has come.
    ``written`` is when a whole file was written; None where what is left out means nothing.
    """

    source: str
    home: str = ""
    days: Mapping[str, date] = field(default_factory=dict)
    told: Told | None = None
    written: Callable[[Counts], datetime] | None = None


def take(
    database: Database,
    records: Iterable[Record],
    reading: Reading,
    *,
    now: datetime,
    load_id: int | None = None,
) -> Counts:
    """Records into the mirror in one transaction of it, and then what they change for us in one of ours.

    ``load_id`` is the ledger's row that is closed with it. A list is tried again where the mirror is busy.
    """
    pass_on(database, now=now)
    mirrored = partial(_mirror, records=records, reading=reading, now=now, load_id=load_id)
    if isinstance(records, list):
        counts = transactions.commit_mirror(database, mirrored)
    else:
        with database.Mirror() as session:
            counts = mirrored(session)
            session.commit()
    pass_on(database, now=now)
    return counts


def pass_on(database: Database, *, now: datetime) -> int:
    """Have our companies and events follow what was taken into the mirror; how many loads were waiting."""
    with database.Read() as session:
        waiting = tidings.waiting(session)
    for heard in waiting:
        transactions.commit(database, partial(_hear, heard=heard, now=now))
        transactions.commit_mirror(database, partial(tidings.strike, tiding_id=heard.id))
    return len(waiting)


def _mirror(
    session: Session, records: Iterable[Record], reading: Reading, *, now: datetime, load_id: int | None
) -> Counts:
    watch = events.watch(session, reading.home, reading.days)
    seen = missing.Seen() if reading.written else None
    given = seen.through(records) if seen else records
    counts = registry.load(session, given, source=reading.source, now=now, told=reading.told, watch=watch)
    if seen and reading.written:
        missing.close(session, seen, counts, watch, before=reading.written(counts), now=now)
    tidings.leave(session, counts, load_id=load_id, now=now)
    return counts


def _hear(session: Session, heard: Heard, *, now: datetime) -> None:
    """What a load came to, for us; heard twice it changes nothing more."""
    events.note(session, heard.counts.differences, now=now)
    if heard.counts.erased:
        _forget(session, heard.counts.erased)
    companies.refresh_from_register(session)
    events.note_missing_accounts(session, today=now.astimezone(clock.OSLO).date(), now=now)
    if heard.load_id is not None:
        ledger.finish_load(session, heard.load_id, heard.counts, now=now)


def _forget(session: Session, numbers: list[str]) -> None:
    """Forget the removed wherever their facts have come: on companies, in events, quotes and the trail."""
    ids = [company.id for company in known.by_orgnrs(session, numbers).values()]
    events.forget(session, numbers)
    matches.forget_quotes(session, ids)
    prospects.forget(session, numbers)
    companies.erase_register_facts(session, numbers)
    history.forget_values(session, "companies", ids)
