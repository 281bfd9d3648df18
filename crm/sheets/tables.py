"""What a table is when it comes in: rows with the number a spreadsheet shows, cells as text, and complaints.

Every cell is text: a number typed in a workbook is its digits, a day is ``2026-11-23``, yes is ``Ja``.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from crm.errors import said

_LONGEST_SHOWN = 60
_PERSONAL = 11


class Form(StrEnum):
    """What kind of file a table lies in."""

    CSV = "csv"
    ODS = "ods"
    XLS = "xls"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken in; seconds are of computing, megabytes of memory, both in the reading process."""

    unpacked: int = 200 * 1024 * 1024
    entries: int = 200
    ratio: int = 200
    rows: int = 100_000
    columns: int = 200
    cell: int = 10_000
    seconds: int = 60
    megabytes: int = 512


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row; ``message`` is a sentence in bokmål, ``column`` counts from 0."""

    code: str
    message: str
    column: int | None = None
    value: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: ``number`` as a spreadsheet shows it, ``line`` where a text editor finds it."""

    number: int
    cells: tuple[str, ...]
    line: int | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def empty(self) -> bool:
        return not self.problems and not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class SheetName:
    name: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read: guessed at first, then as somebody chose. ``header`` is a row number."""

    form: Form
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header: int = 1


def letter(column: int) -> str:
    """The letters a spreadsheet has above a column, counted from 0.

    Examples
    --------
    >>> letter(0), letter(25), letter(26), letter(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    letters = ""
    left = column + 1
    while left:
        left, digit = divmod(left - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


def shown(text: str) -> str:
    """A value as it may stand in a message: short, visible, and without what may be a person's number."""
    short = "".join(_visible(char) for char in text[: _LONGEST_SHOWN + 1])
    if len(text) > _LONGEST_SHOWN:
        short = short[:_LONGEST_SHOWN] + "…"
    hidden = sum(char.isdigit() for char in text) >= _PERSONAL
    return "".join("•" if hidden and char.isdigit() else char for char in short)


def _visible(char: str) -> str:
    if char < " ":
        return chr(0x2400 + ord(char))
    return "�" if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"} else char


TOO_LONG = said("Cella er lengre enn 10 000 tegn. Kort den ned.")
BROKEN_BYTE = said(
    "Cella har et tegn som ikke lar seg lese i dette tegnsettet. Velg et annet tegnsett, eller rett tegnet."
)
NUL = said("Cella har et usynlig nulltegn, som ikke kan lagres. Skriv innholdet på nytt.")
STRAY_BOM = said(
    "Raden begynner med et usynlig merke (BOM). Da er gjerne to filer limt sammen her. Ta merket bort."
)
TOO_MANY = said(
    "Raden har flere celler enn overskriften. Se etter et skilletegn inne i en verdi uten anførselstegn."
)
CELL_ERROR = said("Cella viser en feil fra regnearket. Rett formelen, eller skriv verdien.")
MERGED = said("Cella er slått sammen med andre. Del dem, og skriv verdien i hver rad.")
NO_CHARACTER = said("Cella har et tegn som ikke finnes i Unicode. Skriv innholdet på nytt.")

_ERRORS = {"#N/A", "#REF!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#I/T", "#VERDI!", "#NAVN?"}


def judge(number: int, cells: tuple[str, ...], *, line: int | None = None) -> Row:
    """A row with what is wrong with its cells."""
    together = "".join(cells)
    if together.isascii() and len(together) <= LIMITS.cell and "\0" not in together and "#" not in together:
        return Row(number, cells, line)
    problems = [problem for place, cell in enumerate(cells) for problem in _of_cell(place, cell)]
    if cells[0].startswith("\ufeff"):
        problems.append(Problem("STRAY_BOM", STRAY_BOM, 0, shown(cells[0])))
    return Row(number, cells, line, tuple(problems))


def fit(row: Row, width: int) -> Row:
    """A row with as many cells as the heading has; more with something in them is a complaint."""
    if len(row.cells) == width:
        return row
    cells, problems = row.cells, row.problems
    if any(cell.strip() for cell in cells[width:]):
        problems = (*problems, Problem("TOO_MANY_CELLS", TOO_MANY, width, shown(cells[width])))
    return Row(row.number, cells[:width] + ("",) * (width - len(cells)), row.line, problems)


def _of_cell(place: int, cell: str) -> list[Problem]:
    """The complaints about one cell; most have none, and are looked at once."""
    found = []
    if len(cell) > LIMITS.cell:
        found.append(Problem("CELL_TOO_LONG", TOO_LONG, place, shown(cell)))
    if "\0" in cell:
        found.append(Problem("NUL", NUL, place, shown(cell)))
    if cell.startswith("#") and cell.strip() in _ERRORS:
        found.append(Problem("CELL_ERROR", CELL_ERROR, place, shown(cell)))
    if not cell.isascii() and (odd := {char for char in cell if _impossible(char)}):
        broken = any("\udc80" <= char <= "\udcff" for char in odd)
        code, message = ("ENCODING", BROKEN_BYTE) if broken else ("NO_CHARACTER", NO_CHARACTER)
        found.append(Problem(code, message, place, shown(cell)))
    return found


def _impossible(char: str) -> bool:
    """Half a character, or one that Unicode says is none; no database may hold the first."""
    return "\ud800" <= char <= "\udfff" or char in "\ufffe\uffff"
