"""When things happened in the demo: counted back from the day it is loaded, so that it is always alive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from crm import clock
from crm.demo.content import Entry

_SATURDAY = 5
_DAY = timedelta(days=1)


def at(day: date, hour: str) -> datetime:
    """A moment of a day, given in Norwegian time as ``10:20``."""
    return datetime.combine(day, time.fromisoformat(hour), tzinfo=clock.OSLO).astimezone(UTC)


def working_day(day: date) -> date:
    """The day itself, or the Friday before it."""
    return day - _DAY * max(0, day.weekday() - _SATURDAY + 1)


def moments(told: Sequence[Entry], *, now: datetime) -> list[datetime]:
    """When each of these happened: on working days, in the order they are told, never in the future."""
    found: list[datetime] = []
    limit = now
    for entry in reversed(told):
        limit = _latest_before(limit, entry, today=_day_of(now))
        found.append(limit)
    return found[::-1]


def _latest_before(limit: datetime, entry: Entry, *, today: date) -> datetime:
    """The moment an entry speaks of, moved back by working days until it lies before ``limit``."""
    day = working_day(today - _DAY * entry["days_ago"])
    while at(day, entry["time"]) >= limit:
        day = working_day(day - _DAY)
    return at(day, entry["time"])


def _day_of(moment: datetime) -> date:
    return moment.astimezone(clock.OSLO).date()


def due(now: datetime, days: int) -> date:
    """The day a number of days from now; below zero it has passed."""
    return _day_of(now) + _DAY * days
