"""One load under way: batches of records, each compared with what the mirror holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import TypeVar, cast

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from crm import clock
from crm.registry import rows
from crm.registry.counts import Counts, Record, Told
from crm.registry.differences import Difference, News, Watch, between
from crm.registry.erasing import erase
from crm.registry.models import SubUnit, Unit
from crm.registry.writing import Writer
from crm.sources import units as register

BATCH = 1000
ToRow = Callable[[Told], rows.Row]
T = TypeVar("T", Unit, SubUnit)


def batches(records: Iterator[Record], counts: Counts) -> Iterator[dict[str, Record]]:
    """Up to a thousand records, each number at most once, so that the last word in a file wins."""
    batch: dict[str, Record] = {}
    for record in records:
        counts.read += 1
        if isinstance(record, register.Rejected):
            counts.reject(record)
        elif isinstance(record, register.Unit) and record.form_code in register.PERSONAL_FORMS:
            counts.left_out += 1
        else:
            if len(batch) >= BATCH or record.orgnr in batch:
                yield batch
                batch = {}
            batch[record.orgnr] = record
    if batch:
        yield batch


class Loading:
    """One load under way: the batches of it, and what they come to."""

    def __init__(self, session: Session, writer: Writer, to_row: ToRow, watch: Watch, now: datetime) -> None:
        self.counts = Counts()
        self._session, self._writer, self._to_row, self._watch = session, writer, to_row, watch
        self._now, self._today = now, now.astimezone(clock.OSLO).date()

    def store(self, batch: dict[str, Record]) -> None:
        """Take in a batch: what is removed and closed first, then what is told in full."""
        removed = [number for number, record in batch.items() if isinstance(record, register.RemovedUnit)]
        if removed:
            self._erase(removed)
        units = [record for record in batch.values() if isinstance(record, register.Unit)]
        places = [record for record in batch.values() if isinstance(record, register.SubUnit)]
        closing = [unit for unit in units if unit.dissolved_on and not unit.industries]
        closed = [record for record in batch.values() if isinstance(record, register.DissolvedUnit)]
        self._close([*closing, *closed])
        shut = {unit.orgnr for unit in closing}
        self._write(Unit, [self._to_row(unit) for unit in units if unit.orgnr not in shut])
        self._write(SubUnit, [self._to_row(place) for place in places])
        days = [unit.registered_on for unit in units] + [place.registered_on for place in places]
        known = (day for day in (self.counts.newest, *days) if day and day <= self._today)
        self.counts.newest = max(known, default=None)

    def _erase(self, numbers: list[str]) -> None:
        self.counts.removed += erase(self._session, numbers)
        self.counts.erased += numbers
        for number in self._watch.numbers.intersection(numbers):
            self._tell(Difference(orgnr=number, news=News.REMOVED, on=self._told_on(number)))

    def _close(self, closing: list[register.Unit | register.DissolvedUnit]) -> None:
        """A dissolved unit is answered in short: keep what we knew, and write the date beside it."""
        numbers = [unit.orgnr for unit in closing]
        units = self._known(Unit, numbers)
        places = self._known(SubUnit, numbers)
        for unit in closing:
            if known := units.get(unit.orgnr):
                self._close_unit(known, unit.dissolved_on)
            elif place := places.get(unit.orgnr):
                self._count(changed=place.closed_on is None)
                place.closed_on = place.closed_on or unit.dissolved_on
            elif isinstance(unit, register.Unit):
                self._session.add(Unit(**self._to_row(unit)))
                self.counts.new += 1
            else:
                self._count(changed=False)

    def _known(self, table: type[T], numbers: list[str]) -> dict[str, T]:
        if not numbers:
            return {}
        found = self._session.scalars(select(table).where(table.orgnr.in_(numbers)))
        return {row.orgnr: row for row in found}

    def _close_unit(self, known: Unit, day: date | None) -> None:
        changed = known.dissolved_on != day
        if known.orgnr in self._watch.numbers and known.dissolved_on is None and day:
            self._tell(Difference(orgnr=known.orgnr, news=News.DISSOLVED, on=min(day, self._today)))
        if changed:
            known.dissolved_on, known.seen_at = day, self._now
        self._count(changed=changed)

    def _count(self, *, changed: bool) -> None:
        self.counts.changed += changed
        self.counts.unchanged += not changed

    def _write(self, table: type[Unit | SubUnit], made: list[rows.Row]) -> None:
        """Insert the new, update the changed, leave the unchanged alone."""
        if not made:
            return
        self._writer.settle()
        known = _digests(self._session, table, [row["orgnr"] for row in made])
        fresh = [row for row in made if row["orgnr"] not in known]
        changed = [row for row in made if known.get(row["orgnr"], row["digest"]) != row["digest"]]
        if table is Unit:
            self._compare(changed)
        if changed:
            self._session.execute(update(table), changed)
        if fresh:
            self._writer.insert(cast("Table", table.__table__), fresh)
        self.counts.new += len(fresh)
        self.counts.changed += len(changed)
        self.counts.unchanged += len(made) - len(fresh) - len(changed)

    def _compare(self, changed: list[rows.Row]) -> None:
        """The news about those on watch, before what was known is written over."""
        followed = {row["orgnr"]: row for row in changed if row["orgnr"] in self._watch.numbers}
        if followed:
            before = select(*Unit.__table__.columns).where(Unit.orgnr.in_(followed))
            for was in self._session.execute(before).mappings():
                row = followed[was["orgnr"]]
                today = self._told_on(row["orgnr"])
                self.counts.differences += between(was, row, home=self._watch.home, today=today)

    def _told_on(self, orgnr: str) -> date:
        return min(self._watch.days.get(orgnr, self._today), self._today)

    def _tell(self, difference: Difference) -> None:
        self.counts.differences.append(difference)


def _digests(session: Session, table: type[Unit | SubUnit], numbers: list[str]) -> dict[str, bytes]:
    found = session.execute(select(table.orgnr, table.digest).where(table.orgnr.in_(numbers)))
    return {number: bytes(digest) for number, digest in found}
