"""Everything in again from the open form, into an empty database: equal to what went out, or nothing."""

from __future__ import annotations

import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, LargeBinary, Table, func, insert, select
from sqlalchemy.exc import DatabaseError

from crm.errors import Conflict, InvalidInput, said
from crm.exchange import open_form
from crm.storage import schema, transfer
from crm.storage.base import own_tables
from crm.storage.hashes import Tally, tallies, tally

_AT_A_TIME = 1000
_LONGEST_LINE = 64 * 1024 * 1024
_LARGEST_SCHEMA = 8 * 1024 * 1024
_RATIO = 400
_ENCRYPTED = 0x1
_FILE = re.compile(r"files/([a-z_]+)/[1-9][0-9]*")
# What somebody has written; the rest an installation begins with.
_WRITTEN = ("users", "companies", "contacts", "partners", "needs", "activities", "imports")
_DAMAGED = said("Fila er skadet ved «%(place)s». Ingenting er tatt inn.")
# What Python's reader of zips says of one that is broken.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
)
_Row = dict[str, Any]


def is_everything(path: Path) -> bool:
    """Whether a file is an open export; what is wrong with it is said when it is read."""
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as packed:
            return open_form.SCHEMA in packed.namelist()
    except _BROKEN:
        return False


def read(engine: Engine, path: Path) -> dict[str, Tally]:
    """Take everything in, in one transaction; what each table holds.

    InvalidInput for a file that is not what it says, Conflict where somebody has written in the database, or
    the file is of another version of the program.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            told = _told(packed)
            _refuse_odd(packed, told)
            with transfer.rewriting(engine) as connection:
                _refuse_used(connection)
                transfer.empty(connection)
                for table in own_tables():
                    _take(connection, packed, table, told[table.name])
                transfer.go_on_counting(connection)
                found = tallies(connection)
                _refuse_unequal(found, told)
            return found
    except _BROKEN as error:
        raise InvalidInput(_DAMAGED, field="file", place=path.name[:80]) from error


def _told(packed: zipfile.ZipFile) -> dict[str, Any]:
    """What the file says of its tables; refused where it is of another form or version."""
    if packed.getinfo(open_form.SCHEMA).file_size > _LARGEST_SCHEMA:
        raise InvalidInput(_DAMAGED, field="file", place=open_form.SCHEMA)
    whole = _parsed(packed.read(open_form.SCHEMA), open_form.SCHEMA)
    tables = whole.get("tables")
    if whole.get("format") != open_form.FORMAT or not isinstance(tables, dict):
        raise InvalidInput(_DAMAGED, field="file", place=open_form.SCHEMA)
    if whole.get("version") != open_form.VERSION or whole.get("revision") != schema.newest():
        raise Conflict(
            "Fila er fra en annen utgave av programmet (%(revision)s). Ta den inn med samme utgave,"
            " og oppgrader etterpå.",
            revision=str(whole.get("revision"))[:40],
        )
    if tables.keys() != {table.name for table in own_tables()}:
        raise InvalidInput(_DAMAGED, field="file", place=open_form.SCHEMA)
    return dict(tables)


def _refuse_odd(packed: zipfile.ZipFile, told: dict[str, Any]) -> None:
    """Every part is one of ours, once, unlocked, and no larger than such parts get."""
    ours = {"README.txt", open_form.SCHEMA} | {open_form.lines_of(name) for name in told}
    seen: set[str] = set()
    end = 0
    for part in sorted(packed.infolist(), key=lambda part: part.header_offset):
        name = part.filename
        file = _FILE.fullmatch(name)
        known = name in ours or (file is not None and file[1] in told)
        grown = part.file_size > _LARGEST_SCHEMA and part.file_size > _RATIO * max(1, part.compress_size)
        overlaps, locked = part.header_offset < end, part.flag_bits & _ENCRYPTED
        if not known or name in seen or grown or overlaps or locked:
            raise InvalidInput(_DAMAGED, field="file", place=name[:80])
        seen.add(name)
        end = part.header_offset + part.compress_size


def _refuse_used(connection: Connection) -> None:
    for table in own_tables():
        if table.name in _WRITTEN and connection.scalar(select(func.count()).select_from(table)):
            raise Conflict(
                "Databasen er i bruk: det står noe i %(table)s. Ta fila inn i en som er tom.",
                table=table.name,
            )


def _take(connection: Connection, packed: zipfile.ZipFile, table: Table, told: dict[str, Any]) -> None:
    """Write a table's rows; refused where they are not those the file tells of."""
    place = open_form.lines_of(table.name)

    def rows() -> Iterator[tuple[Any, ...]]:
        lines = _lines(packed, table)
        while some := list(islice(lines, _AT_A_TIME)):
            connection.execute(insert(table), some)
            for row in some:
                yield tuple(row[column.name] for column in table.columns)

    try:
        found = tally(rows())
    except (ValueError, TypeError, KeyError, DatabaseError, RecursionError) as error:
        raise InvalidInput(_DAMAGED, field="file", place=place) from error
    if (found.rows, found.hash) != (told.get("rows"), told.get("hash")):
        raise InvalidInput(_DAMAGED, field="file", place=place)


def _lines(packed: zipfile.ZipFile, table: Table) -> Iterator[_Row]:
    """The rows of a table as its columns hold them."""
    place = open_form.lines_of(table.name)
    readers = {column.name: open_form.inward(column) for column in table.columns}
    held = [column.name for column in table.columns if isinstance(column.type, LargeBinary)]
    with packed.open(place) as stream:
        while line := stream.readline(_LONGEST_LINE):
            row = _parsed(line, place)
            if row.keys() != readers.keys():
                raise InvalidInput(_DAMAGED, field="file", place=place)
            for name in held:
                row[name] = _bytes(packed, row[name], place)
            yield {name: None if row[name] is None else read(row[name]) for name, read in readers.items()}


def _bytes(packed: zipfile.ZipFile, told: Any, place: str) -> bytes | None:
    if told is None:
        return None
    if not isinstance(told, dict) or not _FILE.fullmatch(str(told.get(open_form.FILE))):
        raise InvalidInput(_DAMAGED, field="file", place=place)
    return packed.read(told[open_form.FILE])


def _parsed(text: bytes, place: str) -> _Row:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(_DAMAGED, field="file", place=place) from error
    if not isinstance(found, dict):
        raise InvalidInput(_DAMAGED, field="file", place=place)
    return found


def _refuse_unequal(found: dict[str, Tally], told: dict[str, Any]) -> None:
    """What the database now holds is what the file told; else nothing is kept."""
    for name, one in found.items():
        if (one.rows, one.hash) != (told[name].get("rows"), told[name].get("hash")):
            raise InvalidInput(_DAMAGED, field="file", place=name)
