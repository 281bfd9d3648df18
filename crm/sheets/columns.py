"""What a list is before it is a file: its title, its columns and what each holds, and how it came to be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds; a value of another kind is written as its text."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    ORGNR = "orgnr"
    PHONE = "phone"
    PERCENT = "percent"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Column:
    header: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list; ``about`` says in pairs what was filtered, by whom, when, and how many rows there are."""

    title: str
    columns: tuple[Column, ...]
    about: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows were written, and how many cells had characters no spreadsheet can hold replaced."""

    rows: int
    replaced: int
