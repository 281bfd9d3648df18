"""Reading a workbook in a process of its own, with little memory and time; it answers in lines of JSON.

The workbook comes on standard input. The last line says ``done`` or ``failed``; where neither came, the
process was stopped, and what it had said so far is worth nothing.
"""

from __future__ import annotations

import io
import json
import re
import signal
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from crm.errors import InvalidInput
from crm.sheets.tables import LIMITS, Form, Limits
from crm.sheets.zip_check import damaged, form_of_zip

_ERROR_CELL = re.compile(rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>')
_NO_VALUE = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\b[^>]*/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_REFERENCE = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_LOOKED_BACK = 4096
_MOST_ODD = 5000


def main() -> None:
    """Read what ``sys.argv`` asks for: the name of a sheet, and how many rows (0 for all)."""
    limits = LIMITS
    _limit(limits)
    sheet, most = sys.argv[-2], int(sys.argv[-1])
    out = sys.stdout
    try:
        for line in answers(sys.stdin.buffer.read(), sheet, most, limits):
            out.write(json.dumps(line, ensure_ascii=True, separators=(",", ":")) + "\n")
        last: dict[str, Any] = {"done": True}
    except InvalidInput as error:
        last = {"failed": error.message, "field": error.field, "values": error.values}
    except MemoryError:
        sys.exit(3)
    out.write(json.dumps(last) + "\n")
    out.flush()


def answers(content: bytes, asked: str, most: int, limits: Limits) -> Iterator[Any]:
    """What a workbook holds: first its sheets, then each row as its number and its cells' texts."""
    from python_calamine import CalamineError, PasswordError, load_workbook  # noqa: PLC0415  (under the limits)

    form = form_of_zip(content, limits) if content.startswith(b"PK") else Form.XLS
    try:
        with load_workbook(io.BytesIO(content)) as book:
            sheets = [one for one in book.sheets_metadata if "Work" in str(one.typ)]
            names = [one.name for one in sheets]
            if not names:
                raise _nothing()
            visible = [one.name for one in sheets if str(one.visible).endswith(".Visible")]
            chosen = asked if asked in names else (visible or names)[0]
            sheet = book.get_sheet_by_name(chosen)
            start, end = sheet.start, sheet.end
            odd = list(_odd_cells(content, names.index(chosen))) if form is Form.XLSX else []
            yield {
                "form": form.value,
                "sheet": chosen,
                "sheets": [[name, name not in visible] for name in names],
                "merged": [list(map(list, area)) for area in (sheet.merged_cell_ranges or [])[:_MOST_ODD]],
                "odd": odd,
                "first": start[1] if start else 0,
            }
            if start and end:
                _refuse_wide(end[1] - start[1] + 1, limits)
                kept = {row + 1 for row, _column, _code in odd}
                yield from _rows(sheet.iter_rows(), kept, most)
    except PasswordError as error:
        raise InvalidInput(
            "Fila er låst med passord. Fjern passordet, og prøv igjen.", field="file", code="LOCKED"
        ) from error
    except CalamineError as error:
        raise damaged() from error


def _rows(rows: Iterator[list[Any]], kept: set[int], most: int) -> Iterator[list[Any]]:
    """Rows that hold something or are ``kept``, with their numbers; ``most`` of them, or all for 0."""
    given = 0
    for number, cells in enumerate(rows, start=1):
        if number in kept or any(cell != "" for cell in cells):
            yield [number, [cell if isinstance(cell, str) else as_text(cell) for cell in cells]]
            given += 1
            if most and given >= most:
                return


def as_text(value: object) -> str:
    """A typed cell as text: whole numbers without a point, days as ISO 8601.

    Examples
    --------
    >>> as_text(974760673.0), as_text(date(2026, 11, 23)), as_text(True)
    ('974760673', '2026-11-23', 'Ja')
    """
    if isinstance(value, bool):
        return "Ja" if value else "Nei"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10**15 else repr(value)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return f"{value:%Y-%m-%d}" if midnight else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _odd_cells(content: bytes, place: int) -> Iterator[tuple[int, int, str]]:
    """Cells the reader would give as empty: errors, and formulas never worked out. Row, column, code."""
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        parts = [name for name in opened.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
        name = f"xl/worksheets/sheet{place + 1}.xml"
        if name not in parts:
            return
        text = opened.read(name)
    found = 0
    for match in _ERROR_CELL.finditer(text):
        yield *_place(match), "CELL_ERROR"
        found += 1
        if found >= _MOST_ODD:
            return
    for match in _NO_VALUE.finditer(text):
        before = list(_REFERENCE.finditer(text, max(0, match.start() - _LOOKED_BACK), match.start()))
        if before:
            yield *_place(before[-1]), "FORMULA_NO_VALUE"
            found += 1
        if found >= _MOST_ODD:
            return


def _place(match: re.Match[bytes]) -> tuple[int, int]:
    column = 0
    for char in match.group(1):
        column = column * 26 + char - 64
    return int(match.group(2)) - 1, column - 1


def _refuse_wide(width: int, limits: Limits) -> None:
    if width > limits.columns:
        raise InvalidInput(
            "Tabellen har %(count)s kolonner. Den kan ha høyst %(most)s. Slett de tomme eller ubrukte.",
            field="file",
            code="TOO_MANY_COLUMNS",
            count=width,
            most=limits.columns,
        )


def _nothing() -> InvalidInput:
    return InvalidInput("Fila har ingen ark med celler.", field="file", code="EMPTY")


def _limit(limits: Limits) -> None:
    """Bound memory, computing time and the clock, where the system can."""
    try:
        import resource  # noqa: PLC0415  (not on every system)
    except ImportError:
        return
    memory = limits.megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(3 * limits.seconds)
