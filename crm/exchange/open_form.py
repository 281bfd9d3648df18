"""The open form everything goes out in: what its parts are called, and how values stand in its lines.

A zip with ``klyngetorg.json`` (what the form is, each table's columns, rows and fingerprint),
``tables/NAME.jsonl`` (a row a line) and ``files/TABLE/N`` (bytes that stand in rows, by the row's place).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Enum, Float, Integer, LargeBinary, Table
from sqlalchemy.types import TypeDecorator

FORMAT, VERSION = "klyngetorg-open-export", 1
SCHEMA = "klyngetorg.json"
FILE = "file"
Convert = Callable[[Any], Any]


def lines_of(table: str) -> str:
    return f"tables/{table}.jsonl"


def file_of(table: str, place: int) -> str:
    return f"files/{table}/{place}"


def kind_of(column: Column[Any]) -> str:
    """What a column holds, in a word a reader of the form understands."""
    held = _plain(column)
    return next((word for kind, word in _WORDS if isinstance(held, kind)), "text")


def described(table: Table) -> dict[str, dict[str, object]]:
    """The columns of a table as the form tells of them."""
    return {
        column.name: {
            "type": kind_of(column),
            "null": bool(column.nullable),
            **(
                {"of": sorted(key.target_fullname for key in column.foreign_keys)}
                if column.foreign_keys
                else {}
            ),
        }
        for column in table.columns
    }


def outward(value: Any) -> Any:
    """A value as JSON has it: days and moments as ISO 8601, choices by their word."""
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date | datetime) else value


def inward(column: Column[Any]) -> Convert:
    """How a column's values are read back; ValueError, TypeError or KeyError for what it cannot hold."""
    held = _plain(column)
    if isinstance(held, Enum) and held.enum_class is not None:
        return held.enum_class
    convert = _READ.get(kind_of(column))
    return convert or _only(_HELD[kind_of(column)])


def _plain(column: Column[Any]) -> Any:
    return column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type


def _only(kinds: tuple[type, ...]) -> Convert:
    """A value that must be of one of these kinds as it is."""

    def check(value: Any) -> Any:
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise TypeError(type(value).__name__)
        return value

    return check


def _moment(value: Any) -> datetime:
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError(value)
    return found


_WORDS: tuple[tuple[Any, str], ...] = (
    (Boolean, "boolean"),
    (Integer, "integer"),
    (Float, "number"),
    (DateTime, "moment"),
    (Date, "day"),
    (JSON, "json"),
    (LargeBinary, "bytes"),
)
_READ: dict[str, Convert] = {
    "moment": _moment,
    "day": date.fromisoformat,
    "number": lambda value: float(_only((int, float))(value)),
    "json": lambda value: value,
}
_HELD: dict[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "integer": (int,),
    "text": (str,),
    "bytes": (bytes,),
}
