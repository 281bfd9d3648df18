"""A prospect as the list shows it: the unit, and why it is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext, ngettext

from crm.prospects import queries
from crm.registry.models import Unit
from crm.segments.models import Segment, Strength
from crm.web.formats import day_in_words, readable_name
from crm.web.nearby import new_since
from crm.web.prospects.filters import Asked
from crm.web.session import db
from crm.web.words import segment_name

_EXCERPT = 180


@dataclass(frozen=True, slots=True)
class Row:
    """One unit; ``reasons`` say in a few words each why it fits."""

    unit: Unit
    segments: list[Segment]
    reasons: list[str]
    new: bool
    excerpt: str


def rows_of(units: Sequence[Unit], asked: Asked, today: date) -> list[Row]:
    """The units of one screen with their reasons; two questions whatever their number."""
    numbers = [unit.orgnr for unit in units]
    here = queries.already_in(db(), numbers, asked.around.home) if numbers else {}
    return [_row(unit, asked, here, today) for unit in units]


def _row(unit: Unit, asked: Asked, here: dict[str, str | None], today: date) -> Row:
    held = asked.industries.get(unit.industry_2025 or "", [])
    new = bool(unit.registered_on and new_since(today) <= unit.registered_on <= today)
    reasons = [_industry(unit, held), _place(unit, asked), _size(unit)]
    if unit.orgnr in here:
        name, address = readable_name(asked.around.name), here[unit.orgnr]
        already = gettext("har alt arbeidssted i %(place)s", place=name)
        reasons.append(f"{already}: {address}" if address else already)
    if new and unit.registered_on:
        reasons.append(gettext("ny i registeret %(day)s", day=day_in_words(unit.registered_on)))
    return Row(
        unit=unit,
        segments=[segment for segment, _ in held],
        reasons=[reason for reason in reasons if reason],
        new=new,
        excerpt=_shortened(unit.activity or unit.purpose),
    )


def _industry(unit: Unit, held: list[tuple[Segment, Strength]]) -> str:
    """The industry, and how near the middle of which segment it lies."""
    name = unit.industry_name or unit.industry or ""
    core = [segment_name(segment) for segment, strength in held if strength is Strength.CORE]
    beside = [segment_name(segment) for segment, strength in held if strength is Strength.ADJACENT]
    parts = [
        gettext("kjerne i %(segments)s", segments=", ".join(core)) if core else "",
        gettext("grenser til %(segments)s", segments=", ".join(beside)) if beside else "",
    ]
    return f"{name} ({', '.join(part for part in parts if part)})"


def _place(unit: Unit, asked: Asked) -> str:
    name = readable_name(unit.municipality or unit.place or "")
    km = asked.around.km.get(unit.municipality_no or "")
    if not km or unit.municipality_no == asked.around.home:
        return name
    home = readable_name(asked.around.name)
    return str(gettext("%(place)s, %(km)s km fra %(home)s", place=name, km=round(km), home=home))


def _size(unit: Unit) -> str:
    if unit.employees is None or unit.employees < 5:
        return str(gettext("antall ansatte er ikke kjent, eller under fem"))
    return str(ngettext("%(num)s ansatt", "%(num)s ansatte", unit.employees))


def _shortened(text: str) -> str:
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT].rsplit(' ', 1)[0]} …"
