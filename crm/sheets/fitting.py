"""Fitting a value to its column: a number, a day, a moment in Norwegian time, or else text."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from decimal import Decimal

from crm.clock import OSLO
from crm.sheets.columns import Kind

Fitted = str | int | float | Decimal | date | None

# A spreadsheet keeps fifteen digits of a number; longer ones are numbers in name only.
_MOST_EXACT = 10**15
_NUMERIC = {Kind.INTEGER, Kind.DECIMAL, Kind.NUMBER, Kind.PERCENT}
_TIMED = {Kind.DATE, Kind.DATETIME}


def fitted(kind: Kind, value: object) -> Fitted:
    """The value as its column holds it; text where it is of another kind, None where it is missing.

    Examples
    --------
    >>> fitted(Kind.INTEGER, 12), fitted(Kind.INTEGER, "tolv"), fitted(Kind.BOOLEAN, True)
    (12, 'tolv', 'Ja')
    """
    if value is None or isinstance(value, str):
        return value
    if kind in _NUMERIC and isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        exact = math.isfinite(value) and -_MOST_EXACT < value < _MOST_EXACT
        return value if exact else str(value)
    if kind in _TIMED and isinstance(value, date):
        moment = local(value)
        return moment.date() if kind is Kind.DATE and isinstance(moment, datetime) else moment
    return plain(value)


def local(value: date) -> date:
    """A moment as the clock on a Norwegian wall shows it; a day is a day."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(OSLO).replace(tzinfo=None)
    return value


def plain(value: object) -> str:
    """A value in words: ``Ja``, ``23.11.2026``, ``23.11.2026 14.05``."""
    if isinstance(value, bool):
        return "Ja" if value else "Nei"
    if isinstance(value, datetime):
        return f"{local(value):%d.%m.%Y %H.%M}"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    return str(value)


def with_comma(value: float | Decimal) -> str:
    """A number with a decimal comma, no grouping and no power of ten.

    Examples
    --------
    >>> with_comma(1234.5), with_comma(-0.00001), with_comma(7)
    ('1234,5', '-0,00001', '7')
    """
    if isinstance(value, int):
        return str(value)
    return format(Decimal(str(value)), "f").replace(".", ",")


def as_percent(value: float | Decimal) -> str:
    """A share of one as per cent.

    Examples
    --------
    >>> as_percent(0.345), as_percent(1)
    ('34,5%', '100%')
    """
    return with_comma((Decimal(str(value)) * 100).normalize()) + "%"


def is_orgnr(text: str) -> bool:
    return re.fullmatch(r"[0-9]{9}", text) is not None
