"""Validated input about own fields and their values, whichever door it came through."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from crm.errors import InvalidInput, said
from crm.fields.models import FieldKind, OwnField, Subject, Value
from crm.spelling import fold, tidy

MOST_CHOICES, LONGEST_TEXT, LARGEST = 60, 2000, 1e15
_NUMBER = re.compile(r"[+-]?\d{1,16}(\.\d{1,10})?")
_DAY_FORMS = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m-%y", "%d/%m/%Y")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDraft:
    """A field as its maker wants it."""

    name: str
    help: str = ""
    kind: FieldKind = FieldKind.TEXT
    choices: tuple[str, ...] = ()
    matching: bool = False


def field_draft(
    *, name: str, kind: str, help_text: str = "", choices: Sequence[str] = (), matching: bool = False
) -> FieldDraft:
    """A field from typed values; InvalidInput names what cannot be right."""
    clean = tidy(name)
    if not clean:
        raise InvalidInput("Gi feltet et navn.", field="name")
    if len(clean) > 60:
        raise InvalidInput("Hold navnet på feltet under 60 tegn.", field="name")
    if kind not in set(FieldKind):
        raise InvalidInput("Velg hva slags felt det er.", field="kind")
    chosen = FieldKind(kind)
    offered = _choices(choices) if chosen is FieldKind.CHOICE else ()
    return FieldDraft(name=clean, help=tidy(help_text)[:300], kind=chosen, choices=offered, matching=matching)


def _choices(lines: Sequence[str]) -> tuple[str, ...]:
    """What can be chosen, each once; InvalidInput for fewer than two, too many or too long."""
    by_key: dict[str, str] = {}
    for line in lines:
        if clean := tidy(line):
            by_key.setdefault(fold(clean), clean)
    if len(by_key) < 2:
        raise InvalidInput("Skriv minst to valg, ett på hver linje.", field="choices")
    if len(by_key) > MOST_CHOICES or any(len(one) > 100 for one in by_key.values()):
        raise InvalidInput("Skriv høyst 60 valg, hvert på høyst 100 tegn.", field="choices")
    return tuple(by_key.values())


def parse_value(field: OwnField, typed: str) -> Value | None:
    """What somebody typed for a field, as its kind holds it; None for nothing.

    InvalidInput says what is wrong. Choices meet whatever their spelling; numbers and days are read as
    Norwegians write them.
    """
    clean = tidy(typed) if field.kind is not FieldKind.TEXT else typed.strip()
    if not clean:
        return None
    parse = {
        FieldKind.TEXT: _text,
        FieldKind.NUMBER: _number,
        FieldKind.DATE: _day,
        FieldKind.CHOICE: _choice,
    }[field.kind]
    return parse(field, clean)


def checked_value(field: OwnField, value: object) -> Value | None:
    """A value with a type already, as from a program or a spreadsheet; InvalidInput where it does not fit."""
    if value is None or isinstance(value, str):
        return parse_value(field, value or "")
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value if field.kind is FieldKind.DATE else parse_value(field, value.isoformat())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return parse_value(field, f"{value:.10g}" if isinstance(value, float) else str(value))
    raise _wrong(field, said("Verdien passer ikke i feltet «%(name)s»."))


def shown(value: Value | None) -> str:
    """A value as text that ``parse_value`` reads again, whole numbers without decimals."""
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else f"{value:.10f}".rstrip("0")
    return value.isoformat() if isinstance(value, date) else value or ""


def code_of(name: str) -> str:
    """What a field of this name may be called by programs: small letters and figures.

    Examples
    --------
    >>> code_of("Antall lærlinger (2026)"), code_of("№")
    ('antall_laerlinger_2026', 'no')
    """
    bare = re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_")[:30].strip("_")
    return bare or "felt"


def _text(field: OwnField, typed: str) -> Value:
    visible = "\n".join(tidy(line) for line in typed.splitlines())
    if len(visible) > LONGEST_TEXT:
        raise _wrong(field, said("«%(name)s» kan ha høyst 2000 tegn."))
    return visible


def _number(field: OwnField, typed: str) -> Value:
    bare = typed.replace(" ", "").replace("\u2212", "-").replace(",", ".")
    if not _NUMBER.fullmatch(bare) or not math.isfinite(float(bare)) or abs(float(bare)) > LARGEST:
        raise _wrong(field, said("Skriv «%(name)s» som et tall, for eksempel 12 eller 3,5."))
    return float(bare)


def _day(field: OwnField, typed: str) -> Value:
    for form in _DAY_FORMS:
        try:
            return datetime.strptime(typed, form).date()  # noqa: DTZ007  (a day has no time zone)
        except ValueError:
            continue
    raise _wrong(field, said("Skriv «%(name)s» som dag.måned.år, for eksempel 23.11.2026."))


def _choice(field: OwnField, typed: str) -> Value:
    offered = {fold(one): one for one in field.choices}
    if fold(typed) not in offered:
        raise _wrong(field, said("«%(value)s» kan ikke velges for «%(name)s»."), value=typed[:40])
    return str(offered[fold(typed)])


def _wrong(field: OwnField, sentence: str, **values: object) -> InvalidInput:
    return InvalidInput(sentence, field=field.input_name, name=field.name, **values)


def subject_of(text: str) -> Subject:
    """The kind of record an address names; InvalidInput for none."""
    if text not in set(Subject):
        raise InvalidInput("Et slikt felt finnes ikke.", field="subject")
    return Subject(text)
