"""Reading workbooks (XLSX, XLS, ODS) through a child process, so that a hostile file can hurt nobody."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from crm.errors import InvalidInput, said
from crm.sheets.tables import CELL_ERROR, LIMITS, MERGED, Form, Problem, Row, SheetName, judge, letter

_ROOT = str(Path(__file__).parents[2])
_BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from crm.sheets.workbook_child import main; main()"
NO_VALUE = said("Cella har en formel som aldri er regnet ut. Åpne fila i Excel, lagre den, og prøv igjen.")


@dataclass(frozen=True, slots=True)
class Workbook:
    """What stands first in a child's answer."""

    form: Form
    sheet: str
    sheets: tuple[SheetName, ...]
    first: int
    odd: dict[int, tuple[Problem, ...]]


def open_workbook(content: bytes, sheet: str = "", *, most: int = 0) -> Iterator[Workbook | Row]:
    """The workbook first, then its rows: ``most``, or all for 0; InvalidInput where it cannot be read."""
    answers = _answers(content, sheet, most)
    book = _workbook(next(answers))
    yield book
    before = ("",) * book.first
    for count, (number, cells) in enumerate(answers, start=1):
        if count > LIMITS.rows + 1 and not most:
            raise InvalidInput(
                "Tabellen har mer enn %(most)s rader. Del den i flere.",
                field="file",
                code="TOO_MANY_ROWS",
                most=LIMITS.rows,
            )
        row = judge(number, before + tuple(cells))
        odd = book.odd.get(number)
        yield replace(row, problems=(*row.problems, *odd)) if odd else row


def _answers(content: bytes, sheet: str, most: int) -> Iterator[Any]:
    """The child's lines but the last, which says how it went. Closing the iterator ends the child."""
    command = [sys.executable, "-I", "-c", _BOOT, _ROOT, sheet, str(most)]
    with tempfile.TemporaryFile() as given:
        given.write(content)
        given.seek(0)
        child = subprocess.Popen(  # noqa: S603  (our own code)
            command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        try:
            yield from _lines(child)
        finally:
            with suppress(ProcessLookupError):
                child.kill()
            child.wait()
            if child.stdout:
                child.stdout.close()


def _lines(child: subprocess.Popen[bytes]) -> Iterator[Any]:
    for line in child.stdout or ():
        answer = _parsed(line)
        if isinstance(answer, dict) and "done" in answer:
            return
        if isinstance(answer, dict) and "failed" in answer:
            sentence = answer["failed"]
            raise InvalidInput(sentence, field=answer["field"], **answer["values"])
        yield answer
    raise InvalidInput(
        "Regnearket er for stort eller for innviklet til å leses. Lagre arket som CSV, og prøv med det.",
        field="file",
        code="TOO_HEAVY",
    )


def _parsed(line: bytes) -> Any:
    """A line cut short by the child's end counts as no answer."""
    try:
        return json.loads(line)
    except ValueError:
        return {}


def _workbook(head: Any) -> Workbook:
    odd: dict[int, list[Problem]] = {}
    for row, column, code in head["odd"]:
        message = CELL_ERROR if code == "CELL_ERROR" else NO_VALUE
        odd.setdefault(row + 1, []).append(Problem(code, message, column))
    for (top, left), (bottom, right) in head["merged"]:
        area = f"{letter(left)}{top + 1}:{letter(right)}{bottom + 1}"
        for row in range(top, min(bottom, top + LIMITS.rows) + 1):
            odd.setdefault(row + 1, []).append(Problem("MERGED", MERGED, left, area))
    return Workbook(
        form=Form(head["form"]),
        sheet=head["sheet"],
        sheets=tuple(SheetName(name, hidden) for name, hidden in head["sheets"]),
        first=head["first"],
        odd={number: tuple(problems) for number, problems in odd.items()},
    )
