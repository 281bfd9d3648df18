"""Records from the register's CSV: dotted columns become the nested objects of its JSON.

So one mapping serves both layouts. Comma, semicolon and tab are told apart by the header; its names are
met whatever their case, since the register spells some of them otherwise in CSV than in JSON.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, NoReturn

from crm.errors import InvalidInput, said
from crm.sources.unit_records import REGISTER_NAMES
from crm.sources.units import Rejected

REQUIRED = ("organisasjonsnummer", "navn", "organisasjonsform.kode")
LONGEST_CELL = 1_000_000
_SPELLED = {name.lower(): name for name in REGISTER_NAMES}
_DELIMITERS = ";,\t|"

# Where a cell goes: its index, the field, and the field's member where the column's name is dotted.
Plan = list[tuple[int, str, str]]


def csv_records(stream: BinaryIO, name: str) -> Iterator[tuple[int, dict[str, object] | Rejected]]:
    """Each record with its row in the sheet, the header being row 1; InvalidInput names file and row."""
    csv.field_size_limit(LONGEST_CELL)
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    row = 1
    try:
        header_line = text.readline(LONGEST_CELL)
        if header_line.lower().startswith("sep="):
            header_line = text.readline(LONGEST_CELL)
        delimiter = max(_DELIMITERS, key=header_line.count)
        plan = _plan(next(csv.reader([header_line], delimiter=delimiter, strict=True), []), name)
        width = header_line.count(delimiter) + 1
        for row, cells in enumerate(csv.reader(text, delimiter=delimiter, strict=True), start=2):
            if cells:
                yield row, _record(cells, plan, row=row, width=width)
    except csv.Error as error:
        _refuse(
            said("Rad %(row)s i «%(file)s» har et anførselstegn som ikke lukkes, eller en for lang celle."),
            name,
            row + 1,
            error,
        )
    except UnicodeDecodeError as error:
        _refuse(said("Filen «%(file)s» er ikke UTF-8 etter rad %(row)s. Hent den på nytt."), name, row, error)


def _plan(header: Sequence[str], name: str) -> Plan:
    columns = [column.strip().lower() for column in header]
    for column in REQUIRED:
        if column.lower() not in columns:
            raise InvalidInput(
                "Filen «%(file)s» mangler kolonnen «%(column)s» i første rad.",
                field=column,
                file=name,
                column=column,
            )
    twice = [column for column, count in Counter(filter(None, columns)).items() if count > 1]
    if twice:
        raise InvalidInput(
            "Filen «%(file)s» har kolonnen «%(column)s» to ganger.",
            field=twice[0],
            file=name,
            column=twice[0],
        )
    parts = [column.partition(".") for column in columns]
    return [
        (index, _SPELLED[field], inner) for index, (field, _, inner) in enumerate(parts) if field in _SPELLED
    ]


def _record(cells: Sequence[str], plan: Plan, *, row: int, width: int) -> dict[str, object] | Rejected:
    if len(cells) != width:
        message = f"Raden har {len(cells)} celler, men overskriften har {width}."
        return Rejected(position=row, field="", value="", message=message)
    record: dict[str, Any] = {}
    for index, field, inner in plan:
        if cell := cells[index]:
            if inner:
                record.setdefault(field, {})[inner] = cell
            else:
                record[field] = cell
    return record


def _refuse(sentence: str, name: str, row: int, cause: Exception) -> NoReturn:
    raise InvalidInput(sentence, field="file", file=name, row=row) from cause
