"""Workdays in Norway."""

from __future__ import annotations

from datetime import date

import pytest

from crm import workdays


@pytest.mark.parametrize(
    ("day", "moved"),
    [
        (date(2026, 11, 25), date(2026, 11, 25)),
        (date(2026, 11, 28), date(2026, 11, 30)),
        (date(2026, 12, 25), date(2026, 12, 28)),
        (date(2027, 3, 25), date(2027, 3, 30)),
        (date(2026, 5, 17), date(2026, 5, 18)),
        (date(2026, 7, 15), date(2026, 7, 27)),
        (date(2026, 7, 1), date(2026, 7, 1)),
    ],
)
def test_a_reminder_is_given_when_people_are_at_work(day: date, moved: date):
    assert workdays.reminder_day(day) == moved


def test_the_common_holiday_is_three_whole_weeks_of_july():
    assert workdays.common_holiday(2026) == (date(2026, 7, 6), date(2026, 7, 26))
    for year in range(2020, 2060):
        begins, ends = workdays.common_holiday(year)
        assert ((ends - begins).days, begins.weekday(), begins.month, ends.month) == (20, 0, 7, 7)
