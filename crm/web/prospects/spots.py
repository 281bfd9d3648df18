"""Hvite flekker: where nobody offers what is chosen within a drive, on a map and in a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, abort, request
from flask_babel import gettext

from crm.accounts.permissions import Permission
from crm.codes import queries as codes
from crm.codes.models import Municipality
from crm.prospects import queries, white_spots
from crm.prospects.white_spots import Spot
from crm.registry import queries as registry
from crm.segments import queries as segments
from crm.segments.models import Segment
from crm.web.access import requires
from crm.web.formats import readable_name
from crm.web.htmx import render
from crm.web.nearby import Region, Surroundings, surroundings
from crm.web.prospects import drawing
from crm.web.session import db
from crm.web.words import segment_name

blueprint = Blueprint("white_spots", __name__, url_prefix="/prospects/white-spots")
DRIVES = (30, 60, 90, 120)
SCREEN = 60
_INDUSTRY = re.compile(r"\d{2}(?:\.\d{1,3})?", re.ASCII)


_Choice = tuple[Segment, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page was asked for: a segment or one of its industries, where, and how far by car."""

    what: str
    whole: bool
    segment: str
    industry: str
    named: str
    region: Region
    within: int
    around: Surroundings

    def regions(self) -> dict[Region, str]:
        return {
            Region.NEAR: gettext("Innen 75 km fra %(place)s", place=readable_name(self.around.name)),
            Region.COUNTY: self.around.county or gettext("Fylket"),
            Region.COUNTRY: gettext("Hele landet"),
        }

    def towns(self) -> list[Municipality]:
        numbers = self.around.of(self.region)
        return [found for found in self.around.known if numbers is None or found.number in numbers]


@dataclass(frozen=True, slots=True)
class Row:
    """A municipality in the table and on the map; ``leads`` are the filters of the prospects to look at."""

    spot: Spot
    name: str
    nearest: str
    leads: dict[str, str]


@blueprint.get("/")
@requires(Permission.COMPANY_READ)
def index() -> Response:
    """The map and the table; the white spots first, the farthest from help on top."""
    offered = db().scalars(segments.with_industries()).all()
    names = codes.industry_names(db(), "SN2025")
    asked = _asked(offered, names)
    found = white_spots.suppliers(db(), _industries(asked, offered)) if asked.what else {}
    towns, places = asked.towns(), codes.positions(db())
    spots = white_spots.spots([town.number for town in towns], places, found, within=asked.within)
    here = {spot.municipality_no: places[spot.municipality_no] for spot in spots}
    return render(
        "prospects/white_spots.html",
        fragment="prospects/_white_spots.html",
        asked=asked,
        drives=DRIVES,
        screen=SCREEN,
        choices=_choices(offered, names, asked),
        rows=_rows(spots, asked),
        white=sum(spot.white for spot in spots),
        drawing=drawing.drawn(here, codes.outlines(db(), here)),
        empty_mirror=not found and not registry.count_units(db()),
    )


def _asked(offered: Sequence[Segment], names: dict[str, str]) -> Asked:
    """What stands in the address; 400 for what is no choice of ours."""
    what = request.args.get("what") or (offered[0].code if offered else "")
    segment, _, industry = what.partition(":")
    chosen = next((found for found in offered if found.code == segment), None)
    if (what and chosen is None) or (industry and not _INDUSTRY.fullmatch(industry)):
        abort(400)
    try:
        region = Region(request.args.get("region") or Region.COUNTY)
        within = int(request.args.get("within") or 60)
    except ValueError:
        abort(400)
    if region is Region.HOME or within not in DRIVES:
        abort(400)
    named = names.get(industry, industry) if industry else segment_name(chosen) if chosen else ""
    return Asked(
        what, request.args.get("all") == "1", segment, industry, named, region, within, surroundings()
    )


def _industries(asked: Asked, offered: Sequence[Segment]) -> frozenset[str]:
    """The codes units have that what was chosen covers."""
    chosen = next(found for found in offered if found.code == asked.segment)
    beginnings = tuple([asked.industry] if asked.industry else [one.prefix for one in chosen.industries])
    return frozenset(code for code in queries.industries_in_use(db()) if code.startswith(beginnings))


def _choices(offered: Sequence[Segment], names: dict[str, str], asked: Asked) -> list[_Choice]:
    """Each segment with its industries, and the one asked for, by code and name."""
    found = []
    for segment in offered:
        prefixes = {one.prefix for one in segment.industries}
        prefixes |= {asked.industry} if asked.industry and asked.segment == segment.code else set()
        listed = [(prefix, f"{prefix} {names.get(prefix, '')}".strip()) for prefix in sorted(prefixes)]
        found.append((segment, listed))
    return found


def _rows(spots: Sequence[Spot], asked: Asked) -> list[Row]:
    names = {found.number: readable_name(found.name) for found in asked.around.known}
    ordered = sorted(
        spots,
        key=lambda spot: (
            not spot.white,
            -(spot.away or 0) if spot.white else spot.near,
            spot.municipality_no,
        ),
    )
    return [
        Row(
            spot,
            names.get(spot.municipality_no, spot.municipality_no),
            names.get(spot.nearest or "", spot.nearest or ""),
            _leads(spot, asked),
        )
        for spot in ordered
    ]


def _leads(spot: Spot, asked: Asked) -> dict[str, str]:
    """The prospects to look at: those where the nearest supplier is, which may come from there."""
    if spot.nearest is None:
        return {}
    given = {"segment": asked.segment, "municipality": spot.nearest, "industry": asked.industry}
    return {name: value for name, value in given.items() if value}
