"""The only clock of the program, and the calendar of the town it works in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present day in Norway."""
    return now().astimezone(OSLO).date()


def iso_week(moment: datetime | date) -> str:
    """The ISO week of a moment, as in ``2026-W53``; a datetime is read in Norwegian time."""
    day = moment.astimezone(OSLO).date() if isinstance(moment, datetime) else moment
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def monday_of(week: str) -> date:
    """The Monday that opens an ISO week; ValueError where there is no such week."""
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)


def round_moment(week: str, hour: int = 6) -> datetime:
    """When the round of a week is due: Monday morning in Norway, in UTC."""
    opens = datetime.combine(monday_of(week), datetime.min.time(), tzinfo=OSLO)
    return (opens + timedelta(hours=hour)).astimezone(UTC)
