"""Looking into a zip before anybody unpacks it: how much there is, whether it is whole, whether it lies."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from crm.errors import InvalidInput
from crm.sheets.tables import Form, Limits

_END = b"PK\x05\x06"
_END_SIZE, _LONGEST_COMMENT = 22, 65_535
_ENCRYPTED = 0x1
_PIECE = 1 << 20
_MEGABYTE = 1 << 20


def form_of_zip(content: bytes, limits: Limits) -> Form:
    """Which workbook a zip is, every part unpacked once and counted; InvalidInput where it is none."""
    _refuse_many(content, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            parts = opened.infolist()
            _refuse_odd(parts, limits)
            form = _form(opened)
            _unpack(opened, parts, limits)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, OSError) as error:
        raise damaged() from error
    return form


def damaged(part: str = "") -> InvalidInput:
    if part:
        return InvalidInput(
            "Regnearket er skadet: delen «%(part)s» lar seg ikke lese. Åpne det i Excel eller LibreOffice,"
            " og lagre det på nytt.",
            field="file",
            code="DAMAGED",
            part=part,
        )
    return InvalidInput(
        "Regnearket er skadet. Åpne det i Excel eller LibreOffice, og lagre det på nytt.",
        field="file",
        code="DAMAGED",
    )


def _refuse_many(content: bytes, limits: Limits) -> None:
    """The count of parts stands at the end; a long list of them costs memory before it can be refused."""
    end = content.rfind(_END, max(0, len(content) - _END_SIZE - _LONGEST_COMMENT))
    if end < 0 or len(content) < end + _END_SIZE:
        raise damaged()
    count, size = struct.unpack_from("<HI", content, end + 10)
    if count > limits.entries or size > limits.entries * 1024:
        raise InvalidInput(
            "Fila har %(count)s deler. Et regneark kan ha høyst %(most)s.",
            field="file",
            code="TOO_MANY_PARTS",
            count=count,
            most=limits.entries,
        )


def _refuse_odd(parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise InvalidInput(
            "Fila er låst med passord. Fjern passordet, og prøv igjen.", field="file", code="LOCKED"
        )
    if sum(part.file_size for part in parts) > limits.unpacked:
        raise too_large(limits)
    end = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.header_offset < end:  # two parts share bytes: made so that unpacking grows without end
            raise damaged(part.filename[:80])
        end = part.header_offset + part.compress_size
        if part.file_size > _MEGABYTE and part.file_size > limits.ratio * max(1, part.compress_size):
            raise too_large(limits)


def _form(opened: zipfile.ZipFile) -> Form:
    names = set(opened.namelist())
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        return Form.XLSX
    if "mimetype" in names and b"opendocument.spreadsheet" in opened.read("mimetype")[:200]:
        return Form.ODS
    raise InvalidInput(
        "Fila er en zip-fil, ikke et regneark. Pakk den ut, og velg regnearket i den.",
        field="file",
        code="NOT_A_SHEET",
        seen="zip",
    )


def _unpack(opened: zipfile.ZipFile, parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Read every part to its end: sizes counted, check sums compared, and nothing kept."""
    left = limits.unpacked
    for part in parts:
        try:
            with opened.open(part) as stream:
                while piece := stream.read(_PIECE):
                    left -= len(piece)
                    if left < 0:
                        raise too_large(limits)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise damaged(part.filename[:80]) from error


def too_large(limits: Limits) -> InvalidInput:
    return InvalidInput(
        "Regnearket pakker ut til mer enn %(most)s MB. Del det i flere, eller lagre det som CSV.",
        field="file",
        code="TOO_LARGE",
        most=limits.unpacked // _MEGABYTE,
    )
