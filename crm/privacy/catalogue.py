"""The field catalogue: what each column says of people, what it is for, and what becomes of it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

FIELDS = Path(__file__).parent / "data" / "fields.toml"
_SAID = {"purpose", "keep"}


class Kind(StrEnum):
    """How close a column comes to a person."""

    NONE = "none"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"
    SECRET = "secret"  # noqa: S105  (a class of columns)


class Erasure(StrEnum):
    """What becomes of a column when a person is erased."""

    MASK = "mask"
    ROW = "row"
    STAY = "stay"
    UNLINK = "unlink"


@dataclass(frozen=True, slots=True)
class Field:
    """One column: how close it comes to a person, what it is for, how long it is kept, how it is erased."""

    table: str
    column: str
    kind: Kind
    erasure: Erasure
    purpose: str
    keep: str


@cache
def fields() -> dict[tuple[str, str], Field]:
    """Every declared column by table and column; ValueError where one stands twice or a word is unknown."""
    found: dict[tuple[str, str], Field] = {}
    for field in _declared():
        key = (field.table, field.column)
        if key in found:
            raise ValueError(f"{field.table}.{field.column} stands twice in {FIELDS.name}")
        found[key] = field
    return found


def of_persons() -> list[Field]:
    """The columns in which a person can be found, secrets aside: nobody searches those."""
    return [field for field in fields().values() if field.kind in {Kind.PERSONAL, Kind.SENSITIVE}]


def _declared() -> Iterator[Field]:
    for table, said in tomllib.loads(FIELDS.read_text(encoding="utf-8")).items():
        for kind in said.keys() - _SAID:
            for erasure, columns in said[kind].items():
                for column in columns.split():
                    yield Field(table, column, Kind(kind), Erasure(erasure), said["purpose"], said["keep"])
