"""Own fields on pages: what they hold, as people read it, and the box that fills them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from babel.numbers import format_decimal
from flask import Flask
from markupsafe import Markup, escape

from crm.fields import queries
from crm.fields.drafts import parse_value, shown
from crm.fields.models import OwnField, Subject, Value
from crm.web.access import allowed
from crm.web.formats import show_day
from crm.web.session import db
from crm.web.words import language

_RIGHTS = {Subject.COMPANY: "company:write", Subject.CONTACT: "company:write", Subject.NEED: "partner:write"}


@dataclass(frozen=True, slots=True)
class OwnPanel:
    """The own fields of one record, and the version of it the reader saw."""

    subject: Subject
    number_of: int
    version: int
    fields: list[tuple[OwnField, Value | None]]
    may_write: bool


def panel(subject: Subject, number_of: int, version: int) -> OwnPanel:
    """The own fields of a record as its page shows them."""
    held = queries.filled(db(), subject, number_of)
    return OwnPanel(subject, number_of, version, held, allowed(_RIGHTS[subject]))


def typed_values(fields: list[OwnField], typed: Mapping[str, str]) -> dict[OwnField, Value | None]:
    """What was typed for each field that was asked about; InvalidInput names the first that is wrong."""
    return {
        field: parse_value(field, typed[field.input_name]) for field in fields if field.input_name in typed
    }


def show_own(value: Value | None) -> str | Markup:
    """A value as people read it: numbers in groups, days in words, lines kept."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(format_decimal(value, locale=language(), decimal_quantization=False))
    if isinstance(value, date):
        return show_day(value)
    return Markup("<br>").join(escape(line) for line in value.split("\n"))


def install(app: Flask) -> None:
    app.jinja_env.filters.update(own=show_own, own_typed=shown)
