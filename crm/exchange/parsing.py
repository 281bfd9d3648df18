"""From the text of one cell to the value of one field; InvalidInput says what is wrong and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from crm.accounts.drafts import parse_email
from crm.companies.models import Stage
from crm.contacts.drafts import parse_phone
from crm.errors import InvalidInput
from crm.exchange.fields import STAGES, Field
from crm.orgnr import parse_orgnr
from crm.sheets.day_forms import DayForm, Decimal, parse_day, parse_whole
from crm.sheets.tables import shown
from crm.spelling import fold, tidy

_EARLIEST = date(1990, 1, 1)
_FARTHEST = timedelta(days=366 * 10)
_MOST_EMPLOYEES = 2_000_000
_INDUSTRY = re.compile(r"(\d{2})[.,]?(\d{0,3})\b.*")
_SPLIT = re.compile(r"[,;|\n]")
_LONGEST = {
    Field.NAME: 300,
    Field.ADDRESS: 400,
    Field.HOME_PAGE: 300,
    Field.SOURCE: 200,
    Field.PERSON: 200,
    Field.TITLE: 200,
    Field.NEXT_STEP: 300,
    Field.PURPOSE: 10_000,
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What words in cells may mean here: names folded to what we keep. Municipalities: number and name."""

    municipalities: Mapping[str, tuple[str, str]]
    segments: Mapping[str, str]
    people: Mapping[str, int]
    today: date
    day_form: DayForm = DayForm.DAY_FIRST
    decimal: Decimal = Decimal.COMMA


class Parsing:
    """The reader of each field; a text without a reader of its own is tidied and measured."""

    def __init__(self, meaning: Meaning) -> None:
        self._meaning = meaning
        self._readers: dict[Field, Callable[[str], Any]] = {
            Field.ORGNR: lambda text: parse_orgnr(text, demo=True),
            Field.MUNICIPALITY: self._municipality,
            Field.INDUSTRY: _industry,
            Field.EMPLOYEES: self._employees,
            Field.EMAIL: parse_email,
            Field.PHONE: _phone,
            Field.PERSON_EMAIL: parse_email,
            Field.PERSON_PHONE: _phone,
            Field.HOME_PAGE: _home_page,
            Field.SEGMENTS: self._segments,
            Field.STAGE: _stage,
            Field.OWNER: self._owner,
            Field.NOTE_ON: self._past_day,
            Field.NEXT_STEP_ON: self._coming_day,
            Field.PURPOSE: paragraph,
        }

    def value(self, name: Field, text: str) -> Any:
        return _fitting(name, self._readers.get(name, tidy)(text))

    def _municipality(self, text: str) -> tuple[str, str]:
        clean = tidy(text)
        known = self._meaning.municipalities
        found = known.get(clean.zfill(4) if clean.isdigit() else fold(clean))
        if found is None and not clean.isdigit():
            return "", clean[:100]
        if found is None:
            raise InvalidInput(
                "Kommunenummeret «%(value)s» finnes ikke. Skriv nummeret på fire sifre, eller navnet.",
                field="municipality",
                code="MUNICIPALITY",
                value=clean[:40],
            )
        return found

    def _employees(self, text: str) -> int:
        number = parse_whole(text, self._meaning.decimal)
        if not 0 <= number <= _MOST_EMPLOYEES:
            raise InvalidInput(
                "«%(value)s» kan ikke være et antall ansatte.",
                field="employees",
                code="NUMBER",
                value=shown(text),
            )
        return number

    def _segments(self, text: str) -> list[str]:
        """The codes of segments parted by commas; a name may itself have one."""
        parts = [name for part in _SPLIT.split(text) if (name := tidy(part))]
        codes, place = set(), 0
        while place < len(parts):
            ends = range(len(parts), place, -1)
            known = ((end, self._meaning.segments.get(fold(", ".join(parts[place:end])))) for end in ends)
            end, code = next(((end, code) for end, code in known if code), (0, None))
            if code is None:
                raise InvalidInput(
                    "Satsingsområdet «%(value)s» finnes ikke. Velg blant: %(known)s.",
                    field="segments",
                    code="SEGMENT",
                    value=parts[place][:40],
                    known=", ".join(sorted(set(self._meaning.segments.values()))),
                )
            codes.add(code)
            place = end
        return sorted(codes)

    def _owner(self, text: str) -> int:
        found = self._meaning.people.get(fold(text))
        if found is None:
            raise InvalidInput(
                "Ingen bruker heter «%(value)s». Skriv navnet som under Brukere, eller e-postadressen.",
                field="owner",
                code="OWNER",
                value=tidy(text)[:40],
            )
        return found

    def _past_day(self, text: str) -> date:
        day = parse_day(text, self._meaning.day_form)
        if not _EARLIEST <= day <= self._meaning.today:
            raise InvalidInput(
                "Datoen %(value)s for et notat må være mellom 1990 og i dag.",
                field="note_on",
                code="DATE_RANGE",
                value=day.isoformat(),
            )
        return day

    def _coming_day(self, text: str) -> date:
        day = parse_day(text, self._meaning.day_form)
        if not _EARLIEST <= day <= self._meaning.today + _FARTHEST:
            raise InvalidInput(
                "Fristen %(value)s er for langt unna. Velg en dato i løpet av de neste ti årene.",
                field="next_step_on",
                code="DATE_RANGE",
                value=day.isoformat(),
            )
        return day


def _fitting(name: Field, value: Any) -> Any:
    most = _LONGEST.get(name)
    if most and isinstance(value, str) and len(value) > most:
        raise InvalidInput(
            "Teksten er for lang: %(count)s tegn. Det er plass til %(most)s.",
            field=name.value,
            code="TOO_LONG",
            count=len(value),
            most=most,
        )
    return value


@lru_cache(maxsize=50_000)
def _phone(text: str) -> str | None:
    return parse_phone(text)


def paragraph(text: str) -> str:
    return "\n".join(line for part in text.strip().splitlines() if (line := tidy(part)))


def _stage(text: str) -> str:
    found = STAGES.get(fold(text))
    if found is None:
        raise InvalidInput(
            "Steget «%(value)s» finnes ikke. Bruk for eksempel Identifisert, Kontaktet, Møte eller Etablert.",
            field="stage",
            code="STAGE",
            value=tidy(text)[:40],
        )
    return Stage(found).value


def _industry(text: str) -> str:
    """A code as we keep it, from ``62.010``, ``62010`` or ``62.010 Programmering``."""
    found = _INDUSTRY.fullmatch(tidy(text))
    if found is None:
        raise InvalidInput(
            "«%(value)s» er ingen næringskode. Den skrives som 62.010.",
            field="industry",
            code="INDUSTRY",
            value=tidy(text)[:40],
        )
    return f"{found[1]}.{found[2]}" if found[2] else found[1]


def _home_page(text: str) -> str:
    """An address of the web as people write it; other schemes and hidden users are refused."""
    clean = tidy(text)
    bare = re.sub(r"^https?://", "", clean, flags=re.IGNORECASE)
    host = bare.split("/")[0]
    if not re.fullmatch(r"[\w-]+(\.[\w-]+)+(:\d{1,5})?", host) or any(char in bare for char in "\\ @<>\"'"):
        raise InvalidInput(
            "«%(value)s» er ingen nettadresse. Skriv den som www.domene.no.",
            field="home_page",
            code="WEB_ADDRESS",
            value=shown(clean),
        )
    return clean
