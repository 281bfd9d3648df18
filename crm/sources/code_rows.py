"""Rows of code tables out of CSV, told apart by their header.

Klass (Statistics Norway) and the tables that others have derived from it and from Kartverket name their
columns differently; each layout is one line of the table below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from crm.errors import InvalidInput
from crm.sources.code_tables import (
    CodeTable,
    Correspondence,
    CpvCode,
    Municipality,
    MunicipalityChange,
    PostalCode,
    Row,
    SegmentCode,
    TableKind,
)
from crm.sources.klass import coded_table

Cells = Mapping[str, str]
_CODE_LIST = {"code", "level"}


@dataclass(frozen=True, slots=True)
class Layout:
    """A table known by columns it must have; ``key`` is one that no row leaves empty."""

    kind: TableKind
    columns: frozenset[str]
    key: str
    row: Callable[[Cells], Row]


def require_known(header: Sequence[str], name: str) -> None:
    """InvalidInput, naming the columns, where they are of no table we know."""
    if not (set(header) >= _CODE_LIST or _layout(header)):
        raise InvalidInput(
            "«%(file)s» er ingen kodetabell vi kjenner: første rad er «%(header)s».",
            field="file",
            file=name,
            header=", ".join(header)[:80],
        )


def table_from_rows(header: Sequence[str], rows: Sequence[Cells], name: str) -> CodeTable:
    """The table that the header tells of; InvalidInput names the row where a cell is wrong."""
    require_known(header, name)
    layout = _layout(header)
    if layout is None:
        return coded_table([_klass_names(cells) for cells in rows], name)
    return CodeTable(
        layout.kind, tuple(_row(layout, cells, name, number) for number, cells in enumerate(rows, 2))
    )


def _layout(header: Sequence[str]) -> Layout | None:
    return next((layout for layout in LAYOUTS if layout.columns <= set(header)), None)


def _row(layout: Layout, cells: Cells, name: str, number: int) -> Row:
    try:
        found = layout.row(cells) if cells[layout.key] else None
    except ValueError:
        found = None
    if found is None:
        raise InvalidInput(
            "Rad %(row)s i «%(file)s» kan ikke leses: en verdi mangler eller er ikke et tall.",
            field="file",
            file=name,
            row=number,
        )
    return found


def _klass_names(cells: Cells) -> dict[str, object]:
    """The columns under the names of Klass' JSON; our own tables name the Norwegian name otherwise."""
    return {
        "code": cells["code"],
        "level": cells["level"],
        "parentCode": cells.get("parentcode") or cells.get("parent"),
        "name": cells.get("name") or cells.get("name_nb") or cells.get("name_nb_if_in_correspondence"),
        "name_en": cells.get("name_en"),
    }


def _number(cells: Cells, column: str) -> float | None:
    text = cells.get(column, "")
    return float(text.replace(",", ".")) if text else None


def _correspondence(cells: Cells) -> Correspondence:
    return Correspondence(
        sn2007=cells.get("sn2007_code") or cells["sourcecode"],
        sn2025=cells.get("sn2025_code") or cells["targetcode"],
        sn2007_name=cells.get("sn2007_name_nb") or cells.get("sourcename") or None,
        sn2025_name=cells.get("sn2025_name_nb") or cells.get("targetname") or None,
    )


def _municipality(cells: Cells) -> Municipality:
    return Municipality(
        number=cells["kommunenummer"],
        name=cells["navn"],
        county=cells.get("fylke") or None,
        county_no=cells.get("fylkesnummer") or None,
        latitude=_number(cells, "point_on_surface_lat"),
        longitude=_number(cells, "point_on_surface_lon"),
    )


def _municipality_change(cells: Cells) -> MunicipalityChange:
    return MunicipalityChange(
        old=cells["kommnr_2020"], new=cells["kommnr_2024"], name=cells.get("navn_2024") or None
    )


def _postal_code(cells: Cells) -> PostalCode:
    return PostalCode(
        code=cells["postnr"],
        place=cells["poststed"],
        municipality_no=cells.get("kommnr_2024_derived") or cells.get("kommunenummer") or None,
        latitude=_number(cells, "lat"),
        longitude=_number(cells, "lon"),
    )


def _cpv(cells: Cells) -> CpvCode:
    return CpvCode(
        code=cells["cpv"],
        digits=int(cells.get("significant_digits") or len(cells["cpv"].rstrip("0")) or 2),
        name_nb=cells.get("name_nb") or None,
        name_en=cells.get("name_en") or None,
    )


def _segment(cells: Cells) -> SegmentCode:
    return SegmentCode(
        scheme=cells["scheme"],
        prefix=cells["code_prefix"],
        segment=cells["segment"],
        strength=cells.get("strength") or "core",
        name_nb=cells.get("name_nb") or None,
        name_en=cells.get("name_en") or None,
    )


LAYOUTS = (
    Layout(
        TableKind.CORRESPONDENCES, frozenset({"sn2007_code", "sn2025_code"}), "sn2007_code", _correspondence
    ),
    Layout(TableKind.CORRESPONDENCES, frozenset({"sourcecode", "targetcode"}), "sourcecode", _correspondence),
    Layout(
        TableKind.MUNICIPALITY_CHANGES,
        frozenset({"kommnr_2020", "kommnr_2024"}),
        "kommnr_2020",
        _municipality_change,
    ),
    Layout(TableKind.MUNICIPALITIES, frozenset({"kommunenummer", "navn"}), "kommunenummer", _municipality),
    Layout(TableKind.POSTAL_CODES, frozenset({"postnr", "poststed"}), "postnr", _postal_code),
    Layout(TableKind.SEGMENTS, frozenset({"scheme", "code_prefix", "segment"}), "code_prefix", _segment),
    Layout(TableKind.CPV, frozenset({"cpv", "name_nb"}), "cpv", _cpv),
)
