"""Days and numbers as people write them in tables: one form for a whole file, guessed and shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from crm.errors import InvalidInput, said


class DayForm(StrEnum):
    """Which comes first where a day is written with points or strokes; ISO 8601 is read in any case."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class Decimal(StrEnum):
    COMMA = ","
    POINT = "."


_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}[:.]\d{2}(?:[:.]\d{2})?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})(?:-?([1-7]))?", re.IGNORECASE)
_PARTS = re.compile(
    r"(\d{1,2})[./ -]\s*(\d{1,2})[./ -]\s*(\d{4}|\d{2})(?:,?\s+(?:kl\.?\s*)?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?)?"
)
_NAMED = re.compile(r"(\d{1,2})\.?\s*([a-zæøå]{3,9})\.?,?\s+(\d{4}|\d{2})", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "ma", "jun", "jul", "aug", "sep", "o", "nov", "de")
_NO_DAY = said("«%(value)s» er ingen dato. Skriv den som dag.måned.år, for eksempel 23.11.2026.")
_NO_NUMBER = said("«%(value)s» er ikke et helt tall.")
_DIGITS = re.compile(r"[-+]?\d+")


def parse_day(text: str, form: DayForm = DayForm.DAY_FIRST) -> date:
    """The day a text means; InvalidInput where it is none in this form.

    Examples
    --------
    >>> parse_day("31/12-26"), parse_day("2026-W53-1"), parse_day("3. mai 2026")
    (datetime.date(2026, 12, 31), datetime.date(2026, 12, 28), datetime.date(2026, 5, 3))
    """
    clean = text.strip()[:60]
    try:
        found = _standard(clean) or _national(clean, form)
    except ValueError:
        found = None
    if found is None:
        raise InvalidInput(_NO_DAY, field="day", code="DATE", value=clean[:40])
    return found


def _standard(text: str) -> date | None:
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return date(*map(int, found.groups()))
    if found := _WEEK.fullmatch(text):
        return date.fromisocalendar(int(found[1]), int(found[2]), int(found[3] or 1))
    return None


def _national(text: str, form: DayForm) -> date | None:
    if found := _PARTS.fullmatch(text):
        first, second, year = (int(part) for part in found.groups())
        day, month = (first, second) if form is DayForm.DAY_FIRST else (second, first)
        return date(_whole_year(year), month, day)
    if found := _NAMED.fullmatch(text):
        name = found[2].lower()
        month = next((place for place, sign in enumerate(_MONTHS, start=1) if name.startswith(sign)), 0)
        return date(_whole_year(int(found[3])), month, int(found[1]))
    return None


def _whole_year(year: int) -> int:
    return year if year > 99 else year + (2000 if year < 70 else 1900)


def guess_day_form(texts: Iterable[str]) -> DayForm:
    """Month first only where some day can be read in no other way, and none speaks against it."""
    day_first = month_first = 0
    for text in texts:
        if found := _PARTS.fullmatch(text.strip()[:60]):
            day_first += int(found[1]) > 12
            month_first += int(found[2]) > 12
    return DayForm.MONTH_FIRST if month_first and not day_first else DayForm.DAY_FIRST


def parse_whole(text: str, decimal: Decimal = Decimal.COMMA) -> int:
    """A whole number, with digits grouped by blanks, points or commas; InvalidInput where it is none.

    Examples
    --------
    >>> parse_whole("1 234"), parse_whole("1.234,00"), parse_whole("1,234", Decimal.POINT)
    (1234, 1234, 1234)
    """
    clean = "".join(text.split())[:40].replace("'", "").replace("’", "")
    whole, _, rest = clean.partition(decimal.value)
    if not rest and _DIGITS.fullmatch(whole):
        return int(whole)
    group = "." if decimal is Decimal.COMMA else ","
    if group in whole and re.fullmatch(rf"[-+]?\d{{1,3}}(\{group}\d{{3}})+", whole):
        whole = whole.replace(group, "")
    if not _DIGITS.fullmatch(whole) or rest.strip("0"):
        raise InvalidInput(_NO_NUMBER, field="number", code="NUMBER", value=clean[:40])
    return int(whole)


def guess_decimal(texts: Iterable[str]) -> Decimal:
    """The decimal sign that is seen before one, two or four and more digits; comma in doubt."""
    commas = points = 0
    for text in texts:
        clean = "".join(text.split())
        commas += re.fullmatch(r"[-+]?[\d.]*\d,(\d{1,2}|\d{4,})", clean) is not None
        points += re.fullmatch(r"[-+]?[\d,]*\d\.(\d{1,2}|\d{4,})", clean) is not None
    return Decimal.POINT if points > commas else Decimal.COMMA
