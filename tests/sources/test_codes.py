"""Any file of codes an administrator may have is recognised by what it holds."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest

from crm.errors import InvalidInput
from crm.sources.code_tables import (
    Correspondence,
    CpvCode,
    IndustryCode,
    Municipality,
    MunicipalityChange,
    Outline,
    PostalCode,
    Row,
    SegmentCode,
    TableKind,
)
from crm.sources.codes import codes_from, read_codes

SQUARE = {"type": "Polygon", "coordinates": [[[11, 60], [12, 60], [12, 61], [11, 61], [11, 60]]]}


def rows(content: object) -> tuple[TableKind, tuple[Row, ...]]:
    body = content.encode() if isinstance(content, str) else json.dumps(content).encode()
    table = codes_from(body, "koder")
    return table.kind, table.rows


def test_klass_gives_industry_codes_as_json() -> None:
    kind, found = rows(
        {
            "name": "Standard for næringsgruppering 2025 (SN2025)",
            "classificationItems": [
                {"code": "A", "parentCode": None, "level": "1", "name": "Jordbruk"},
                {"code": "01.110", "parentCode": "01.11", "level": "5", "name": "Dyrking av korn"},
            ],
        }
    )
    assert kind == TableKind.INDUSTRIES
    assert found == (
        IndustryCode(standard="SN2025", code="A", level=1, name_nb="Jordbruk"),
        IndustryCode(standard="SN2025", code="01.110", level=5, parent="01.11", name_nb="Dyrking av korn"),
    )


def test_the_standard_is_guessed_from_the_codes_where_no_title_tells() -> None:
    for code, standard in (("62.010", "SN2007"), ("62.100", "SN2025")):
        _, (found,) = rows({"codes": [{"code": code, "level": "5", "name": "IT"}]})
        assert isinstance(found, IndustryCode)
        assert found.standard == standard


def test_klass_gives_municipalities_as_codes_too() -> None:
    kind, found = rows({"codes": [{"code": "3420", "level": "1", "name": "Elverum"}]})
    assert (kind, found) == (TableKind.MUNICIPALITIES, (Municipality(number="3420", name="Elverum"),))


def test_klass_gives_its_codes_as_csv_in_windows_letters() -> None:
    text = (
        '"code";"parentCode";"level";"name";"validFrom"\r\n"62.010";"62.01";"5";"Programmering på æøå";""\r\n'
    )
    table = codes_from(text.encode("cp1252"), "klass.csv")
    assert table.rows == (
        IndustryCode(
            standard="SN2007", code="62.010", level=5, parent="62.01", name_nb="Programmering på æøå"
        ),
    )


@pytest.mark.parametrize("key", ["correspondenceMaps", "correspondenceItems"])
def test_klass_gives_correspondences(key: str) -> None:
    pair = {"sourceCode": "62.010", "sourceName": "Gammel", "targetCode": "62.100", "targetName": "Ny"}
    kind, found = rows({key: [pair]})
    assert kind == TableKind.CORRESPONDENCES
    assert found == (
        Correspondence(sn2007="62.010", sn2025="62.100", sn2007_name="Gammel", sn2025_name="Ny"),
    )


def test_klass_gives_correspondences_as_csv() -> None:
    _, found = rows("sourceCode;sourceName;targetCode;targetName\n62.010;Gammel;62.100;Ny\n")
    assert found == (
        Correspondence(sn2007="62.010", sn2025="62.100", sn2007_name="Gammel", sn2025_name="Ny"),
    )


def test_kommuneinfo_gives_municipalities_with_a_point() -> None:
    kind, found = rows(
        [
            {
                "kommunenummer": "3420",
                "kommunenavn": "Elverum",
                "kommunenavnNorsk": "Elverum",
                "fylkesnavn": "Innlandet",
                "punktIOmrade": {"type": "Point", "coordinates": [11.5, 60.9]},
            },
            {"kommunenummer": "3421", "kommunenavn": "Trysil", "avgrensningsboks": SQUARE},
            {"kommunenummer": "3422", "kommunenavn": "Åmot"},
        ]
    )
    assert kind == TableKind.MUNICIPALITIES
    assert found == (
        Municipality(number="3420", name="Elverum", county="Innlandet", latitude=60.9, longitude=11.5),
        Municipality(number="3421", name="Trysil", latitude=60.5, longitude=11.5),
        Municipality(number="3422", name="Åmot"),
    )


def test_municipalities_may_stand_under_their_counties() -> None:
    elverum = {"kommunenummer": "3420", "kommunenavnNorsk": "Elverum"}
    _, found = rows([{"fylkesnavn": "Innlandet", "fylkesnummer": "34", "kommuner": [elverum]}])
    assert found == (Municipality(number="3420", name="Elverum", county="Innlandet", county_no="34"),)


@pytest.mark.parametrize("name", ["Elverum", [{"navn": "Elverum", "sprak": "nor"}]])
def test_outlines_are_geojson(name: object) -> None:
    feature = {"type": "Feature", "properties": {"kommunenummer": "3420", "navn": name}, "geometry": SQUARE}
    kind, found = rows({"type": "FeatureCollection", "features": [feature]})
    assert (kind, found) == (TableKind.OUTLINES, (Outline(number="3420", name="Elverum", geometry=SQUARE),))


@pytest.mark.parametrize(
    ("text", "row"),
    [
        (
            "code,level,parent,name_en,name_nb_if_in_correspondence\n62.100,5,62.10,Programming,\n",
            IndustryCode(standard="SN2025", code="62.100", level=5, parent="62.10", name_en="Programming"),
        ),
        (
            "sn2007_code,sn2007_name_nb,is_aggregate,n_successors,sn2025_code,sn2025_name_nb\n62.010,A,0,1,62.100,B\n",
            Correspondence(sn2007="62.010", sn2025="62.100", sn2007_name="A", sn2025_name="B"),
        ),
        (
            "kommunenummer,navn,fylkesnummer,fylke,point_on_surface_lat,point_on_surface_lon\n3420,Elverum,34,Inn,60.9,11.5\n",
            Municipality(
                number="3420", name="Elverum", county="Inn", county_no="34", latitude=60.9, longitude=11.5
            ),
        ),
        (
            "kommnr_2020,kommnr_2024,navn_2024\n1507,1508,Ålesund\n",
            MunicipalityChange(old="1507", new="1508", name="Ålesund"),
        ),
        (
            "postnr,poststed,kommnr_2024_derived,lat,lon\n0151,Oslo,0301,59.9,10.7\n",
            PostalCode(code="0151", place="Oslo", municipality_no="0301", latitude=59.9, longitude=10.7),
        ),
        ("postnr;poststed;lat;lon\n0151;Oslo;59,9;\n", PostalCode(code="0151", place="Oslo", latitude=59.9)),
        (
            "cpv,significant_digits,name_en,name_nb,nb_needs_check\n33000000,2,Medical,Medisinsk,0\n",
            CpvCode(code="33000000", digits=2, name_nb="Medisinsk", name_en="Medical"),
        ),
        (
            "scheme,code_prefix,segment,strength,name_en,name_nb\nSN2025,86,helse,core,Health,Helse\n",
            SegmentCode(
                scheme="SN2025",
                prefix="86",
                segment="helse",
                strength="core",
                name_nb="Helse",
                name_en="Health",
            ),
        ),
    ],
)
def test_plain_tables_are_known_by_their_first_row(text: str, row: Row) -> None:
    assert rows("\ufeff" + text)[1] == (row,)


def test_a_packed_table_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "uten-navn"
    path.write_bytes(gzip.compress(b"postnr,poststed\n0151,Oslo\n"))
    assert read_codes(str(path)).rows == (PostalCode(code="0151", place="Oslo"),)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "er tom"),
        (b"\xef\xbb\xbf\n", "er tom"),
        (b"a,b\n1,2\n", "ingen kodetabell vi kjenner: første rad er «a, b»"),
        (b"%PDF-1.7", "ingen kodetabell"),
        (b"\x89PNG\0\0", "ingen kodetabell"),
        (b"{", "ødelagt JSON"),
        (b"[]", "ingen kodetabell"),
        (b'{"a": 1}', "ingen kodetabell"),
        (b'[{"a": 1}]', "mangler noe"),
        (b"[1]", "mangler noe"),
        (b'{"codes": [{"code": "1510"}]}', "mangler noe"),
        (b'{"codes": [{"code": "sektor", "name": "x"}]}', "verken er næringskoder eller kommunenumre"),
        (b'{"type": "FeatureCollection", "features": [{"properties": {}}]}', "mangler noe"),
        (b"postnr,poststed\n0151\n", "Rad 2"),
        (b"postnr,poststed,lat,lon\n0151,Oslo,x,y\n", "Rad 2"),
        (b"postnr,poststed\n0151,Oslo\n,Oslo\n", "Rad 3"),
        (b'postnr,poststed\n"0151,Oslo\n', "CSV"),
        (b"code,level\nx.y,5\n", "verken er næringskoder"),
        (b"\x1f\x8b\x08no", "gzip"),
    ],
)
def test_what_is_no_code_table_is_told_in_one_sentence(body: bytes, words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        codes_from(body, "koder.csv")
    assert words in str(caught.value)
    assert "koder.csv" in str(caught.value)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "kind", "count"),
    [
        ("nace_sn2025_codes.csv", TableKind.INDUSTRIES, 1785),
        ("nace_sn2007_to_sn2025.csv", TableKind.CORRESPONDENCES, 2109),
        ("kommuner_2024.csv", TableKind.MUNICIPALITIES, 357),
        ("kommuner_2024_simplified.geojson", TableKind.OUTLINES, 357),
        ("kommune_2020_to_2024_by_postcodes.csv", TableKind.MUNICIPALITY_CHANGES, 358),
        ("postnummer_koordinater.csv", TableKind.POSTAL_CODES, 5786),
        ("segment_codes_proposal.csv", TableKind.SEGMENTS, 128),
        ("cpv_2008_en_nb.csv", TableKind.CPV, 9454),
    ],
)
def test_the_shared_tables_are_read_whole(shared_data: Path, name: str, kind: TableKind, count: int) -> None:
    table = read_codes(str(shared_data / name))
    assert (table.kind, len(table.rows)) == (kind, count)


@pytest.mark.realdata
def test_the_level_told_by_a_code_is_the_one_written(shared_data: Path) -> None:
    with (shared_data / "nace_sn2025_codes.csv").open(encoding="utf-8") as file:
        written = {row["code"]: int(row["level"]) for row in csv.DictReader(file)}
    found = read_codes(str(shared_data / "nace_sn2025_codes.csv")).rows
    assert {row.code: row.level for row in found if isinstance(row, IndustryCode)} == written
