"""Code tables out of JSON: Klass of Statistics Norway, Kommuneinfo of Kartverket, and GeoJSON outlines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from crm.errors import InvalidInput
from crm.sources.code_tables import CodeTable, Correspondence, IndustryCode, Municipality, Outline, TableKind
from crm.sources.industry_standard import Standard, guess_standard

# Where the services' answers stand; each can be given to ``codes_from``.
INDUSTRIES_URL = "https://data.ssb.no/api/klass/v1/versions/3218.json?language=nb"
CORRESPONDENCES_URL = "https://data.ssb.no/api/klass/v1/correspondencetables/2919.json?language=nb"
MUNICIPALITIES_URL = "https://ws.geonorge.no/kommuneinfo/v1/kommuner"

Json = Mapping[str, object]
_MUNICIPALITY = re.compile(r"[0-9]{4}")
_INDUSTRY = re.compile(r"[A-Z]|[0-9]{2}(\.[0-9]{1,3})?")


def table_from_json(document: object, name: str) -> CodeTable:
    """The table an answer holds; InvalidInput where it is unknown or lacks something."""
    try:
        found = _recognised(document, name)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise InvalidInput(
            "Kodetabellen «%(file)s» mangler noe vi trenger.", field="file", file=name
        ) from error
    if found is None:
        raise InvalidInput("«%(file)s» er ingen kodetabell vi kjenner.", field="file", file=name)
    return found


def coded_table(codes: Sequence[Json], name: str, *, title: str = "") -> CodeTable:
    """A Klass code list: municipalities where every code has four digits, else industries."""
    texts = [str(code["code"]).strip() for code in codes]
    if texts and all(map(_MUNICIPALITY.fullmatch, texts)):
        rows = tuple(
            Municipality(number=text, name=str(code["name"])) for text, code in zip(texts, codes, strict=True)
        )
        return CodeTable(TableKind.MUNICIPALITIES, rows)
    if not texts or not all(map(_INDUSTRY.fullmatch, texts)):
        raise InvalidInput(
            "«%(file)s» har koder som verken er næringskoder eller kommunenumre.", field="file", file=name
        )
    standard = _standard(title, texts)
    rows_ = tuple(_industry(code, text, standard) for text, code in zip(texts, codes, strict=True))
    return CodeTable(TableKind.INDUSTRIES, rows_)


def _recognised(document: object, name: str) -> CodeTable | None:
    if isinstance(document, list) and document:
        return CodeTable(TableKind.MUNICIPALITIES, tuple(_municipalities(document)))
    if not isinstance(document, dict):
        return None
    codes = document.get("codes") or document.get("classificationItems")
    if codes:
        return coded_table(codes, name, title=str(document.get("name", "")))
    pairs = document.get("correspondenceMaps") or document.get("correspondenceItems")
    if pairs:
        return CodeTable(TableKind.CORRESPONDENCES, tuple(map(_correspondence, pairs)))
    return _place_table(document)


def _place_table(document: Json) -> CodeTable | None:
    if document.get("type") == "FeatureCollection":
        features = cast("list[Json]", document["features"])
        return CodeTable(TableKind.OUTLINES, tuple(map(_outline, features)))
    if "kommunenummer" in document:
        return CodeTable(TableKind.MUNICIPALITIES, (_municipality(document),))
    return None


def _standard(title: str, codes: Iterable[str]) -> Standard:
    if "2007" in title:
        return "SN2007"
    return "SN2025" if "2025" in title else guess_standard(codes)


def _industry(code: Json, text: str, standard: Standard) -> IndustryCode:
    return IndustryCode(
        standard=standard,
        code=text,
        level=_level(text),
        parent=_text(code.get("parentCode")),
        name_nb=_text(code.get("name")),
        name_en=_text(code.get("name_en")),
    )


def _level(code: str) -> int:
    """The level a code's length tells: A, 01, 01.1, 01.11, 01.110."""
    return {1: 1, 2: 2, 4: 3, 5: 4, 6: 5}[len(code)]


def _correspondence(entry: Json) -> Correspondence:
    return Correspondence(
        sn2007=str(entry["sourceCode"]),
        sn2025=str(entry["targetCode"]),
        sn2007_name=_text(entry.get("sourceName")),
        sn2025_name=_text(entry.get("targetName")),
    )


def _municipalities(entries: Iterable[Json], county: Json | None = None) -> Iterable[Municipality]:
    """Municipalities, also where they stand under their counties."""
    for entry in entries:
        if "kommuner" in entry:
            yield from _municipalities(cast("list[Json]", entry["kommuner"]), entry)
        else:
            yield _municipality({**(county or {}), **entry})


def _municipality(entry: Json) -> Municipality:
    longitude, latitude = _point(entry)
    return Municipality(
        number=str(entry["kommunenummer"]),
        name=_text(entry.get("kommunenavnNorsk")) or str(entry["kommunenavn"]),
        county=_text(entry.get("fylkesnavn")),
        county_no=_text(entry.get("fylkesnummer")),
        latitude=latitude,
        longitude=longitude,
    )


def _point(entry: Json) -> tuple[float | None, float | None]:
    """The point given within the municipality, else the middle of its bounding box, else nothing."""
    point = cast("dict[str, list[float]] | None", entry.get("punktIOmrade"))
    if point:
        return float(point["coordinates"][0]), float(point["coordinates"][1])
    box = cast("dict[str, list[list[list[float]]]] | None", entry.get("avgrensningsboks"))
    if not box:
        return None, None
    east, north = zip(*(corner[:2] for corner in box["coordinates"][0]), strict=True)
    return (min(east) + max(east)) / 2, (min(north) + max(north)) / 2


def _outline(feature: Json) -> Outline:
    properties = cast("dict[str, object]", feature["properties"])
    names = properties.get("navn") or properties.get("kommunenavn")
    if isinstance(names, list):
        names = names[0]["navn"]
    geometry = cast("dict[str, object]", feature["geometry"])
    if geometry["type"] not in {"Polygon", "MultiPolygon"}:
        raise ValueError(geometry["type"])
    return Outline(number=str(properties["kommunenummer"]), name=str(names), geometry=geometry)


def _text(value: object) -> str | None:
    return str(value).strip() or None if value is not None else None
