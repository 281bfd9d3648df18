"""Opening a file nobody has described: what it is, how it is written, and its rows."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from crm.errors import InvalidInput
from crm.sheets.day_forms import DayForm, Decimal, guess_day_form, guess_decimal
from crm.sheets.tables import Form, Reading, Row, SheetName, fit, letter
from crm.sheets.text_forms import guess_delimiter, guess_encoding, refuse_foreign
from crm.sheets.text_in import read_text
from crm.sheets.workbook_in import Workbook, open_workbook

SAMPLE = 200
_LOOKED_FOR_HEADER = 25
_SAMPLE_BYTES = 256 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Look:
    """The first rows of a file, and how we would read it. ``top`` begins at the first row of the file."""

    reading: Reading
    top: tuple[Row, ...]
    sheets: tuple[SheetName, ...]

    @property
    def header(self) -> tuple[str, ...]:
        """The headings, without blanks around them and without empty ones at the end."""
        return _headings(next((row.cells for row in self.top if row.number == self.reading.header), ()))

    @property
    def sample(self) -> tuple[Row, ...]:
        """The first rows under the heading that hold something."""
        width = len(self.header)
        below = (row for row in self.top if row.number > self.reading.header and not row.empty)
        return tuple(fit(row, width) for row in below)

    @property
    def day_form(self) -> DayForm:
        return guess_day_form(cell for row in self.sample for cell in row.cells)

    @property
    def decimal(self) -> Decimal:
        return guess_decimal(cell for row in self.sample for cell in row.cells)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody chose instead of our guesses; what is empty is guessed."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header: int | None = None


def look(content: bytes, wanted: Wanted | None = None) -> Look:
    """The beginning of a file and how to read it; InvalidInput in one sentence where it is no table."""
    chosen = wanted or Wanted()
    refuse_foreign(content)
    opened = _look_at_workbook if _is_workbook(content) else _look_at_text
    reading, top, sheets = opened(content, chosen)
    header = guess_header(top) if chosen.header is None else chosen.header
    found = Look(replace(reading, header=header), tuple(top), sheets)
    if not found.header:
        raise InvalidInput(
            "Fant ingen overskrifter i rad %(row)s. Velg raden som har dem.", field="header", row=header
        )
    _refuse_doubles(found.header)
    return found


def read(content: bytes, reading: Reading) -> Iterator[Row]:
    """The rows under the heading that hold something, each as wide as the heading.

    InvalidInput where reading must stop; then nothing of the file may be used.
    """
    if reading.form is Form.CSV:
        rows: Iterator[Row] = read_text(content, encoding=reading.encoding, delimiter=reading.delimiter)
    else:
        answers = open_workbook(content, reading.sheet)
        rows = (row for row in answers if isinstance(row, Row))
    width = 0
    for row in rows:
        if row.number == reading.header:
            width = len(_headings(row.cells))
        elif row.number > reading.header and not row.empty:
            yield fit(row, width)


def guess_header(top: Sequence[Row]) -> int:
    """The first row as wide as the table, or nearly so, whose cells are all words and all different."""
    filled = [(row.number, [cell.strip() for cell in row.cells if cell.strip()]) for row in top]
    usual = sorted(len(cells) for _number, cells in filled[:SAMPLE] if cells)
    widest = usual[len(usual) // 2] if usual else 0
    for number, cells in filled[:_LOOKED_FOR_HEADER]:
        wide = len(cells) >= max(1, 0.6 * widest)
        if wide and len(set(cells)) == len(cells) and not any(_is_value(cell) for cell in cells):
            return number
    return next((number for number, cells in filled if cells), 1)


def _is_value(cell: str) -> bool:
    """Whether a cell looks like content rather than a heading: digits mostly, or an address."""
    return sum(char.isdigit() for char in cell) * 2 > len(cell) or "@" in cell or len(cell) > 100


def _headings(cells: Sequence[str]) -> tuple[str, ...]:
    names = ["".join(_clean(char) for char in cell).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(" ".join(name.split()) for name in names)


def _clean(char: str) -> str:
    category = unicodedata.category(char)
    return " " if category == "Cc" or char == "\u00a0" else "" if category in {"Cf", "Cs"} else char


def _refuse_doubles(header: Sequence[str]) -> None:
    seen: dict[str, int] = {}
    for place, name in enumerate(header):
        key = name.casefold()
        if key and key in seen:
            raise InvalidInput(
                "Kolonnene %(first)s og %(second)s heter begge «%(name)s». Gi den ene et annet navn,"
                " for eksempel «Telefon kontaktperson», og prøv igjen.",
                field="header",
                code="HEADER_TWICE",
                first=letter(seen[key]),
                second=letter(place),
                name=name[:40],
            )
        seen[key] = place


def _is_workbook(content: bytes) -> bool:
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06", _OLE))


def _look_at_workbook(content: bytes, wanted: Wanted) -> tuple[Reading, list[Row], tuple[SheetName, ...]]:
    answers = open_workbook(content, wanted.sheet, most=SAMPLE)
    book = next(answers)
    if not isinstance(book, Workbook):
        raise TypeError("a workbook's answer begins with what it is")
    top = [row for row in answers if isinstance(row, Row)]
    if not top:
        raise InvalidInput("Arket «%(sheet)s» er tomt.", field="file", code="EMPTY", sheet=book.sheet[:40])
    return Reading(form=book.form, sheet=book.sheet), top, book.sheets


def _look_at_text(content: bytes, wanted: Wanted) -> tuple[Reading, list[Row], tuple[SheetName, ...]]:
    encoding = wanted.encoding or guess_encoding(content)
    beginning = content[:_SAMPLE_BYTES].decode(encoding, "replace").removeprefix("\ufeff")
    delimiter = wanted.delimiter or guess_delimiter(beginning)
    top = list(islice(read_text(content, encoding=encoding, delimiter=delimiter), SAMPLE))
    return Reading(form=Form.CSV, encoding=encoding, delimiter=delimiter), top, ()
