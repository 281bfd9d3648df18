"""Our files opened by LibreOffice: the same values, nothing that runs, no link, no lost zero.

Skipped aloud where it is missing: ``apt-get install --no-install-recommends libreoffice-calc-nogui``.
"""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from crm.sheets.columns import Column, Kind, Sheet
from crm.sheets.csv_out import write_csv
from crm.sheets.plain_text import unguarded
from crm.sheets.xlsx_out import write_xlsx

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed on this machine")
TEXTS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1",
    " =1",
    "\u00a0=1",
    "\u200b=1",
    "\uff1d1+1",
    "=cmd|'/c calc'!A0",
    '=HYPERLINK("http://x.example","y")',
    '=WEBSERVICE("http://x.example")',
    '"=1+1',
    ";=1+1",
    ",=1+1",
    "http://x.example/",
    "mailto:a@b.no",
    "007",
    "12345678901234567890",
    "1E5",
    "TRUE",
    "SANN",
    "3-4",
    "1.2.2026",
    "12:30",
    "(5)",
    "mai 5",
    "'s-Hertogenbosch",
    "Blåbær & Sønn AS",
    "to\nlinjer",
    "{=1+1}",
)
HEADERS = ("=1+1", "Nummer", "Ansatte", "Frist", "Andel")
SHEET = Sheet(
    "=1+1",
    tuple(map(Column, HEADERS, (Kind.TEXT, Kind.ORGNR, Kind.INTEGER, Kind.DATE, Kind.PERCENT))),
    about=(("Utvalg", "=1+1"),),
)
ROWS = [(text, "974760673", place, date(2026, 12, 1), 0.5) for place, text in enumerate(TEXTS)]
AS_CSV = "--infilter=Text - txt - csv (StarCalc):59,34,76,1,,1044,false,true"
NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}
Cell = tuple[str, str]


def opened(path: Path, folder: Path, *how: str) -> ET.Element:
    """The file as LibreOffice understands it, written out as flat XML."""
    home = f"-env:UserInstallation=file://{folder}/office"
    command = [
        str(OFFICE),
        "--headless",
        home,
        *how,
        "--convert-to",
        "fods",
        "--outdir",
        str(folder),
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return ET.parse(folder / f"{path.stem}.fods").getroot()  # noqa: S314  (written a moment ago)


def cells(root: ET.Element) -> list[list[Cell]]:
    """Kind and content of every cell of the first sheet, as LibreOffice has it."""
    table = root.find(".//table:table", NAMES)
    assert table is not None
    found = [
        [
            (cell.get(f"{{{NAMES['office']}}}value-type", ""), shown(cell))
            for cell in row.findall("table:table-cell", NAMES)
        ][: len(HEADERS)]
        for row in table.findall(".//table:table-row", NAMES)
    ]
    return [row for row in found if any(kind for kind, _content in row)]


def shown(cell: ET.Element) -> str:
    paragraphs = cell.findall("text:p", NAMES)
    return "\n".join("".join(text_of(paragraph)) for paragraph in paragraphs)


def text_of(element: ET.Element) -> str:
    """The text of an element; runs of spaces and tabs stand as elements of their own."""
    inner = {f"{{{NAMES['text']}}}s": " ", f"{{{NAMES['text']}}}tab": "\t"}
    parts = [element.text or ""]
    for child in element:
        several = int(child.get(f"{{{NAMES['text']}}}c", "1"))
        parts += [inner[child.tag] * several if child.tag in inner else text_of(child), child.tail or ""]
    return "".join(parts)


def alive(root: ET.Element) -> list[str]:
    """Everything that would run or lead somewhere."""
    formulas = [cell.get(f"{{{NAMES['table']}}}formula") for cell in root.iter()]
    links = [link.tag for link in root.iter(f"{{{NAMES['text']}}}a")]
    return [formula for formula in formulas if formula] + links


def test_a_workbook_is_what_was_written(tmp_path: Path):
    path = tmp_path / "liste.xlsx"
    with path.open("wb") as stream:
        write_xlsx(SHEET, ROWS, stream)
    root = opened(path, tmp_path)
    assert alive(root) == []
    header, *rows = cells(root)
    assert [content for _kind, content in header] == list(HEADERS)
    assert [(row[0][0], row[0][1]) for row in rows] == [("string", text) for text in TEXTS]
    assert {row[1] for row in rows} == {("string", "974760673")}
    assert [row[2][0] for row in rows] == ["float"] * len(ROWS)
    assert {row[3] for row in rows} == {("date", "01.12.2026")}
    assert {row[4][0] for row in rows} == {"percentage"}


def test_a_csv_is_what_was_written(tmp_path: Path):
    path = tmp_path / "liste.csv"
    with path.open("wb") as stream:
        write_csv(SHEET, ROWS, stream)
    root = opened(path, tmp_path, AS_CSV)
    assert alive(root) == []
    header, *rows = cells(root)
    assert [unguarded(content) for _kind, content in header] == list(HEADERS)
    assert [unguarded(row[0][1]) for row in rows] == list(TEXTS)
    assert {row[0][0] for row in rows} == {"string"}
    assert {row[1][1].replace("\u00a0", "").replace(" ", "") for row in rows} == {"974760673"}
    assert [row[2][1] for row in rows] == [str(place) for place in range(len(ROWS))]
