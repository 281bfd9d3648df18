"""Lists as XLSX: typed cells, a header that stays in sight, and a second sheet that says how they came to be.

Every text is written as a text cell, whatever it begins with; nothing becomes a formula or a link. Rows go
to disk as they come, so a long list needs no more memory than a short one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

import xlsxwriter

from crm.errors import InvalidInput
from crm.sheets.columns import Kind, Sheet, Written
from crm.sheets.fitting import fitted, plain
from crm.sheets.plain_text import cell_text

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

ABOUT_TITLE = "Om lista"
MOST_ROWS = 1_048_575
_NARROWEST, _WIDEST = 8, 60
_MEASURED = 2_000  # So many rows tell how wide the columns are.
_FIRST_DAY = date(1900, 3, 1)  # Before it, spreadsheets count a day that never was.
_FORMATS = {
    Kind.INTEGER: "0",
    Kind.DECIMAL: "#,##0.00",
    Kind.NUMBER: "General",
    Kind.PERCENT: "0.0%",
    Kind.DATE: "dd.mm.yyyy",
    Kind.DATETIME: "dd.mm.yyyy hh:mm",
}
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


def write_xlsx(sheet: Sheet, rows: Iterable[Sequence[object]], stream: BinaryIO) -> Written:
    """Write the workbook to a binary stream; InvalidInput where the rows are more than a sheet holds."""
    with xlsxwriter.Workbook(stream, _OPTIONS) as book:
        written = _ListSheet(book, sheet).fill(rows)
        if sheet.about:
            _about_sheet(book, sheet.about)
    return written


def safe_title(title: str) -> str:
    """A title a spreadsheet allows: 31 signs, no brackets, colons, stars or slashes, none of its own.

    Examples
    --------
    >>> safe_title("Leads: helse/beredskap"), safe_title("'")
    ('Leads helse beredskap', 'Liste')
    """
    visible = re.sub(r"[\[\]:*?/\\]", " ", cell_text(title)[0])
    short = _first_units(" ".join(visible.split()).strip("' "), 31).strip("' ")
    reserved = {"", "history", ABOUT_TITLE.casefold()}
    return "Liste" if short.casefold() in reserved else short


def _first_units(text: str, most: int) -> str:
    """As much of a text as has room in ``most`` UTF-16 units, which is how spreadsheets count signs."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")


class _ListSheet:
    """The first sheet while it is being written, row by row."""

    def __init__(self, book: Workbook, sheet: Sheet) -> None:
        self._columns = sheet.columns
        self._page: Worksheet = book.add_worksheet(safe_title(sheet.title))
        self._header: Format = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        self._formats: dict[Kind, Any] = {
            kind: book.add_format({"num_format": code}) for kind, code in _FORMATS.items()
        }
        self._text: Format = book.add_format({"num_format": "@"})
        self._widths = [_NARROWEST] * len(sheet.columns)
        self._replaced = 0

    def fill(self, rows: Iterable[Sequence[object]]) -> Written:
        for place, column in enumerate(self._columns):
            self._string(0, place, column.header, self._header)
        count = 0
        for count, row in enumerate(rows, start=1):
            if count > MOST_ROWS:
                raise InvalidInput(
                    "Et regneark har plass til %(most)s rader. Filtrer lista eller velg CSV.", most=MOST_ROWS
                )
            for place, (column, value) in enumerate(zip(self._columns, row, strict=True)):
                self._cell(count, place, column.kind, value)
        self._finish(count)
        return Written(rows=count, replaced=self._replaced)

    def _cell(self, row: int, place: int, kind: Kind, value: object) -> None:
        content = fitted(kind, value)
        if content is None:
            return
        if isinstance(content, date) and _day(content) >= _FIRST_DAY:
            self._page.write_datetime(row, place, content, self._formats[kind])
            if row <= _MEASURED:
                self._widen(place, 16 if isinstance(content, datetime) else 10)
        elif isinstance(content, str | date):
            self._string(row, place, content if isinstance(content, str) else plain(content), self._text)
        else:
            self._page.write_number(row, place, content, self._formats[kind])
            if row <= _MEASURED:
                self._widen(place, len(str(content)))

    def _string(self, row: int, place: int, text: str, look: Format) -> None:
        cell, changed = cell_text(text)
        self._replaced += changed
        self._page.write_string(row, place, cell, look)
        if row <= _MEASURED:
            self._widen(place, max(map(len, cell.split("\n"))))

    def _widen(self, place: int, length: int) -> None:
        self._widths[place] = min(_WIDEST, max(self._widths[place], length + 2))

    def _finish(self, count: int) -> None:
        if not self._columns:
            return
        last = len(self._columns) - 1
        self._page.freeze_panes(1, 0)
        self._page.autofilter(0, 0, count, last)
        self._page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        for place, width in enumerate(self._widths):
            self._page.set_column(place, place, width)


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _about_sheet(book: Workbook, about: Sequence[tuple[str, str]]) -> None:
    page = book.add_worksheet(ABOUT_TITLE)
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "num_format": "@"})
    for row, (what, how) in enumerate(about):
        page.write_string(row, 0, cell_text(what)[0], bold)
        page.write_string(row, 1, cell_text(how)[0], wrapped)
    page.set_column(0, 0, 20)
    page.set_column(1, 1, _WIDEST)
