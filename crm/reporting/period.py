"""The part of a year a report is about, and the same part of the year before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from crm import clock
from crm.errors import InvalidInput

EARLIEST, LATEST = 2000, 2100


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day of a year through a day of it."""

    first: date
    last: date

    @classmethod
    def of_year(cls, year: int, *, today: date) -> Self:
        """A whole year, or as much of it as has been; InvalidInput for one that has not begun."""
        if not EARLIEST <= year <= min(LATEST, today.year):
            raise InvalidInput("Velg et år som har begynt, fra 2000 og fram til i dag.", field="year")
        return cls(date(year, 1, 1), min(today, date(year, 12, 31)))

    @property
    def year(self) -> int:
        return self.first.year

    @property
    def whole(self) -> bool:
        return (self.last.month, self.last.day) == (12, 31)

    @property
    def under_way(self) -> bool:
        """Whether it ends today, so that what stands now is what stood at its end."""
        return self.last == clock.today()

    @property
    def begins(self) -> datetime:
        """The first moment, in Norwegian time."""
        return datetime.combine(self.first, datetime.min.time(), tzinfo=clock.OSLO)

    @property
    def ends(self) -> datetime:
        """The first moment after it, in Norwegian time."""
        return datetime.combine(self.last + timedelta(days=1), datetime.min.time(), tzinfo=clock.OSLO)

    def year_before(self) -> Period:
        """The same days of the year before; 29 February meets 28 February."""
        leap_day = (self.last.month, self.last.day) == (2, 29)
        last = self.last.replace(year=self.year - 1, day=28 if leap_day else self.last.day)
        return Period(date(self.year - 1, 1, 1), last)
