"""Which days people in Norway are at work: no weekends, no public holidays, no three weeks in July."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays

_DAY = timedelta(days=1)
# The common holiday is, by custom, the last three whole weeks that begin in July.
_COMMON_WEEKS = 3


def is_workday(day: date) -> bool:
    """Whether offices are open, the common holiday included.

    Examples
    --------
    >>> is_workday(date(2026, 5, 1)), is_workday(date(2026, 5, 4)), is_workday(date(2026, 5, 16))
    (False, True, False)
    """
    return day.weekday() < 5 and day not in _public(day.year)


def next_workday(day: date) -> date:
    """The day itself, or the first day after it when offices are open."""
    while not is_workday(day):
        day += _DAY
    return day


def after_summer(day: date) -> date:
    """The day itself, or the first workday after the common holiday when it lies in it."""
    begins, ends = common_holiday(day.year)
    return next_workday(ends + _DAY) if begins <= day <= ends else day


def reminder_day(day: date) -> date:
    """When a reminder that falls on a day is best given: a workday, and never in the common holiday."""
    return after_summer(next_workday(day))


@lru_cache(maxsize=32)
def common_holiday(year: int) -> tuple[date, date]:
    """The first and last day of «fellesferien» of a year: a Monday and a Sunday."""
    mondays = [day for day in (date(year, 7, 1) + n * _DAY for n in range(31)) if day.weekday() == 0]
    whole = [day for day in mondays if (day + 6 * _DAY).month == 7]
    return whole[-_COMMON_WEEKS], whole[-1] + 6 * _DAY


@lru_cache(maxsize=32)
def _public(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("NO", years=[year]))
