"""Erasing what the register has removed on legal grounds, wherever the mirror holds it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from crm.registry.models import SubUnit, Unit
from crm.storage import mirror

_INDEXES = ("find_units", "find_unit_words")


def erase(session: Session, numbers: list[str]) -> int:
    """Erase units the register has removed on legal grounds, and their workplaces; how many were ours."""
    with _without_trace(session):
        gone = session.execute(delete(Unit).where(Unit.orgnr.in_(numbers)))
    places = session.execute(delete(SubUnit).where(SubUnit.orgnr.in_(numbers) | SubUnit.parent.in_(numbers)))
    return _touched(gone) + _touched(places)


@contextmanager
def _without_trace(session: Session) -> Iterator[None]:
    """Have SQLite's text indexes take words out at once, not only mark them as gone until they are tidied."""
    if session.get_bind().dialect.name != "sqlite":
        yield
        return
    for index in _INDEXES:
        session.execute(text(f"INSERT INTO {mirror.NAME}.{index}({index}, rank) VALUES ('secure-delete', 1)"))  # noqa: S608
    yield
    for index in _INDEXES:
        session.execute(text(f"INSERT INTO {mirror.NAME}.{index}({index}, rank) VALUES ('secure-delete', 0)"))  # noqa: S608


def _touched(result: Any) -> int:
    return int(result.rowcount)
