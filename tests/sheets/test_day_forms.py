from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.errors import InvalidInput
from crm.sheets.day_forms import DayForm, Decimal, guess_day_form, guess_decimal, parse_day, parse_whole

LAST = date(2026, 12, 31)


@pytest.mark.parametrize(
    "text",
    ["31.12.2026", "31/12-26", "2026-12-31", "20261231", "31. desember 2026", "31-12-2026", "31.12.26 14:30"],
)
def test_a_day_is_read_in_the_ways_norwegians_write_it(text: str):
    assert parse_day(text) == LAST


@pytest.mark.parametrize(
    "text", ["31.02.2026", "13.13.2026", "i morgen", "2025-W53-1", "", "99999999", "31.12"]
)
def test_what_is_no_day_is_refused(text: str):
    with pytest.raises(InvalidInput):
        parse_day(text)


def test_weeks_are_those_of_iso_8601():
    assert parse_day("2026-W53-1") == date(2026, 12, 28)


def test_the_form_of_a_column_decides_what_comes_first():
    assert parse_day("03.04.2026") == date(2026, 4, 3)
    assert parse_day("03/04/2026", DayForm.MONTH_FIRST) == date(2026, 3, 4)
    assert guess_day_form(["03/04/2026", "04/13/2026"]) is DayForm.MONTH_FIRST
    assert guess_day_form(["03.04.2026", "13.04.2026", "04/13/2026"]) is DayForm.DAY_FIRST


@given(st.dates(min_value=date(1971, 1, 1), max_value=date(2069, 12, 31)))
def test_every_day_survives_every_form(day: date):
    for text in (f"{day:%d.%m.%Y}", day.isoformat(), f"{day:%Y%m%d}", f"{day.day}/{day.month}-{day:%y}"):
        assert parse_day(text) == day
    assert parse_day(f"{day:%m/%d/%Y}", DayForm.MONTH_FIRST) == day
    year, week, weekday = day.isocalendar()
    assert parse_day(f"{year}-W{week:02}-{weekday}") == day
    assert parse_day(f"{day:%Y-%m-%d} 00:00") + timedelta(0) == day


@pytest.mark.parametrize("text", ["1 234", "1.234", "1.234,00", "1'234", "1234", "1\u00a0234", "1234,0"])
def test_whole_numbers_are_read_however_they_are_grouped(text: str):
    assert parse_whole(text) == 1234


@pytest.mark.parametrize("text", ["NaN", "inf", "1e400", "12,5", "tolv", "1,234,5", "1.23", "²", ""])
def test_what_is_no_whole_number_is_refused(text: str):
    with pytest.raises(InvalidInput):
        parse_whole(text)


def test_the_decimal_sign_is_guessed():
    assert guess_decimal(["1 234,50", "3,5"]) is Decimal.COMMA
    assert guess_decimal(["1,234.50", "3.5"]) is Decimal.POINT
    assert parse_whole("1,234.0", Decimal.POINT) == 1234
