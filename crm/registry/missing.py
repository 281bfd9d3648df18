"""Units that a new file of the register no longer holds: closed, where the file can be trusted to be whole.

The feed of changes tells what was closed and when; a unit that slips out between two files without a word
would otherwise stay alive here for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from crm import clock
from crm.registry.counts import Counts, Record
from crm.registry.differences import Difference, News, Watch
from crm.registry.models import SubUnit, Unit
from crm.sources import units as register

# A file that lacks more than this share of what we hold is a part of the register, or an old one.
LARGEST_SHARE = 0.02
SMALLEST_MIRROR = 1000
_FIRST, _NUMBERS = 800_000_000, 200_000_000
_AT_ONCE = 500


class Seen:
    """Which numbers a file held: one bit for each that can be, 25 MB whatever the file."""

    def __init__(self) -> None:
        self._bits = bytearray(_NUMBERS // 8)
        self.table: type[Unit | SubUnit] = Unit

    def through(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records as they come, their numbers noted."""
        for record in records:
            if isinstance(record, register.SubUnit):
                self.table = SubUnit
            if record.orgnr:
                place = int(record.orgnr) - _FIRST
                if 0 <= place < _NUMBERS:
                    self._bits[place >> 3] |= 1 << (place & 7)
            yield record

    def __contains__(self, orgnr: str) -> bool:
        place = int(orgnr) - _FIRST
        return not 0 <= place < _NUMBERS or bool(self._bits[place >> 3] & 1 << (place & 7))


def close(
    session: Session, seen: Seen, counts: Counts, watch: Watch, *, before: datetime, now: datetime
) -> None:
    """Close what was there before a moment and is not in the file; the counts tell how many, or how many not.

    Whatever was seen or registered since ``before`` may be younger than the file and is left alone. Nothing
    is closed in a small mirror, nor where more is missing than two whole files can differ by.
    """
    table = seen.table
    closed = Unit.dissolved_on if table is Unit else SubUnit.closed_on
    ours = select(table.orgnr).where(closed.is_(None), table.seen_at < before)
    if table is Unit:
        day = before.astimezone(clock.OSLO).date()
        ours = ours.where(or_(Unit.registered_on.is_(None), Unit.registered_on < day))
    held, gone = 0, []
    for orgnr in session.scalars(ours.execution_options(yield_per=10_000)):
        held += 1
        if orgnr not in seen:
            gone.append(orgnr)
    if held < SMALLEST_MIRROR or len(gone) > held * LARGEST_SHARE:
        counts.left_open = len(gone)
        return
    _close(session, table, gone, now=now)
    counts.changed += len(gone)
    today = now.astimezone(clock.OSLO).date()
    if table is Unit:
        told = watch.numbers.intersection(gone)
        counts.differences += [Difference(orgnr=one, news=News.DISSOLVED, on=today) for one in sorted(told)]


def _close(session: Session, table: type[Unit | SubUnit], gone: list[str], *, now: datetime) -> None:
    column = "dissolved_on" if table is Unit else "closed_on"
    values = {column: now.astimezone(clock.OSLO).date(), "seen_at": now}
    for start in range(0, len(gone), _AT_ONCE):
        chosen = update(table).where(table.orgnr.in_(gone[start : start + _AT_ONCE]))
        session.execute(chosen.values(values), execution_options={"synchronize_session": False})
