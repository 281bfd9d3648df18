"""The rows that were not taken in, as a file like their own with what is wrong in one column more."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy.orm import Session

from crm.exchange import queries
from crm.exchange.drafts import reading_of
from crm.exchange.models import Import, ImportRow, Verdict
from crm.sheets.columns import Column, Sheet
from crm.sheets.plain_text import cell_text, guarded
from crm.sheets.tables import Form
from crm.sheets.xlsx_out import write_xlsx

Say = Callable[[dict[str, Any]], str]


def rejected(session: Session, import_id: int) -> Iterator[ImportRow]:
    """The rows that were refused, or wait for an answer nobody gave."""
    wanted = queries.rows(import_id).where(ImportRow.verdict.in_([Verdict.REJECTED, Verdict.DUPLICATE]))
    yield from session.scalars(wanted.execution_options(yield_per=500))


def as_file(session: Session, found: Import, *, heading: str, say: Say) -> tuple[bytes, Form]:
    """The refused rows in the form of their file (workbooks as XLSX), each with what ``say`` says of it."""
    header = [*found.header, heading]
    rows = ([*row.cells, " ".join(_said(row, say))] for row in rejected(session, found.id))
    reading = reading_of(found.reading)
    if reading.form is Form.CSV:
        return _as_csv(header, rows, encoding=reading.encoding, delimiter=reading.delimiter), Form.CSV
    stream = io.BytesIO()
    write_xlsx(Sheet(found.name, tuple(Column(name) for name in header)), rows, stream)
    return stream.getvalue(), Form.XLSX


def _said(row: ImportRow, say: Say) -> list[str]:
    """What is wrong; of a row that waits for an answer, what was asked."""
    errors = [remark for remark in row.remarks if remark["error"]]
    return [say(remark) for remark in errors or row.remarks]


def _as_csv(header: list[str], rows: Iterable[list[str]], *, encoding: str, delimiter: str) -> bytes:
    """In the encoding it came in; UTF-8 with its mark where that has no letter for something."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
    for row in (header, *rows):
        writer.writerow([guarded(cell_text(cell)[0]) for cell in row])
    text = stream.getvalue()
    try:
        return text.encode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeEncodeError:
        return text.encode("utf-8-sig", "replace")
