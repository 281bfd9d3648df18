"""How a query is to be looked up, where SQLite would choose otherwise for want of knowing how much fits."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal


class Unindexed(ColumnElement[Any]):
    """A column compared row by row: SQLite then reads rows along another index, in the order asked for."""

    _traverse_internals: Any = [("column", InternalTraversal.dp_clauseelement)]  # noqa: RUF012

    def __init__(self, column: Any) -> None:
        self.column = column
        self.type = column.type


@compiles(Unindexed)  # type: ignore[no-untyped-call,untyped-decorator,unused-ignore]
def _elsewhere(element: Unindexed, compiler: Any, **given: Any) -> str:
    return str(compiler.process(element.column, **given))


@compiles(Unindexed, "sqlite")  # type: ignore[no-untyped-call,untyped-decorator,unused-ignore]
def _on_sqlite(element: Unindexed, compiler: Any, **given: Any) -> str:
    return f"+{compiler.process(element.column, **given)}"
