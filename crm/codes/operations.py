"""Acts on code tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from crm.codes import starter
from crm.codes.models import (
    IndustryCode,
    IndustrySuccessor,
    Municipality,
    MunicipalityOutline,
    PostalCode,
    ProcurementCode,
)
from crm.errors import InvalidInput
from crm.sources import code_tables as sources
from crm.sources.code_tables import CodeTable, TableKind
from crm.storage.base import Base


def ensure_starter(session: Session) -> None:
    """Fill empty tables with our small starting set."""
    if not session.scalar(select(func.count()).select_from(Municipality)):
        session.execute(insert(Municipality), [place._asdict() for place in starter.municipalities()])
    if not session.scalar(select(func.count()).select_from(IndustryCode)):
        divisions = [
            {"standard": "SN2025", "code": code, "name_nb": name, "name_en": ""}
            for code, name in starter.DIVISIONS.items()
        ]
        session.execute(insert(IndustryCode), divisions)
    if not session.scalar(select(func.count()).select_from(IndustrySuccessor)):
        pairs = [{"sn2007": old, "sn2025": new} for old, new in starter.SUCCESSORS.items()]
        session.execute(insert(IndustrySuccessor), pairs)


def load(session: Session, table: CodeTable) -> int:
    """Take in a table as a whole; how many rows it gave. InvalidInput for a table we have no use for."""
    keep = _KEEPERS.get(table.kind)
    if keep is None:
        raise InvalidInput(
            "Kodetabellen er gjenkjent (%(kind)s), men programmet bruker den ikke.",
            field="file",
            kind=table.kind.value,
        )
    return keep(session, table.rows)


def _keep_industries(session: Session, given: Iterable[Any]) -> int:
    """One standard's codes anew; names a table lacks are kept from the table before."""
    found = {row.code: row for row in cast("Iterable[sources.IndustryCode]", given)}
    standard = next(iter(found.values())).standard
    known = {
        row.code: row
        for row in session.scalars(select(IndustryCode).where(IndustryCode.standard == standard))
    }
    made = []
    for code, row in found.items():
        before = known.get(code)
        made.append(
            {
                "standard": standard,
                "code": code,
                "parent": row.parent,
                "name_nb": (row.name_nb or (before.name_nb if before else ""))[:300],
                "name_en": (row.name_en or (before.name_en if before else ""))[:300],
            }
        )
    session.expunge_all()
    session.execute(delete(IndustryCode).where(IndustryCode.standard == standard))
    return _insert(session, IndustryCode, made)


def _keep_successors(session: Session, given: Iterable[Any]) -> int:
    pairs = {(row.sn2007, row.sn2025) for row in cast("Iterable[sources.Correspondence]", given)}
    session.execute(delete(IndustrySuccessor))
    return _insert(session, IndustrySuccessor, [{"sn2007": old, "sn2025": new} for old, new in sorted(pairs)])


def _keep_municipalities(session: Session, given: Iterable[Any]) -> int:
    """Names anew; a county or a position that the table lacks is kept, and so are numbers gone by."""
    found = {row.number: row for row in cast("Iterable[sources.Municipality]", given)}
    for number, row in found.items():
        place = session.get(Municipality, number) or Municipality(number=number, county="")
        place.name = row.name[:200]
        place.county = (row.county or place.county)[:100]
        if row.latitude is not None and row.longitude is not None:
            place.latitude, place.longitude = row.latitude, row.longitude
        session.add(place)
    return len(found)


def _keep_postal_codes(session: Session, given: Iterable[Any]) -> int:
    found = {row.code: row for row in cast("Iterable[sources.PostalCode]", given)}
    made = [
        {
            "code": row.code,
            "place": row.place[:200],
            "municipality_no": row.municipality_no,
            "latitude": row.latitude,
            "longitude": row.longitude,
        }
        for row in found.values()
    ]
    session.execute(delete(PostalCode))
    return _insert(session, PostalCode, made)


def _keep_procurement_codes(session: Session, given: Iterable[Any]) -> int:
    found = {row.code: row for row in cast("Iterable[sources.CpvCode]", given)}
    made = [
        {"code": row.code, "name_nb": (row.name_nb or "")[:300], "name_en": (row.name_en or "")[:300]}
        for row in found.values()
    ]
    session.execute(delete(ProcurementCode))
    return _insert(session, ProcurementCode, made)


def _keep_outlines(session: Session, given: Iterable[Any]) -> int:
    found = {row.number: row for row in cast("Iterable[sources.Outline]", given)}
    made = [{"number": row.number, "geometry": row.geometry} for row in found.values()]
    session.execute(delete(MunicipalityOutline))
    return _insert(session, MunicipalityOutline, made)


def _insert(session: Session, table: type[Base], rows: list[dict[str, Any]]) -> int:
    if rows:
        session.execute(insert(table), rows)
    return len(rows)


_KEEPERS: dict[TableKind, Callable[[Session, Iterable[Any]], int]] = {
    TableKind.INDUSTRIES: _keep_industries,
    TableKind.CORRESPONDENCES: _keep_successors,
    TableKind.MUNICIPALITIES: _keep_municipalities,
    TableKind.POSTAL_CODES: _keep_postal_codes,
    TableKind.CPV: _keep_procurement_codes,
    TableKind.OUTLINES: _keep_outlines,
}
