"""Questions about code tables."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from crm.codes.models import IndustryCode, IndustrySuccessor, Municipality, MunicipalityOutline

# The official correspondence has 445 changed codes; a table much smaller than that is our own starting set.
_WHOLE_TABLE = 400


@dataclass(frozen=True)
class Successors:
    """What became of SN2007 codes; ``complete`` when the official table is loaded."""

    known: dict[str, frozenset[str]]
    complete: bool

    def of(self, sn2007: str) -> str | None:
        """The one SN2025 code that took over; None where there are several, or where nothing is known."""
        successors = self.known.get(sn2007)
        if successors is None:
            return sn2007 if self.complete else None
        return next(iter(successors)) if len(successors) == 1 else None

    def before(self, sn2025: str) -> tuple[str, ...]:
        """The SN2007 codes that this one alone took over from; empty where nothing is known."""
        unchanged = (sn2025,) if self.complete and sn2025 not in self.known else ()
        return self._before.get(sn2025, ()) + unchanged

    @cached_property
    def _before(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for old, new in sorted(self.known.items()):
            if len(new) == 1:
                found[next(iter(new))] = (*found.get(next(iter(new)), ()), old)
        return found


def successors(session: Session) -> Successors:
    found: dict[str, set[str]] = {}
    for old, new in session.execute(select(IndustrySuccessor.sn2007, IndustrySuccessor.sn2025)):
        found.setdefault(old, set()).add(new)
    return Successors(
        {old: frozenset(new) for old, new in found.items()}, complete=len(found) >= _WHOLE_TABLE
    )


def industry_words(session: Session) -> dict[tuple[str, str], str]:
    """What each code of a standard is called, in Norwegian and English, as far as the tables are loaded."""
    rows = session.execute(
        select(IndustryCode.standard, IndustryCode.code, IndustryCode.name_nb, IndustryCode.name_en)
    )
    return {(standard, code): f"{nb} {en}".strip() for standard, code, nb, en in rows if nb or en}


def municipalities() -> Select[Municipality]:
    return select(Municipality).order_by(Municipality.name)


def municipality_names(session: Session, numbers: Collection[str | None]) -> dict[str, str]:
    """The names of these municipalities, as far as they are known."""
    wanted = Municipality.number.in_(set(numbers) - {None})
    rows = session.execute(select(Municipality.number, Municipality.name).where(wanted))
    return {row[0]: row[1] for row in rows}


def positions(session: Session) -> dict[str, tuple[float, float]]:
    """The middle of each municipality by number, as latitude and longitude in degrees."""
    rows = session.execute(select(Municipality.number, Municipality.latitude, Municipality.longitude))
    return {number: (north, east) for number, north, east in rows if north is not None and east is not None}


def outlines(session: Session, numbers: Collection[str]) -> dict[str, dict[str, Any]]:
    """The outlines of municipalities as GeoJSON geometries, where they are loaded."""
    wanted = set(numbers)
    rows = session.execute(select(MunicipalityOutline.number, MunicipalityOutline.geometry))
    return {number: geometry for number, geometry in rows if number in wanted}


def industry_names(session: Session, standard: str) -> dict[str, str]:
    """Bokmål names by code in one standard."""
    rows = session.execute(
        select(IndustryCode.code, IndustryCode.name_nb).where(IndustryCode.standard == standard)
    )
    return {code: name for code, name in rows if name}


def industry_paths(
    session: Session, codes: Collection[str], *, standard: str = "SN2025"
) -> dict[str, list[str]]:
    """From the section down to each of some industries, by name; without those the tables do not know."""
    tree = {
        code: (parent, name)
        for code, parent, name in session.execute(
            select(IndustryCode.code, IndustryCode.parent, IndustryCode.name_nb).where(
                IndustryCode.standard == standard
            )
        )
    }
    return {code: _path(tree, code) for code in codes if code in tree}


def _path(tree: dict[str, tuple[str | None, str]], code: str | None) -> list[str]:
    """The names from the top; a name that only repeats the one above it stands once."""
    names: list[str] = []
    for _ in range(6):  # no classification is deeper, and no loop goes on for ever
        if code not in tree:
            break
        code, name = tree[code]
        if name and name not in names:
            names.insert(0, name)
    return names


def counts(session: Session) -> dict[str, int]:
    """How many rows the tables people ask about hold."""
    tables = {"industries": IndustryCode, "successors": IndustrySuccessor, "municipalities": Municipality}
    return {
        name: session.scalar(select(func.count()).select_from(table)) or 0 for name, table in tables.items()
    }
