"""A code table from whatever file an administrator has: recognised by its content, never by its name."""

from __future__ import annotations

import csv
import gzip
import zlib
from io import BytesIO, StringIO

from crm.errors import InvalidInput
from crm.sources.code_rows import require_known, table_from_rows
from crm.sources.code_tables import CodeTable
from crm.sources.files import opened, unreadable
from crm.sources.json_records import parse_document
from crm.sources.klass import table_from_json

LARGEST = 64 * 1024 * 1024
_DELIMITERS = ",;\t"


def read_codes(path: str) -> CodeTable:
    """The table in a file; InvalidInput in one sentence where it is none."""
    with opened(path) as file:
        try:
            body = file.read(LARGEST + 1)
        except OSError as error:
            raise unreadable(path) from error
    return codes_from(body, path)


def codes_from(body: bytes, name: str) -> CodeTable:
    """The table in the bytes of a file or of an answer; ``name`` is what messages call it."""
    plain = _unpacked(body, name)
    if len(plain) > LARGEST:
        raise InvalidInput("«%(file)s» er for stor til å være en kodetabell.", field="file", file=name)
    start = plain.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if not start:
        raise InvalidInput("Filen «%(file)s» er tom.", field="file", file=name)
    if start in {b"{", b"["}:
        return table_from_json(_document(plain, name), name)
    return _csv_table(_text(plain, name), name)


def _unpacked(body: bytes, name: str) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return gzip.GzipFile(fileobj=BytesIO(body)).read(LARGEST + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise InvalidInput("Filen «%(file)s» er en skadet gzip-fil.", field="file", file=name) from error


def _document(body: bytes, name: str) -> object:
    try:
        return parse_document(body)
    except ValueError as error:
        raise InvalidInput("Filen «%(file)s» har ødelagt JSON.", field="file", file=name) from error


def _text(body: bytes, name: str) -> str:
    """Text in UTF-8, or in Windows-1252 as Klass still writes its CSV."""
    if b"\0" in body:
        raise InvalidInput("«%(file)s» er ingen kodetabell vi kjenner.", field="file", file=name)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")


def _csv_table(text: str, name: str) -> CodeTable:
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    try:
        header, *rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except (csv.Error, ValueError) as error:
        raise InvalidInput("Filen «%(file)s» er ødelagt CSV.", field="file", file=name) from error
    columns = [column.strip().lower() for column in header]
    require_known(columns, name)
    for number, cells in enumerate(rows, start=2):
        if cells and len(cells) != len(columns):
            raise InvalidInput(
                "Rad %(row)s i «%(file)s» har et annet antall celler enn første rad.",
                field="file",
                file=name,
                row=number,
            )
    return table_from_rows(columns, [dict(zip(columns, cells, strict=True)) for cells in rows if cells], name)
