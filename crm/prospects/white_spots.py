"""White spots: municipalities with no supplier within reach by car, and who the nearest one is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, union
from sqlalchemy.orm import Session

from crm.codes.distances import Position, kilometres, minutes
from crm.prospects.drafts import COMPANY_FORMS
from crm.registry.models import SubUnit, Unit, is_living

# A degree of latitude; no two places are nearer each other than they are apart from south to north.
_KM_A_DEGREE = 111.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A municipality seen from its middle.

    ``here`` suppliers in it, ``near`` within reach, itself counted; the ``nearest`` municipality that has
    any, and about how many ``away`` minutes it takes to drive there. None where there is none at all.
    """

    municipality_no: str
    here: int
    near: int
    nearest: str | None
    away: int | None

    @property
    def white(self) -> bool:
        return self.near == 0


def suppliers(session: Session, industries: Collection[str]) -> dict[str, int]:
    """How many companies with one of the SN2025 codes are at work in each municipality.

    A company counts where it has its address and where it has an open workplace with such a code.
    """
    codes = sorted(industries)
    seats = select(Unit.orgnr.label("orgnr"), Unit.municipality_no.label("place")).where(
        Unit.industry_2025.in_(codes), is_living(), Unit.form.in_(sorted(COMPANY_FORMS))
    )
    workplaces = select(SubUnit.parent, SubUnit.municipality_no).where(
        SubUnit.industry.in_(codes), SubUnit.industry_standard == "SN2025", SubUnit.closed_on.is_(None)
    )
    at_work = union(seats, workplaces).subquery()
    counted = select(at_work.c.place, func.count()).where(at_work.c.place.is_not(None))
    return {row[0]: row[1] for row in session.execute(counted.group_by(at_work.c.place))}


def spots(
    shown: Collection[str], places: Mapping[str, Position], found: Mapping[str, int], *, within: int
) -> list[Spot]:
    """The municipalities of ``shown`` whose middle is known, in their order; ``within`` is in minutes."""
    there = {number: places[number] for number in found if number in places}
    return [_spot(number, places[number], there, found, within) for number in shown if number in places]


def _spot(
    number: str, here: Position, there: Mapping[str, Position], found: Mapping[str, int], within: int
) -> Spot:
    near, nearest, shortest = 0, None, float("inf")
    for other, position in there.items():
        north = abs(here[0] - position[0]) * _KM_A_DEGREE
        if north > shortest and minutes(north) > within:
            continue
        km = 0.0 if other == number else kilometres(here, position)
        if km < shortest:
            nearest, shortest = other, km
        if minutes(km) <= within:
            near += found[other]
    away = round(minutes(shortest)) if nearest else None
    return Spot(number, found.get(number, 0), near, nearest, away)
