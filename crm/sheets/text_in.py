"""Reading CSV and its kin, strictly: a quote nobody closed is an error in its row, and ends the reading."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator

from crm.errors import InvalidInput
from crm.sheets.plain_text import GUARD, unguarded
from crm.sheets.tables import LIMITS, Limits, Row, judge, shown
from crm.sheets.text_forms import sep_line

_LONGEST_FIELD = 1_000_000


class _Lines:
    """The lines of a text, counted; the one a record began with is kept for what must be said of it."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.begin = ""
        self.fresh = True

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        if self.fresh:
            self.begin, self.fresh = line, False
        return line


def read_text(
    content: bytes, *, encoding: str, delimiter: str, limits: Limits | None = None
) -> Iterator[Row]:
    """The rows of a text file, empty ones too; InvalidInput names the row where reading must stop.

    Rows are counted as a spreadsheet counts them; ``line`` is the line of the file a row begins on.
    """
    within = limits or LIMITS
    csv.field_size_limit(_LONGEST_FIELD)
    lines = _Lines(_text(content, encoding))
    shift = 0
    first = next(lines, "")
    if sep_line(first):
        shift = 1
        lines.fresh = True
    else:
        lines = _Lines(_chain(first, lines))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = filled = 0
    while True:
        number, line, lines.fresh = number + 1, reader.line_num + 1 + shift, True
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken(number, line, lines.begin, str(error)) from error
        filled += bool(cells)
        _refuse_excess(number, len(cells), filled, within)
        yield judge(number, tuple(_bare(cell) for cell in cells), line=line)


def _chain(first: str, rest: Iterable[str]) -> Iterator[str]:
    if first:
        yield first
        yield from rest


def _bare(cell: str) -> str:
    return unguarded(cell) if cell.startswith(GUARD) else cell


def _text(content: bytes, encoding: str) -> io.TextIOWrapper:
    """The decoded text without its mark; bytes that fit no letter stay recognisable, one by one."""
    marks = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    stream = io.BytesIO(content)
    mark = marks.get(encoding, b"")
    if mark and content.startswith(mark):
        stream.seek(len(mark))
    errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
    return io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline="")


def _broken(number: int, line: int, begin: str, reason: str) -> InvalidInput:
    if "limit" in reason and begin.count('"') % 2 == 0:
        return InvalidInput(
            "Rad %(row)s: en celle er lengre enn 10 000 tegn. Kort den ned.",
            field="file",
            code="CELL_TOO_LONG",
            row=number,
            line=line,
            value=shown(begin),
        )
    return InvalidInput(
        "Rad %(row)s (linje %(line)s i fila): et anførselstegn er ikke lukket, eller det står tegn etter det:"
        " %(value)s. Rett anførselstegnene i denne raden.",
        field="file",
        code="QUOTE",
        row=number,
        line=line,
        value=shown(begin),
    )


def _refuse_excess(number: int, width: int, filled: int, limits: Limits) -> None:
    if width > limits.columns:
        raise InvalidInput(
            "Rad %(row)s har %(count)s celler. Den kan ha høyst %(most)s. Er skilletegnet riktig?",
            field="file",
            code="TOO_MANY_COLUMNS",
            row=number,
            count=width,
            most=limits.columns,
        )
    if filled > limits.rows + 1:
        raise InvalidInput(
            "Tabellen har mer enn %(most)s rader. Del den i flere.",
            field="file",
            code="TOO_MANY_ROWS",
            most=limits.rows,
        )
