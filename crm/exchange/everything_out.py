"""Everything out in an open form, as of one moment: no program of ours is needed to read it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import LargeBinary, Table, select
from sqlalchemy.orm import Session

from crm.exchange import open_form
from crm.storage import schema
from crm.storage.base import own_tables
from crm.storage.hashes import Tally, tally

_AT_A_TIME = 1000
_README = """Everything in one installation of Klyngetorg.

klyngetorg.json tells what each table holds: its columns with their types, what they refer to, how many
rows there are, and a fingerprint. tables/NAME.jsonl has a row a line (JSON, UTF-8). Bytes stand in files/,
named by the row. Days and moments are ISO 8601. The file is read back by: flask --app wsgi import FILE.zip

It holds personal data, and what people sign in with: keep it as carefully as the database itself.
The register's mirror is left out; it is loaded anew.
"""


def write(session: Session, stream: BinaryIO, *, now: datetime) -> dict[str, Tally]:
    """Write every table of ours to a zip; what each holds. The session sees one moment."""
    found: dict[str, Tally] = {}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as packed:
        packed.writestr("README.txt", _README)
        for table in own_tables():
            found[table.name] = _table(session, packed, table)
            _files(session, packed, table)
        packed.writestr(open_form.SCHEMA, json.dumps(_schema(found, now), ensure_ascii=False, indent=1))
    return found


def _schema(found: dict[str, Tally], now: datetime) -> dict[str, Any]:
    tables = {
        table.name: {
            "columns": open_form.described(table),
            "rows": found[table.name].rows,
            "hash": found[table.name].hash,
        }
        for table in own_tables()
    }
    return {
        "format": open_form.FORMAT,
        "version": open_form.VERSION,
        "revision": schema.newest(),
        "made_at": now.isoformat(),
        "tables": tables,
    }


def _rows(session: Session, table: Table) -> Iterator[tuple[Any, ...]]:
    """The rows of a table, always in the same order."""
    asked = select(table).order_by(*table.primary_key.columns)
    for row in session.execute(asked, execution_options={"yield_per": _AT_A_TIME}):
        yield tuple(row)


def _bytes_of(table: Table) -> list[int]:
    """The places of the columns that hold bytes."""
    return [place for place, one in enumerate(table.columns) if isinstance(one.type, LargeBinary)]


def _table(session: Session, packed: zipfile.ZipFile, table: Table) -> Tally:
    names, held = [column.name for column in table.columns], _bytes_of(table)

    def lines(stream: Any) -> Iterator[tuple[Any, ...]]:
        files = 0
        for row in _rows(session, table):
            cells = list(row)
            for place in held:
                if cells[place] is not None:
                    files += 1
                    cells[place] = {open_form.FILE: open_form.file_of(table.name, files)}
            line = dict(zip(names, map(open_form.outward, cells), strict=True))
            stream.write(json.dumps(line, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")
            yield row

    with packed.open(open_form.lines_of(table.name), "w", force_zip64=True) as stream:
        return tally(lines(stream))


def _files(session: Session, packed: zipfile.ZipFile, table: Table) -> None:
    """The bytes that stand in a table's rows, each in a file of its own."""
    held, number = _bytes_of(table), 0
    for row in _rows(session, table) if held else ():
        for place in held:
            if row[place] is not None:
                number += 1
                packed.writestr(open_form.file_of(table.name, number), row[place])
