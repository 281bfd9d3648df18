"""What a text file is written in: its encoding and its delimiter, guessed and never insisted on."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Sequence

from crm.errors import InvalidInput

ENCODINGS = ("utf-8", "cp1252", "iso8859-15", "mac_roman", "cp865", "utf-16-le", "utf-16-be")
DELIMITERS = (";", ",", "\t", "|")
_SAMPLE = 64 * 1024
_RECORDS = 60
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LIKELY = frozenset("æøåÆØÅéÉèêëôòóöÖäÄüÜáÁíúçñšŠžđŋŧčČ–—‘’“”«»…§°·€ \u00a0")
_SEP_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"7z\xbc\xaf", "7-zip"),
    (b"Rar!", "RAR"),
    (b"{\\rtf", "RTF"),
    (b"SQLite format 3", "SQLite"),
)


def refuse_foreign(content: bytes) -> None:
    """InvalidInput naming what a file is, where it is no table at all."""
    if not content.strip(b"\0 \t\r\n"):
        raise InvalidInput("Fila er tom.", field="file", code="EMPTY")
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise InvalidInput(
            "Fila er skrevet i UTF-32, som vi ikke leser. Lagre den som CSV UTF-8.",
            field="file",
            code="ENCODING",
            seen="UTF-32",
        )
    seen = next((name for sign, name in _FOREIGN if content.startswith(sign)), None)
    beginning = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if beginning.startswith((b"<!doctype html", b"<html", b"<table")):
        seen = "HTML"
    if seen:
        raise InvalidInput(
            "Fila er en %(seen)s-fil, ikke et regneark. Velg en fil av typen CSV, XLSX, XLS eller ODS.",
            field="file",
            code="NOT_A_SHEET",
            seen=seen,
        )


def guess_encoding(content: bytes) -> str:
    """The encoding by its mark, else strict UTF-8, else whichever gives likely Norwegian letters."""
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    if marked:
        return marked
    if wide := _without_mark(content[:_SAMPLE]):
        return wide
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "utf-8" if _is_damaged_utf8(content) else _eight_bits(content)
    return "utf-8"


def _without_mark(sample: bytes) -> str | None:
    """UTF-16 without its mark shows every other byte as nought."""
    half = max(1, len(sample) // 2)
    even, odd = sample[::2].count(0) / half, sample[1::2].count(0) / half
    if odd > 0.4 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.1 else None


def _is_damaged_utf8(content: bytes) -> bool:
    """Whether all but a few of the letters beyond ASCII are whole UTF-8."""
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(1 for char in text if char > "\x7f") - broken
    return whole >= 2 * broken > 0 or (whole == 0 and broken == 1 and content[-1:] >= b"\xc0")


def _eight_bits(content: bytes) -> str:
    """Which of the one-byte encodings makes letters of what stands beyond ASCII; Windows' own in doubt."""
    odd = Counter(byte for byte in content if byte > 0x7F)
    return max(("cp1252", "mac_roman", "cp865"), key=lambda name: _likelihood(odd, name))


def _likelihood(odd: Counter[int], encoding: str) -> int:
    return sum(count for byte, count in odd.items() if bytes([byte]).decode(encoding, "replace") in _LIKELY)


def sep_line(text: str) -> str | None:
    """The delimiter a first line ``sep=;`` names, which Excel writes and swallows."""
    found = _SEP_LINE.match(text)
    return found.group(1) if found else None


def guess_delimiter(text: str) -> str:
    """The delimiter that cuts the beginning into rows of the same length, the longer the better."""
    named = sep_line(text)
    if named:
        return named
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    return max(DELIMITERS, key=lambda one: _evenness(sample, one))


def _evenness(sample: str, delimiter: str) -> tuple[float, int]:
    lengths = [len(row) for row in records(sample, delimiter) if row]
    if not lengths:
        return 0.0, 0
    usual, times = Counter(lengths).most_common(1)[0]
    if usual == 1:  # a title above the table may outnumber a very short one
        usual = max(lengths)
        times = lengths.count(usual) // 2
    return (round(times / len(lengths), 1), usual) if usual > 1 else (0.0, 0)


def records(sample: str, delimiter: str) -> Sequence[list[str]]:
    """The first records of a sample, as far as they can be read."""
    found: list[list[str]] = []
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", sample)
    try:
        for row in csv.reader(lines, delimiter=delimiter, strict=True):
            found.append(row)
            if len(found) >= _RECORDS:
                break
    except csv.Error:
        pass
    return found
