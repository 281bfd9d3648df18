"""A report as a reader meets it: sentences, figures, tables and bars, before it is drawn anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that stands out, and what it was the year before."""

    name: str
    value: str
    before: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; the first column names the row, the others are numbers already written out."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    total: str = ""
    """The name of the row that sums the others up."""
    filtered_by: str = ""
    """What the list of companies is narrowed by to show the rows behind the first number; empty for none."""
    keys: tuple[str, ...] = ()
    """The value of that filter for each row; rows beyond them have none."""


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    value: int


@dataclass(frozen=True, slots=True)
class Bars:
    """A drawing of sizes, said in words for those who do not see it."""

    heading: str
    bars: tuple[Bar, ...]
    said: str

    @property
    def longest(self) -> int:
        return max((bar.value for bar in self.bars), default=0) or 1


@dataclass(frozen=True, slots=True)
class Paragraphs:
    heading: str
    sentences: tuple[str, ...]


Part: TypeAlias = Table | Bars | Paragraphs


@dataclass(frozen=True, slots=True)
class Document:
    """The whole report; ``language`` is the tag of the language it is written in."""

    title: str
    about: str
    language: str
    figures: tuple[Figure, ...]
    parts: tuple[Part, ...]
    foot: str
