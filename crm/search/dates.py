"""Days as people say them: «i morgen», «fredag», «om to uker», «uke 50», «12. desember»."""

from __future__ import annotations

import re
from datetime import date, timedelta

from crm.spelling import tidy
from crm.workdays import next_workday

_WEEKDAYS = (
    "mandag måndag monday",
    "tirsdag tysdag tuesday",
    "onsdag wednesday",
    "torsdag thursday",
    "fredag friday",
    "lørdag laurdag saturday",
    "søndag sundag sunday",
)
_WEEKDAY = {name: place for place, names in enumerate(_WEEKDAYS) for name in names.split()}
_MONTHS = "januar februar mars april mai juni juli august september oktober november desember".split()  # noqa: SIM905  (a row of words reads better)
_MONTH = {name[:3]: place for place, name in enumerate(_MONTHS, start=1)}
_COUNTS = {
    "en": 1,
    "ei": 1,
    "et": 1,
    "ein": 1,
    "eit": 1,
    "one": 1,
    "a": 1,
    "to": 2,
    "two": 2,
    "tre": 3,
    "three": 3,
}
_COUNTS |= {"fire": 4, "four": 4, "fem": 5, "five": 5, "seks": 6, "six": 6, "åtte": 8, "ti": 10}
_COUNT = rf"(\d{{1,3}}|{'|'.join(_COUNTS)})"
_UNITS = {"d": 1, "u": 7, "v": 7, "w": 7, "m": 30}
_DAYS = "|".join(_WEEKDAY)
_DATE = r"(?:den )?(\d{1,2})\.(?: ?(\d{1,2})\.?|\s?([a-zæøå]{3,9})\.?)(?: ?(\d{4}))?"
Found = tuple[date, str]


def coming(text: str, *, today: date) -> Found | None:
    """The day a text puts something off to, and the text without it; None where it names none."""
    return _first(
        text,
        (
            (r"i ?dag|today", lambda _m: today),
            (r"i over ?mor(?:gen|gon)", lambda _m: today + timedelta(days=2)),
            (r"i ?mor(?:gen|gon)|tomorrow", lambda _m: today + timedelta(days=1)),
            (rf"om {_COUNT} (dag|uke|veke|måned|månad)(?:er|ar|r)?", lambda m: _ahead(m, today)),
            (rf"in {_COUNT} (day|week|month)s?", lambda m: _ahead(m, today)),
            (r"neste (?:uke|veke)|next week", lambda _m: _monday(today) + timedelta(days=7)),
            (r"(?:i )?(?:uke|veke|week) (\d{1,2})", lambda m: _week(int(m[1]), today)),
            (rf"(?:neste|next) ({_DAYS})", lambda m: _monday(today) + timedelta(days=7 + _WEEKDAY[m[1]])),
            (rf"(?:førstkommende |på |on )?({_DAYS})", lambda m: _weekday(m[1], today)),
            (_DATE, lambda m: _dated(m, today, ahead=True)),
        ),
    )


def gone(text: str, *, today: date) -> Found | None:
    """The day a text says something happened, and the text without it; None where it names none."""
    return _first(
        text,
        (
            (r"i ?dag|today", lambda _m: today),
            (r"i ?går|yesterday", lambda _m: today - timedelta(days=1)),
            (r"i for(?:gårs|går)", lambda _m: today - timedelta(days=2)),
            (rf"for {_COUNT} (dag|uke|veke)(?:er|ar|r)? si(?:den|dan)", lambda m: _ahead(m, today, sign=-1)),
            (rf"(?:sist |på |forrige |last |on )({_DAYS})", lambda m: _weekday(m[1], today, back=True)),
            (_DATE, lambda m: _dated(m, today, ahead=False)),
        ),
    )


def _first(text: str, rules: tuple[tuple[str, object], ...]) -> Found | None:
    for words, read in rules:
        found = re.search(rf"(?<![\wæøå])(?:på |til |innen |by )?(?:{words})(?![\wæøå])", text, re.IGNORECASE)
        day = read(_Small(found)) if found and callable(read) else None
        if found and day is not None:
            return day, tidy(f"{text[: found.start()]} {text[found.end() :]}")
    return None


class _Small:
    """The groups of a match in small letters."""

    def __init__(self, found: re.Match[str]) -> None:
        self._found = found

    def __getitem__(self, place: int) -> str:
        return (self._found[place] or "").lower()


def _ahead(found: _Small, today: date, *, sign: int = 1) -> date:
    count = int(found[1]) if found[1].isdigit() else _COUNTS[found[1]]
    day = today + timedelta(days=sign * count * _UNITS[found[2][0]])
    return next_workday(day) if sign > 0 else day


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weekday(name: str, today: date, *, back: bool = False) -> date:
    """The next such day, or the last one; never today."""
    away = (_WEEKDAY[name] - today.weekday()) % 7
    return today + timedelta(days=(away - 7 if away else -7) if back else away or 7)


def _week(number: int, today: date) -> date | None:
    """The first workday of a week of this year, or of next year where it has passed."""
    for year in (today.isocalendar()[0], today.isocalendar()[0] + 1):
        try:
            monday = date.fromisocalendar(year, number, 1)
        except ValueError:
            continue
        if monday + timedelta(days=6) > today:
            return next_workday(max(monday, today + timedelta(days=1)))
    return None


def _dated(found: _Small, today: date, *, ahead: bool) -> date | None:
    month = int(found[2]) if found[2] else _MONTH.get(found[3][:3], 0)
    years = [int(found[4])] if found[4] else [today.year, today.year + (1 if ahead else -1)]
    for year in years:
        try:
            day = date(year, month, int(found[1]))
        except ValueError:
            continue
        if found[4] or (day >= today if ahead else day <= today):
            return day
    return None
