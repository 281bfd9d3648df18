"""What the list of prospects is narrowed to: read from the address, offered in the form, said in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from flask import abort, request
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from crm.prospects.drafts import Order, ProspectFilter, Size
from crm.segments import queries as segments
from crm.segments.models import Segment, Strength
from crm.web.formats import readable_name
from crm.web.nearby import Region, Surroundings, industries_of, surroundings
from crm.web.session import db
from crm.web.words import segment_name

Choice = TypeVar("Choice", bound=StrEnum)


SIZES: dict[Size, LazyString] = {
    Size.ANY: _l("Alle størrelser"),
    Size.UNKNOWN: _l("Under fem, eller ikke kjent"),
    Size.SMALL: _l("5–19 ansatte"),
    Size.MEDIUM: _l("20–99 ansatte"),
    Size.LARGE: _l("100 ansatte eller flere"),
}
ORDERS: dict[Order, LazyString] = {
    Order.FIT: _l("Passer best"),
    Order.SIZE: _l("Flest ansatte"),
    Order.NEWEST: _l("Nyest registrert"),
    Order.NAME: _l("Navn"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter as it was asked for, with what the page says about it."""

    wanted: ProspectFilter
    region: Region
    municipality: str
    segment: str
    industry: str
    """The beginning of an SN2025 code; empty where all that fit are wanted."""
    around: Surroundings
    segments: Sequence[Segment]
    industries: dict[str, list[tuple[Segment, Strength]]]

    def regions(self) -> dict[Region, str]:
        name = readable_name(self.around.name)
        return {
            Region.HOME: name,
            Region.NEAR: gettext("Innen 75 km fra %(place)s", place=name),
            Region.COUNTY: self.around.county or gettext("Fylket"),
            Region.COUNTRY: gettext("Hele landet"),
        }

    def in_words(self) -> str:
        """The filter as a phrase, «i Helse, innen 75 km fra Elverum, 20–99 ansatte»."""
        chosen = next((found for found in self.segments if found.code == self.segment), None)
        towns = {found.number: readable_name(found.name) for found in self.around.known}
        place = towns.get(self.municipality, self.municipality)
        parts = [
            gettext("i %(segment)s", segment=segment_name(chosen)) if chosen else "",
            gettext("i næring %(code)s", code=self.industry) if self.industry else "",
            gettext("i kommunen %(name)s", name=place) if place else self._region_in_words(),
            str(SIZES[self.wanted.size]).lower() if self.wanted.size else "",
        ]
        return ", ".join(part for part in parts if part)

    def _region_in_words(self) -> str:
        name = readable_name(self.around.name)
        said = {
            Region.HOME: gettext("i %(place)s", place=name),
            Region.NEAR: gettext("innen 75 km fra %(place)s", place=name),
            Region.COUNTY: gettext("i fylket %(place)s", place=self.around.county),
            Region.COUNTRY: gettext("i hele landet"),
        }
        return str(said[self.region])


def asked() -> Asked:
    """The filter in the address; 400 for what is no choice of ours."""
    around, offered = surroundings(), db().scalars(segments.with_industries()).all()
    region = _choice("region", Region.NEAR)
    municipality, segment = request.args.get("municipality", ""), request.args.get("segment", "")
    if municipality and municipality not in {found.number for found in around.known}:
        abort(400)
    if segment and segment not in {found.code for found in offered}:
        abort(400)
    industries, industry = industries_of(offered), _beginning(request.args.get("industry", ""))
    fitting = frozenset(
        code
        for code, held in industries.items()
        if code.startswith(industry) and (not segment or segment in {found.code for found, _ in held})
    )
    wanted = ProspectFilter(
        industries=fitting,
        core=frozenset(code for code in fitting if _is_core(industries[code], segment)),
        municipalities=frozenset({municipality}) if municipality else around.of(region),
        size=_choice("size", Size.ANY),
        companies_only=request.args.get("all") != "1",
        order=_choice("order", Order.FIT),
        after=_number(request.args.get("after", "")),
        given={name: text for name in _NAMES if (text := request.args.get(name, ""))},
    )
    return Asked(wanted, region, municipality, segment, industry, around, offered, industries)


_NAMES = ("region", "municipality", "segment", "industry", "size", "all", "order")


def _is_core(held: Iterable[tuple[Segment, Strength]], segment: str) -> bool:
    """Whether an industry is what a segment, or one of them, is about."""
    return any(
        strength is Strength.CORE and (not segment or found.code == segment) for found, strength in held
    )


def _choice(name: str, default: Choice) -> Choice:
    try:
        return type(default)(request.args.get(name, default.value) or default.value)
    except ValueError:
        abort(400)


def _beginning(text: str) -> str:
    if text and not (len(text) <= 6 and text.isascii() and text.replace(".", "", 1).isdigit()):
        abort(400)
    return text


def _number(text: str) -> str:
    if text and not (len(text) == 9 and text.isascii() and text.isdigit()):
        abort(400)
    return text
