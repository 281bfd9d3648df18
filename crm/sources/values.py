"""Single values of the register, from JSON or from CSV's text, each refused where it is of another kind.

Every parser takes what stood in the file and returns the value; InvalidInput carries ``value``, shortened.
"""

from __future__ import annotations

import math
import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from crm.errors import InvalidInput, said
from crm.orgnr import parse_orgnr
from crm.sources.units import Address, Industry
from crm.spelling import tidy

_FLAGS = {"true": True, "false": False, "j": True, "n": False, "ja": True, "nei": False, "": False}
# The CSV parts the lines of an address by a slash and an n, meant as a line break.
_ADDRESS_BREAK = re.compile(r"/n|[\r\n]+")
_NINE_DIGITS = re.compile(r"[0-9]{9}")
_ADDRESS_PARTS = {
    "postnummer": "postal_code",
    "poststed": "place",
    "kommune": "municipality",
    "kommunenummer": "municipality_no",
    "land": "country",
    "landkode": "country_code",
}


def shown(value: object) -> str:
    """A value as it can stand in a message: on one line and short."""
    text = " ".join("".join(c if c.isprintable() else "·" for c in str(value)[:60]).split())
    return text if len(text) <= 40 else text[:39] + "…"


def text(value: object) -> str | None:
    """Text without blanks around it or invisible characters in it; None where nothing is left."""
    if isinstance(value, str):
        return value.strip() or None if value.isprintable() else _cleaned(value)
    if value is None:
        return None
    if isinstance(value, bool | list | dict):
        raise _wrong(said("Ventet tekst, fikk «%(value)s»."), value)
    return str(value)


def lines(value: object) -> tuple[str, ...]:
    """The lines of a wrapped text; a single text is one line."""
    if isinstance(value, list):
        return tuple(filter(None, map(text, value)))
    line = text(value)
    return (line,) if line else ()


def paragraph(value: object) -> str | None:
    """A wrapped text as it was meant: one space where lines or words are parted."""
    if isinstance(value, list) and all(type(line) is str for line in value):
        value = " ".join(value)
    joined = value if isinstance(value, str) else " ".join(lines(value))
    return text(" ".join(joined.split()))


def flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    known = _FLAGS.get(str(value).strip().lower())
    if known is None:
        raise _wrong(said("Ventet ja eller nei (true eller false), fikk «%(value)s»."), value)
    return known


def whole(value: object) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31:
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value.strip()):
        return int(value)
    raise _wrong(said("Ventet et helt tall, fikk «%(value)s»."), value)


def amount(value: object) -> float | None:
    if value is None or value == "":
        return None
    if not isinstance(value, bool) and isinstance(value, str | int | float | Decimal):
        try:
            number = float(value)
        except (ValueError, OverflowError):
            number = math.nan
        if math.isfinite(number):
            return number
    raise _wrong(said("Ventet et beløp, fikk «%(value)s»."), value)


def day(value: object) -> date | None:
    """A date; a moment is read as its date."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            return _day(value[:10])
        except ValueError:
            pass
    raise _wrong(said("Ventet en dato (åååå-mm-dd), fikk «%(value)s»."), value)


def number_of_unit(value: object) -> str | None:
    """The organisation number of another unit, already checked by the register."""
    number = text(value)
    if number is not None and not _NINE_DIGITS.fullmatch(number):
        parse_orgnr(number)
    return number


def members(value: object) -> dict[str, object]:
    """The members of an object; a list or a text instead is refused."""
    if not isinstance(value, dict):
        raise _wrong(said("Ventet et objekt, fikk «%(value)s»."), value)
    return value


def coded(value: object) -> tuple[str | None, str | None]:
    """The code and the name of a coded value."""
    found = members(value)
    return text(found.get("kode")), text(found.get("beskrivelse"))


def code(value: object) -> str | None:
    return coded(value)[0]


def industry(value: object) -> Industry | None:
    found, name = coded(value)
    return _industry(found, name) if found else None


def capital(value: object) -> tuple[float | None, str | None]:
    """Share capital: the amount and its currency."""
    found = members(value)
    return amount(found.get("belop")), text(found.get("valuta"))


def address(value: object) -> Address | None:
    """An address; None where it says nothing."""
    found = members(value)
    written = found.get("adresse")
    if isinstance(written, str):
        written = _ADDRESS_BREAK.split(written)
    parts = {ours: text(found[theirs]) for theirs, ours in _ADDRESS_PARTS.items() if theirs in found}
    street = lines(written)
    return Address(lines=street, **parts) if street or any(parts.values()) else None


def names(value: object) -> tuple[str, ...]:
    """Former names, of which the register keeps a list of objects."""
    if not isinstance(value, list):
        raise _wrong(said("Ventet en liste over navn, fikk «%(value)s»."), value)
    return lines([members(entry).get("navn") for entry in value])


def _cleaned(value: str) -> str | None:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise _wrong(said("Teksten har tegn som ikke finnes i Unicode: «%(value)s»."), value) from error
    return tidy(value) or None


def _wrong(sentence: str, value: object) -> InvalidInput:
    return InvalidInput(sentence, value=shown(value))


@lru_cache(maxsize=50_000)
def _day(value: str) -> date:
    return date.fromisoformat(value)


@lru_cache(maxsize=5_000)
def _industry(code: str, name: str | None) -> Industry:
    return Industry(code=code, name=name)
