"""Many rows into a table at once, while the next ones are being read.

What each column's values become is looked up once, not once a value. On SQLite a thousand rows travel as
one JSON text in one statement: the library works through it without Python's lock, so that a second core
stores what the first has read. PostgreSQL is a process of its own already.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from operator import itemgetter
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Dialect, LargeBinary, Table, insert

Row = dict[str, Any]
_Convert = Callable[[Any], Any]
_READS_JSONB = (3, 45)


class Writer:
    """Inserts rows on a connection, one batch behind its caller.

    Call ``settle`` before anything else is asked of the connection; what went wrong is raised there.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._pending: Future[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.settle()
            elif self._pending:
                wait([self._pending])
        finally:
            self._thread.shutdown()

    def settle(self) -> None:
        """Wait until the batch under way is stored."""
        pending, self._pending = self._pending, None
        if pending:
            pending.result()

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert rows that all have the same columns; their values are left as the driver wants them."""
        self.settle()
        dialect = self._connection.dialect
        for name in rows[0]:
            if convert := _conversion(table, name, dialect):
                _convert_column(rows, name, convert)
        if dialect.name == "sqlite" and dialect.dbapi.sqlite_version_info >= _READS_JSONB:  # type: ignore[union-attr]
            packed = json.dumps([list(row.values()) for row in rows], ensure_ascii=False, default=_hex)
            statement = _unpacking(table, list(rows[0]))
            self._pending = self._thread.submit(self._connection.exec_driver_sql, statement, (packed,))
        else:
            _insert_plainly(self._connection, table, rows)


def _insert_plainly(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    compiled: Any = insert(table).compile(dialect=connection.dialect, column_keys=list(rows[0]))
    if connection.dialect.positional:
        in_order = itemgetter(*compiled.positiontup)
        connection.exec_driver_sql(str(compiled), list(map(in_order, rows)))
    else:
        connection.exec_driver_sql(str(compiled), list(rows))


def _unpacking(table: Table, names: Sequence[str]) -> str:
    """The statement that reads rows out of a JSON text; names are our models', never anybody's input."""
    cells = ", ".join(_cell(table, name, place) for place, name in enumerate(names))
    columns = ", ".join(f'"{name}"' for name in names)
    place = f'"{table.schema}"."{table.name}"' if table.schema else f'"{table.name}"'
    given = "WITH given(value) AS MATERIALIZED (SELECT jsonb(value) FROM json_each(?))"
    return f"{given} INSERT INTO {place} ({columns}) SELECT {cells} FROM given"  # noqa: S608


def _hex(value: Any) -> str:
    """Bytes, which JSON has no form for."""
    return bytes(value).hex()


def _cell(table: Table, name: str, place: int) -> str:
    cell = f"value ->> {place}"
    return f"unhex({cell})" if isinstance(table.c[name].type, LargeBinary) else cell


def _conversion(table: Table, name: str, dialect: Dialect) -> _Convert | None:
    """How a column's values are handed to the driver; None where they go as they are."""
    return table.c[name].type.dialect_impl(dialect).bind_processor(dialect)


def _convert_column(rows: Sequence[Row], name: str, convert: _Convert) -> None:
    """Convert each value, and the same value once: a thousand rows share a moment and some dates."""
    known: dict[Any, Any] = {None: convert(None)}
    for row in rows:
        value = row[name]
        if isinstance(value, list | dict):
            row[name] = convert(value)
        elif value in known:
            row[name] = known[value]
        else:
            row[name] = known[value] = convert(value)
