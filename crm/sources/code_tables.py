"""The code tables the program knows, as rows: industries, their mapping, places, procurement, segments."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crm.sources.industry_standard import Standard


class TableKind(StrEnum):
    INDUSTRIES = "industries"
    CORRESPONDENCES = "correspondences"
    MUNICIPALITIES = "municipalities"
    MUNICIPALITY_CHANGES = "municipality_changes"
    OUTLINES = "outlines"
    POSTAL_CODES = "postal_codes"
    CPV = "cpv"
    SEGMENTS = "segments"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndustryCode:
    """A code of an industry standard; level 1 is a letter, 5 the finest. A name may be missing."""

    standard: Standard
    code: str
    level: int
    parent: str | None = None
    name_nb: str | None = None
    name_en: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondence:
    """An old code and one of its successors; a code that split has several rows."""

    sn2007: str
    sn2025: str
    sn2007_name: str | None = None
    sn2025_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """A municipality and a point within it (WGS84), where the table had one."""

    number: str
    name: str
    county: str | None = None
    county_no: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalityChange:
    """A municipality's number before and since 2024."""

    old: str
    new: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A municipality's border as a GeoJSON geometry."""

    number: str
    name: str
    geometry: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalCode:
    code: str
    place: str
    municipality_no: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CpvCode:
    """A code of the procurement vocabulary; ``digits`` of its eight are significant."""

    code: str
    digits: int
    name_nb: str | None = None
    name_en: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentCode:
    """A prefix of an industry or procurement code that belongs to a segment, at its core or beside it."""

    scheme: str
    prefix: str
    segment: str
    strength: str
    name_nb: str | None = None
    name_en: str | None = None


Row = (
    IndustryCode
    | Correspondence
    | Municipality
    | MunicipalityChange
    | Outline
    | PostalCode
    | CpvCode
    | SegmentCode
)


@dataclass(frozen=True, slots=True)
class CodeTable:
    kind: TableKind
    rows: tuple[Row, ...]
