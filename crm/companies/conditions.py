"""What a list may be narrowed to beside its plain filters: conditions with alternatives, as in an address.

``municipality:is:3420,3421;last_contact:silent:90`` is two conditions, the first with two alternatives. A
comma, a semicolon or a backslash in a value has a backslash before it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from crm.companies.models import Stage
from crm.errors import InvalidInput
from crm.fields.models import FieldKind

MOST, MOST_VALUES, LONGEST = 12, 30, 1500
OWN = "own."
_OWN_NAME = re.compile(r"own\.[a-z0-9_]{1,40}")
_ESCAPED = re.compile(r"\\(.)")
_MOST_DAYS = 3660


class Op(StrEnum):
    IS = "is"
    NOT = "not"
    CONTAINS = "contains"
    LACKS = "lacks"
    MIN = "min"
    MAX = "max"
    BEFORE = "before"
    AFTER = "after"
    LAST = "last"
    """Within the last days."""
    SILENT = "silent"
    """Not within the last days."""
    NEXT = "next"
    """Within the coming days, or late."""
    EMPTY = "empty"
    FILLED = "filled"


class Sort(StrEnum):
    """What sort of thing a condition is about."""

    CHOICE = "choice"
    CODE = "code"
    TEXT = "text"
    NUMBER = "number"
    PAST = "past"
    COMING = "coming"


ALONE = frozenset({Op.EMPTY, Op.FILLED})
"""What needs no value."""
IN_DAYS = frozenset({Op.LAST, Op.SILENT, Op.NEXT})
_HELD = (Op.FILLED, Op.EMPTY)
OPS: dict[Sort, tuple[Op, ...]] = {
    Sort.CHOICE: (Op.IS, Op.NOT),
    Sort.CODE: (Op.IS, Op.NOT),
    Sort.TEXT: (Op.CONTAINS, Op.LACKS, Op.IS),
    Sort.NUMBER: (Op.MIN, Op.MAX, Op.IS),
    Sort.PAST: (Op.SILENT, Op.LAST, Op.BEFORE, Op.AFTER),
    Sort.COMING: (Op.NEXT, Op.BEFORE, Op.AFTER),
}
FIELDS: dict[str, tuple[Sort, bool]] = {
    "municipality": (Sort.CHOICE, True),
    "nace": (Sort.CODE, False),
    "employees": (Sort.NUMBER, True),
    "name": (Sort.TEXT, False),
    "stage": (Sort.CHOICE, False),
    "segment": (Sort.CHOICE, True),
    "owner": (Sort.CHOICE, True),
    "source": (Sort.CHOICE, True),
    "last_contact": (Sort.PAST, True),
    "next_step": (Sort.COMING, True),
    "stage_since": (Sort.PAST, False),
    "followed_since": (Sort.PAST, False),
    "list": (Sort.CHOICE, False),
}
"""The fields a condition may be about: what sort each is, and whether it may be empty."""


def ops_of(sort: Sort, *, may_be_empty: bool) -> tuple[Op, ...]:
    """What can be asked of a field."""
    return (*OPS[sort], *(_HELD if may_be_empty else ()))


OWN_SORTS: dict[FieldKind, tuple[Op, ...]] = {
    FieldKind.TEXT: (Op.CONTAINS, Op.LACKS, Op.IS),
    FieldKind.NUMBER: (Op.MIN, Op.MAX, Op.IS),
    FieldKind.DATE: (Op.LAST, Op.SILENT, Op.NEXT, Op.BEFORE, Op.AFTER),
    FieldKind.CHOICE: (Op.IS, Op.NOT),
}
"""What can be asked of an own field, besides whether it is filled in."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing companies must be: any of the values of a field, in one way."""

    field: str
    op: Op
    values: tuple[str, ...] = ()

    @property
    def is_own(self) -> bool:
        return self.field.startswith(OWN)

    @property
    def code(self) -> str:
        """The code of the own field it is about."""
        return self.field.removeprefix(OWN)

    @property
    def days(self) -> int:
        return int(self.values[0])


def condition(field: str, op: str, values: Iterable[str]) -> Condition:
    """One condition from typed parts; InvalidInput for one that cannot be."""
    if op not in set(Op) or not (field in FIELDS or _OWN_NAME.fullmatch(field)):
        raise _refused()
    chosen, given = Op(op), tuple(dict.fromkeys(value.strip() for value in values if value.strip()))
    if field in FIELDS and chosen not in ops_of(FIELDS[field][0], may_be_empty=FIELDS[field][1]):
        raise _refused()
    if chosen in ALONE:
        return Condition(field, chosen)
    if not given or len(given) > MOST_VALUES or any(len(value) > 200 for value in given):
        raise InvalidInput("Skriv eller velg hva feltet skal være.", field="value")
    return Condition(field, chosen, tuple(_checked(field, chosen, value) for value in given))


def written(conditions: Iterable[Condition]) -> str:
    """Conditions as an address says them."""
    return ";".join(
        ":".join((one.field, one.op, ",".join(_escaped(value) for value in one.values))) for one in conditions
    )


def read(text: str) -> tuple[Condition, ...]:
    """The conditions of an address; InvalidInput for what is none."""
    if not text:
        return ()
    parts = _split(text, ";")
    if len(text) > LONGEST or len(parts) > MOST:
        raise _refused()
    return tuple(_read_one(part) for part in parts if part)


def _read_one(part: str) -> Condition:
    field, _colon, rest = part.partition(":")
    op, _colon, values = rest.partition(":")
    return condition(field, op, [_ESCAPED.sub(r"\1", value) for value in _split(values, ",")])


def _checked(field: str, op: Op, value: str) -> str:
    """A value as its way of asking takes it; InvalidInput for another."""
    if op in IN_DAYS:
        if not (value.isascii() and value.isdigit() and len(value) <= 4 and 0 < int(value) <= _MOST_DAYS):
            raise InvalidInput("Skriv hvor mange dager, fra 1 til 3660.", field="value")
    elif op in {Op.BEFORE, Op.AFTER}:
        try:
            date.fromisoformat(value)
        except ValueError as error:
            raise InvalidInput("Velg en dag.", field="value") from error
    elif op in {Op.MIN, Op.MAX} or field == "employees":
        if number_of(value) is None:
            raise InvalidInput("Skriv et tall.", field="value")
    elif (field == "stage" and value not in set(Stage)) or (field in {"owner", "list"} and not _is_id(value)):
        raise _refused()
    return value


def number_of(text: str) -> float | None:
    """A number as Norwegians write it; None for anything else."""
    try:
        number = float(text.replace(" ", "").replace("\u00a0", "").replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) < 1e15 else None


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9 and int(text) > 0


def _split(text: str, at: str) -> list[str]:
    """The parts between a sign that has no backslash before it."""
    parts, part, escaped = [], "", False
    for sign in text:
        if sign == at and not escaped:
            parts.append(part)
            part = ""
        else:
            part += sign
        escaped = sign == "\\" and not escaped
    return [*parts, part]


def _escaped(value: str) -> str:
    return re.sub(r"([\\,;])", r"\\\1", value)


def _refused() -> InvalidInput:
    return InvalidInput("Et slikt utvalg finnes ikke.", field="where")
