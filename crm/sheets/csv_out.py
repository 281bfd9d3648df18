"""Lists as CSV for Norwegian Excel: semicolons, decimal commas, UTF-8 with its mark, one row at a time.

Organisation numbers are written as people read them, in threes parted by non-breaking spaces: text to
most programs, and where Excel takes it for a number after all, none of its nine digits is lost, since it
never begins with a zero. ``parse_orgnr`` reads it back. A telephone number keeps its country code: Excel
would do the sum ``+47…`` and drop the plus, so it stands behind the apostrophe that guards all such text.
``unguarded`` takes it off again on the way in.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache, partial
from typing import BinaryIO

from crm.orgnr import format_orgnr
from crm.sheets.columns import Kind, Sheet, Written
from crm.sheets.fitting import as_percent, fitted, is_orgnr, plain, with_comma
from crm.sheets.plain_text import cell_text, guarded


def write_csv(sheet: Sheet, rows: Iterable[Sequence[object]], stream: BinaryIO) -> Written:
    """Write header and rows to a binary stream, which stays open."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    text.write("\ufeff")
    writer.writerow([_guarded_text(column.header)[0] for column in sheet.columns])
    count = replaced = 0
    write = [
        partial(_cell, column.kind) if column.kind is not Kind.TEXT else _text for column in sheet.columns
    ]
    for row in rows:
        cells = [cell(value) for cell, value in zip(write, row, strict=True)]
        writer.writerow([cell for cell, _ in cells])
        count += 1
        replaced += sum(changed for _, changed in cells)
    text.detach()
    return Written(rows=count, replaced=replaced)


def write_plain_csv(sheet: Sheet, rows: Iterable[Sequence[object]], stream: BinaryIO) -> Written:
    """Write what programs read: commas, points, days as ISO 8601, every text as it is; no spreadsheet's."""
    text = io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.header for column in sheet.columns])
    count = 0
    for row in rows:
        writer.writerow([value.isoformat() if isinstance(value, date) else value for value in row])
        count += 1
    text.detach()
    return Written(rows=count, replaced=0)


def _text(value: object) -> tuple[str, bool]:
    """A cell of a column of texts, most of which are."""
    return _guarded_text(value) if isinstance(value, str) else _cell(Kind.TEXT, value)


def _cell(kind: Kind, value: object) -> tuple[str, bool]:
    """The cell's characters, and whether some had to be replaced."""
    content = fitted(kind, value)
    if content is None:
        return "", False
    if isinstance(content, str):
        if kind is Kind.ORGNR and is_orgnr(content):
            return format_orgnr(content), False
        return _guarded_text(content)
    if kind is Kind.PERCENT and not isinstance(content, date):
        return as_percent(content), False
    return (_day(content) if isinstance(content, date) else with_comma(content)), False


_day = lru_cache(maxsize=5_000)(plain)


def _guarded_text(text: str) -> tuple[str, bool]:
    cell, changed = cell_text(text)
    return guarded(cell), changed
