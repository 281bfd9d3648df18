"""How days, moments, numbers and phone numbers are written, as people in Norway say them."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from urllib.parse import urlsplit

from flask import Flask
from flask_babel import format_date, gettext
from markupsafe import Markup

from crm import clock
from crm.contacts.drafts import show_phone
from crm.orgnr import format_orgnr
from crm.spelling import fold, search_words
from crm.web import words

_NBSP = "\u00a0"


def day_in_words(day: date) -> str:
    """«i dag», «i går», «i morgen», else weekday and date, with the year when it is another one."""
    return _day_in_words(day, clock.today(), words.language())


@lru_cache(maxsize=4096)
def _day_in_words(day: date, today: date, _language: str) -> str:
    near = {0: gettext("i dag"), -1: gettext("i går"), 1: gettext("i morgen")}
    distance = (day - today).days
    if distance in near:
        return str(near[distance])
    return str(format_date(day, "EEE d. MMM" if abs(distance) < 200 else "d. MMM y"))


def show_day(day: date | None) -> Markup:
    """A day in words, exact on hover; a dash where there is none."""
    if day is None:
        return Markup("–")
    if isinstance(day, datetime):
        day = day.astimezone(clock.OSLO).date()
    exact = f"{day.day}.{day.month}.{day.year}"
    return Markup('<time datetime="{0}" title="{1}">{2}</time>').format(
        day.isoformat(), exact, day_in_words(day)
    )


def show_moment(moment: datetime | None) -> Markup:
    """A moment in Norwegian time: the day in words and the hour."""
    if moment is None:
        return Markup("–")
    local = moment.astimezone(clock.OSLO)
    exact = local.strftime("%d.%m.%Y kl. %H.%M")
    said = gettext("%(day)s kl. %(time)s", day=day_in_words(local.date()), time=local.strftime("%H.%M"))
    return Markup('<time datetime="{0}" title="{1}">{2}</time>').format(local.isoformat(), exact, said)


def show_number(number: float | None) -> str:
    """A whole number in groups of three; a dash where it is unknown."""
    return "–" if number is None else f"{number:,.0f}".replace(",", _NBSP)


def show_percent(share: float) -> str:
    return f"{round(share * 100)}{_NBSP}%"


def due(day: date) -> str:
    """How pressing a day is: ``late``, ``today`` or ``coming``."""
    today = clock.today()
    return "late" if day < today else "today" if day == today else "coming"


def week_in_words(week: str) -> str:
    """«uke 48» of 2026-W48, with the year when it is another one."""
    year, number = week.split("-W")
    said = gettext("uke %(number)s", number=int(number))
    return str(said) if year == clock.iso_week(clock.now())[:4] else f"{said} {year}"


def web_address(typed: str) -> str:
    """A home page as a link: http or https and nothing else; an empty one for anything strange."""
    address = typed.strip()
    if "://" not in address:
        address = f"https://{address}"
    parts = urlsplit(address)
    fit = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
    return address if fit and "\\" not in address else ""


def capitalised(text: str) -> str:
    """The first letter large, the rest left alone."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """The first letter small, unless the word is an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def readable_name(name: str) -> str:
    """A name the register writes in capitals, as people write it; a name of ours is left alone."""
    if name != name.upper():
        return name
    kept = {"AS", "ASA", "SA", "DA", "ANS", "HF", "RHF", "IKS", "KF", "NUF", "BA", "SF", "NO", "IT", "ENK"}
    joining = {"OG", "I", "PÅ", "FOR", "AV", "VED", "TIL"}
    made = [
        word if word in kept else word.lower() if place and word in joining else _title(word)
        for place, word in enumerate(name.split())
    ]
    return " ".join(made)


def initials(name: str) -> str:
    """The first letters of a person's first and last name."""
    parts = name.split()
    return "".join(part[:1] for part in (parts[:1] + parts[1:][-1:])).upper()


def around(text: str, typed: str, *, width: int = 90) -> str:
    """The part of a text where the first of the typed words stands, with dots where it was cut."""
    words, flat = search_words(typed), " ".join(text.split())
    places = [place for place, word in enumerate(flat.split(" ")) if fold(word).startswith(tuple(words))]
    start = len(" ".join(flat.split(" ")[: max(0, places[0] - 4)])) if places else 0
    cut = flat[start : start + width].strip()
    return ("… " if start else "") + cut + (" …" if start + width < len(flat) else "")


def _title(word: str) -> str:
    if any(char.isdigit() for char in word) or (len(word) <= 3 and not set(word) & set("AEIOUYÆØÅ")):
        return word
    return "-".join(part[:1].upper() + part[1:].lower() for part in word.split("-"))


def install(app: Flask) -> None:
    app.jinja_env.filters.update(
        day=show_day,
        moment=show_moment,
        number=show_number,
        percent=show_percent,
        due=due,
        week=week_in_words,
        orgnr=format_orgnr,
        phone=show_phone,
        capitalised=capitalised,
        lower_first=lower_first,
        web_address=web_address,
        readable=readable_name,
        around=around,
        initials=initials,
        segment_name=words.segment_name,
    )
    app.jinja_env.globals.update(words=words, today=clock.today)
