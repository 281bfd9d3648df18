"""One screen of a long list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import abort, request
from sqlalchemy import Select
from sqlalchemy.orm import Session

T = TypeVar("T")
SIZE = 50
_FARTHEST = 20_000


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """The rows of one screen and where it lies in the whole."""

    rows: Sequence[T]
    number: int
    total: int
    size: int = SIZE
    beyond: bool = False
    """Whether there are more than ``total``: they were counted no further."""

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.last or (self.beyond and self.rows) else None

    @property
    def below(self) -> int | None:
        """The last record shown, which the next page of a list without an end begins below."""
        return self.rows[-1].id if self.beyond and self.rows else None  # type: ignore[attr-defined]


def page_number() -> int:
    """The page asked for; 400 for anything that is no page."""
    return asked_number("page", default=1, at_most=_FARTHEST) or 1


def asked_number(name: str, *, default: int | None = None, at_most: int = 2**31 - 1) -> int | None:
    """A whole number from the address, at least 1; 400 for anything else."""
    text = request.args.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and 1 <= int(text) <= at_most):
        abort(400)
    return int(text)


def page_of(session: Session, rows: Select[Any], *, total: int, size: int = SIZE) -> Page[Any]:
    """The page asked for of a query."""
    number = page_number()
    found = session.scalars(rows.limit(size).offset((number - 1) * size)).unique().all()
    return Page(rows=found, number=number, total=total, size=size)
