"""Files nobody means well with, made when they are needed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

import openpyxl

ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def workbook(rows: Sequence[Sequence[object]], *, title: str = "Ark1") -> bytes:
    """The rows as XLSX."""
    made = openpyxl.Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(list(row))
    return saved(made)


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def ods(rows: Sequence[Sequence[str]]) -> bytes:
    """The rows as ODS, written out by hand."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(c)}</text:p></table:table-cell>'
            for c in row
        )
        + "</table:table-row>"
        for row in rows
    )
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body>'
        f'<office:spreadsheet><table:table table:name="Ark">{cells}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest'
        ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/></manifest:manifest>'
    )
    parts = {"mimetype": ODS_TYPE, "content.xml": content, "META-INF/manifest.xml": manifest}
    return zipped({name: text.encode() for name, text in parts.items()})


def zipped(parts: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as opened:
        for name, content in parts.items():
            opened.writestr(name, content)
    return stream.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def sheet_xml(content: bytes, inner: str) -> bytes:
    """A workbook with its first sheet's rows written as given."""
    parts = parts_of(content)
    xml = parts["xl/worksheets/sheet1.xml"].decode()
    before, _, rest = xml.partition("<sheetData>")
    _, _, after = rest.partition("</sheetData>")
    parts["xl/worksheets/sheet1.xml"] = f"{before}<sheetData>{inner}</sheetData>{after}".encode()
    return zipped(parts)


def row_bomb(rows: int) -> bytes:
    """Few bytes that unpack to many rows."""
    return sheet_xml(workbook([["Navn"]]), '<row><c t="inlineStr"><is><t>Bombe AS</t></is></c></row>' * rows)


def lying(content: bytes) -> bytes:
    """A workbook whose directory says that its first sheet is one byte long."""
    name = b"xl/worksheets/sheet1.xml"
    place = content.rfind(name)
    start = content.rfind(b"PK\x01\x02", 0, place)
    return content[: start + 24] + struct.pack("<I", 1) + content[start + 28 :]


def overlapping(content: bytes) -> bytes:
    """A workbook whose second part is said to begin where the first does."""
    first = content.find(b"PK\x01\x02")
    second = content.find(b"PK\x01\x02", first + 4)
    return content[: second + 42] + content[first + 42 : first + 46] + content[second + 46 :]


def damaged(content: bytes) -> bytes:
    """A workbook with one byte of its first sheet turned over."""
    place = content.find(b"xl/worksheets/sheet1.xml") + 60
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


def gzipped(content: bytes) -> bytes:
    made = zlib.compressobj(wbits=31)
    return made.compress(content) + made.flush()
