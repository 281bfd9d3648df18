"""Following the register night by night: what it says has changed is asked for, and taken in.

Pages of the feed are taken one at a time: all of a page is fetched before any of it is written, in short
transactions, and only then does our place in the feed move. Stopped anywhere, it goes on from there.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from crm import clock
from crm.errors import Conflict, CrmError, InvalidInput, NotFound, UpstreamError
from crm.jobs import register_load, transactions
from crm.jobs.register_taking import Reading, take
from crm.orgnr import parse_orgnr
from crm.registry import feeds, ledger, queries
from crm.registry.counts import Counts, Record
from crm.registry.feeds import FEEDS, Feed, Kind
from crm.sources.enhetsregisteret import RegisterApi
from crm.sources.register_answers import Change, unexpected
from crm.sources.unit_reading import rejection
from crm.sources.units import DissolvedUnit, RemovedUnit
from crm.storage.engines import Database

DELTAS = "deltas"
SOURCE = "Enhetsregisteret, endringer"
_NIGHT = time(4)
_PAUSE = timedelta(hours=1)
_ASKED_AT_ONCE = 400
_BLOCK = 500
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Night:
    """What a reading of one feed works with."""

    database: Database
    api: RegisterApi
    feed: Feed
    home: str
    now: register_load.Now


def followed(database: Database) -> list[Kind]:
    """The kinds whose feed is followed; Conflict where no file was ever loaded to go on from."""
    with database.Read() as session:
        known = feeds.positions(session)
    if not known:
        raise Conflict("Det finnes ingen kopi å følge opp. Last inn en fil med hele registeret først.")
    return [kind for kind, feed in FEEDS.items() if feed in known]


def follow(
    database: Database,
    api: RegisterApi | None,
    kind: Kind,
    *,
    home: str = "",
    now: register_load.Now = clock.now,
) -> Counts:
    """Take in what has changed since last time; failures are written down and raised.

    Whatever was taken in before a failure stays, and is not asked for again.
    """
    if api is None:
        raise UpstreamError("Programmet er satt til ikke å bruke nettet (CRM_OFFLINE).")
    night, counts = _Night(database, api, FEEDS[kind], home, now), Counts()
    begun = partial(ledger.begin_load, kind=DELTAS, source=f"{SOURCE}: {FEEDS[kind]}", now=now())
    load_id = transactions.commit(database, lambda session: begun(session).id)
    with register_load.failure_written_down(database, load_id, now):
        for entries in _pages(night):
            counts.add(_take_page(night, entries))
        transactions.commit_mirror(database, partial(feeds.read_to_end, register=night.feed, now=now()))
        done = partial(ledger.finish_load, load_id=load_id, counts=counts, now=now())
        transactions.commit(database, done)
    return counts


def due(database: Database, *, now: datetime) -> list[Kind]:
    """The kinds to follow now: from four at night, once a day, and again an hour after a failure."""
    opens = datetime.combine(now.astimezone(clock.OSLO).date(), _NIGHT, tzinfo=clock.OSLO)
    with database.Read() as session:
        known = feeds.positions(session)
        tried = queries.last_begun(session, DELTAS)
    if now < opens or (tried and now - tried < _PAUSE):
        return []
    kept = {feed for feed, place in known.items() if place.read_at and place.read_at >= opens}
    return [kind for kind, feed in FEEDS.items() if feed in known and feed not in kept]


def follow_what_is_due(
    database: Database, api: RegisterApi | None, *, home: str, now: register_load.Now
) -> None:
    """The nightly reading; one feed that fails does not stop the other, nor anything else."""
    if api is None:
        return
    for kind in due(database, now=now()):
        try:
            _log.info("register: %s", follow(database, api, kind, home=home, now=now).line(kind, 0))
        except CrmError as error:
            _log.warning("the register's changes to %s were not taken in: %s", kind, error)


def _pages(night: _Night) -> Iterator[list[Change]]:
    with night.database.Read() as session:
        place = feeds.positions(session)[night.feed]
    feeds.refuse_if_far_behind(place, now=night.now())
    if place.last_id is None:
        return night.api.change_pages(night.feed, since=place.since)
    return night.api.change_pages(night.feed, after=place.last_id)


def _take_page(night: _Night, entries: list[Change]) -> Counts:
    """One page of the feed, the last word about each unit: fetched, written, and our place moved."""
    counts = Counts()
    latest = {entry.orgnr: entry for entry in entries}
    records = _records(night, latest)
    days = {number: _day(entry.at, night.now()) for number, entry in latest.items()}
    reading = Reading(SOURCE, night.home, days)
    for start in range(0, len(records), _BLOCK):
        block = records[start : start + _BLOCK]
        counts.add(take(night.database, block, reading, now=night.now()))
    last = entries[-1]
    moved = partial(feeds.move_to, register=night.feed, last_id=last.id, since=_aware(last.at, night.now()))
    transactions.commit_mirror(night.database, moved)
    return counts


def _records(night: _Night, entries: dict[str, Change]) -> list[Record]:
    """What to take in: the removed and the closed as the feed tells them, the rest as the register does."""
    found: list[Record] = []
    asked: list[str] = []
    for number, entry in entries.items():
        try:
            parse_orgnr(number, demo=night.api.demo)
        except InvalidInput as error:
            found.append(rejection(entry.id, error))
            continue
        if entry.kind == "Fjernet":
            found.append(RemovedUnit(orgnr=number))
        elif entry.kind == "Sletting":
            found.append(DissolvedUnit(orgnr=number, dissolved_on=_day(entry.at, night.now())))
        else:
            asked.append(number)
    return [*found, *_told(night, asked)]


def _told(night: _Night, numbers: list[str]) -> list[Record]:
    """What the register says of each number; UpstreamError where it leaves out more than it ever should."""
    told: list[Record] = []
    missing: list[str] = []
    unreadable = 0
    for start in range(0, len(numbers), _ASKED_AT_ONCE):
        asked = numbers[start : start + _ASKED_AT_ONCE]
        page = night.api.named(night.feed, asked)
        units = {unit.orgnr: unit for unit in page.units if unit.orgnr in asked}
        told += [*units.values(), *page.rejected]
        unreadable += len(page.rejected)
        named = {rejected.orgnr for rejected in page.rejected}
        missing += [number for number in asked if number not in units and number not in named]
    if max(len(missing), unreadable) > max(50, len(numbers) // 10):
        raise unexpected(night.api.host)
    return [*told, *_alone(night, missing)]


def _alone(night: _Night, numbers: list[str]) -> Iterator[Record]:
    """Those the list leaves out: closed, removed, or unknown to the register, which changes nothing."""
    ask = night.api.unit if night.feed == "enheter" else night.api.subunit
    for number in numbers:
        try:
            yield ask(number)
        except NotFound:
            continue


def _day(at: datetime, now: datetime) -> date:
    return _aware(at, now).astimezone(clock.OSLO).date()


def _aware(at: datetime, now: datetime) -> datetime:
    """A moment of the feed, never later than ours."""
    return min(at if at.tzinfo else at.replace(tzinfo=UTC), now)
