"""Our municipality among the others, and the industries of the segments: what prospects are looked for by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import cast

from flask import current_app

from crm.codes import queries as codes
from crm.codes.distances import kilometres
from crm.codes.models import Municipality
from crm.prospects import queries
from crm.prospects.drafts import Order, ProspectFilter
from crm.segments import queries as segments
from crm.segments.models import Segment, Strength
from crm.settings import Settings
from crm.web.session import db

NEAR_KM = 75.0
NEW_DAYS = 7


class Region(StrEnum):
    HOME = "home"
    NEAR = "near"
    COUNTY = "county"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Our municipality among the others, and how far away each of them lies, in kilometres."""

    home: str
    name: str
    county: str
    known: Sequence[Municipality]
    km: dict[str, float]

    def of(self, region: Region) -> frozenset[str] | None:
        """The municipalities of a region; None for the whole country."""
        if region is Region.COUNTRY:
            return None
        if region is Region.HOME or not self.km:
            return frozenset({self.home})
        if region is Region.COUNTY:
            return frozenset(found.number for found in self.known if found.county == self.county)
        return frozenset(number for number, km in self.km.items() if km <= NEAR_KM)


def new_since(today: date) -> date:
    return today - timedelta(days=NEW_DAYS)


def near_and_new(today: date) -> ProspectFilter:
    """What Min uke tells of: the new units of the week, near us."""
    return ProspectFilter(
        industries=frozenset(industries_of(db().scalars(segments.with_industries()).all())),
        municipalities=surroundings().of(Region.NEAR),
        registered_since=new_since(today),
        order=Order.NEWEST,
    )


def surroundings() -> Surroundings:
    home = cast("Settings", current_app.extensions["crm.settings"]).home_municipality
    known = db().scalars(codes.municipalities()).all()
    ours = next((found for found in known if found.number == home), None)
    places = {
        found.number: (found.latitude, found.longitude)
        for found in known
        if found.latitude is not None and found.longitude is not None
    }
    here = places.get(home)
    km = {number: kilometres(here, there) for number, there in places.items()} if here else {}
    return Surroundings(home, ours.name if ours else home, ours.county if ours else "", known, km)


def industries_of(offered: Iterable[Segment]) -> dict[str, list[tuple[Segment, Strength]]]:
    """The codes units have that belong to a segment, with how strongly to each."""
    """The codes units have that belong to a segment, with how strongly to each."""
    found: dict[str, list[tuple[Segment, Strength]]] = {}
    in_use = queries.industries_in_use(db())
    for segment in offered:
        listed = {industry.prefix: industry.strength for industry in segment.industries}
        for code in in_use:
            held = {listed[code[:end]] for end in range(2, len(code) + 1) if code[:end] in listed}
            if held:
                strength = Strength.CORE if Strength.CORE in held else Strength.ADJACENT
                found.setdefault(code, []).append((segment, strength))
    return found
